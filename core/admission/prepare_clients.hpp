// SPDX-License-Identifier: Apache-2.0
#pragma once

// From the clients of a configuration to what proves and opens their messages.

#include <optional>
#include <vector>

#include "core/config/model.hpp"
#include "core/keys/client.hpp"
#include "core/keys/key_ring.hpp"

namespace core::admission {

/// In the file's order. A key is made where a route needs it: for the schemes and the envelopes of
/// the routes, as far as the client may use them.
std::vector<keys::client> prepare_clients(const config::model& m);

/// What unknown clients are checked against: of each kind of key that clients prove with by RFC
/// 9421 one for every scheme, by its position in the file.
std::vector<keys::key_ring::dummy_keys> dummy_keys(const config::model& m);

}  // namespace core::admission
