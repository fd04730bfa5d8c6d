// SPDX-License-Identifier: Apache-2.0
#pragma once

// Sockets that the service manager opened before it started this process (sd_listen_fds(3)). Does
// not know what they listen on.

#include <vector>

#include "gateway/sys/descriptor.hpp"

namespace gateway::sys {

/// Takes them over: to be called once, before other descriptors can be mistaken for them.
std::vector<descriptor> take_handed_sockets();

}  // namespace gateway::sys
