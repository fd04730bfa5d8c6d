// SPDX-License-Identifier: Apache-2.0
#pragma once

// A last word to a client of whom no request is read.

#include <string_view>

#include "core/base/errc.hpp"
#include "gateway/net/transport.hpp"
#include "gateway/session/worker.hpp"

namespace gateway::session {

/// Answers it as far as the kernel takes that at once, says that nothing follows, and reports it.
/// `peer`: whose it is, for the log. On a connection that speaks TLS there is nobody to say
/// anything to yet.
void turn_away(worker& w, net::transport& client, std::string_view peer, core::base::errc reason);

}  // namespace gateway::session
