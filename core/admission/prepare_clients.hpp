// SPDX-License-Identifier: Apache-2.0
#pragma once

// From the clients of a configuration to what proves and opens their messages.

#include <optional>
#include <vector>

#include "core/config/model.hpp"
#include "core/keys/client.hpp"
#include "core/keys/derived.hpp"
#include "core/keys/key_ring.hpp"

namespace core::admission {

/// What serves this purpose for a client whose generation's secret is `shared`: a key of the
/// client's own where messages of its are signed or sealed with it as it is, else what is derived.
base::secret client_key(const config::client& c, const base::secret& shared,
                        const keys::purpose& p);

/// In the file's order. A key is made where a route needs it: for the schemes and the envelopes of
/// the routes, as far as the client may use them.
std::vector<keys::client> prepare_clients(const config::model& m);

/// What unknown clients are checked against: of each kind of key that clients prove with by RFC
/// 9421 one for every scheme, by its position in the file.
std::vector<keys::key_ring::dummy_keys> dummy_keys(const config::model& m);

/// What no stranger knows: made of all that clients prove with. Without a secret among it there are
/// the public keys, which nobody but their owners need have.
base::secret stranger_seed(const config::model& m);

}  // namespace core::admission
