// SPDX-License-Identifier: Apache-2.0
#pragma once

// All clients, found by the token that a message names.

#include <boost/unordered/unordered_flat_map.hpp>
#include <optional>
#include <string_view>
#include <vector>

#include "core/keys/client.hpp"

namespace core::keys {

class key_ring {
 public:
  /// A dummy's keys, by the scheme's position.
  using dummy_keys = std::vector<std::optional<scheme_key>>;

  /// `clients` without the dummies; each gets its index here. Tokens and ids must be unique
  /// (configuration sees to that). `kinds`: what the dummies have, one for each kind of key that
  /// clients prove with; `seed`: what no stranger knows, for the choice among several.
  explicit key_ring(std::vector<client> clients, std::vector<dummy_keys> kinds = {},
                    std::string_view seed = {});
  key_ring(const key_ring&) = delete;
  key_ring& operator=(const key_ring&) = delete;

  /// The client with this token, or null.
  [[nodiscard]] const client* find(std::string_view token) const;
  /// A client nobody is, with a random-looking key: unknown tokens are checked against it, so that
  /// they cost as much. Where clients prove with keys of several kinds a token always leads to the
  /// same one of their dummies, but only who knows the seed can tell to which: so that its cost
  /// doesn't say whether it is anybody's.
  [[nodiscard]] const client& dummy(std::string_view token) const;
  [[nodiscard]] const client& dummy() const { return clients_.front(); }
  /// The first dummy first, then the configured ones in order.
  [[nodiscard]] const std::vector<client>& all() const { return clients_; }

 private:
  std::vector<client> clients_;
  std::vector<client> more_dummies_;
  std::optional<crypto::hmac_sha256> choice_;  ///< among dummies, if there are several
  /// Without nodes: of many clients' each would be one more place in memory to wait for.
  boost::unordered_flat_map<std::string_view, const client*> by_token_;
};

/// Prepares one secret for use. Throws std::invalid_argument when one of the two keys is empty;
/// that `encryption` fits the cipher is for the configuration to see to (with another size nothing
/// is ever opened).
generation make_generation(std::string id, std::int64_t from, std::int64_t until,
                           const base::secret& signing, const base::secret& encryption,
                           crypto::cipher c);

/// Of a client that has a public key alone: in force always, shares nothing, and no MAC proves it.
generation make_unshared_generation(std::string id);

}  // namespace core::keys
