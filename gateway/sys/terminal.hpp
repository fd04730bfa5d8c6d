// SPDX-License-Identifier: Apache-2.0
#pragma once

// Is somebody looking? What goes to a file or a program has no colour.

namespace gateway::sys {

bool is_terminal(int descriptor);

/// A terminal that takes colour, and nobody asked for none (no-color.org).
bool takes_colour(int descriptor);

}  // namespace gateway::sys
