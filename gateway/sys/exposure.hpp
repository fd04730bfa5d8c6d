// SPDX-License-Identifier: Apache-2.0
#pragma once

// Who else on this machine can get at a file.

#include <string>

namespace gateway::sys {

/// What is wrong with it for a file that holds secrets and what to do, as the end of a sentence:
/// "everyone on this machine can read it (mode 0644): chmod o= PATH"; empty if nothing is, or the
/// file isn't there.
///
/// The bounds are PostgreSQL's for its key files: nobody but the owner, and where that is root, the
/// group that root gave it to may read. What lies below a folder that others can't enter, they
/// can't get at.
std::string exposure(const std::string& path);

}  // namespace gateway::sys
