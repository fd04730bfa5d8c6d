// SPDX-License-Identifier: Apache-2.0
#pragma once

// Whether it is for want of descriptors that nobody can be connected to.

namespace gateway::net {

/// Has the process a descriptor left for one more socket? Asks the kernel: for the moment after a
/// failure, which would otherwise be taken for the other side's.
bool can_open_sockets();

}  // namespace gateway::net
