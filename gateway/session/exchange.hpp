// SPDX-License-Identifier: Apache-2.0
#pragma once

// One request from its head to the last byte of its answer.

#include <cstddef>

#include "core/base/errc.hpp"
#include "gateway/session/client_connection.hpp"
#include "gateway/session/worker.hpp"

namespace gateway::session {

/// Answers the request whose head is in the scratch and takes so many bytes of the inbox; the inbox
/// then begins with what follows. A head that could not be read is answered too, and the connection
/// ends. What an exchange needs lives in this task, so that a connection that waits has none of it.
/// @return true if the connection can take another request.
net::task<bool> serve(worker* w, client_connection* client, scratch* space,
                      core::base::result<std::size_t> head);

}  // namespace gateway::session
