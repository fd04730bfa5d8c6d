// SPDX-License-Identifier: Apache-2.0
#pragma once

// From the clients of a configuration to what proves and opens their messages.

#include <optional>
#include <vector>

#include "core/config/model.hpp"
#include "core/keys/client.hpp"

namespace core::admission {

/// In the file's order. A key is made where a route needs it: for the schemes and the envelopes of
/// the routes, as far as the client may use them.
std::vector<keys::client> prepare_clients(const config::model& m);

/// What unknown clients are checked against, by the scheme's position in the file.
std::vector<std::optional<keys::scheme_key>> dummy_keys(const config::model& m);

}  // namespace core::admission
