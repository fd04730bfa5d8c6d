// SPDX-License-Identifier: Apache-2.0
#pragma once

// Who speaks and on which route: a client of a configuration, or one made of options by way of the
// same reader, so that both are checked alike.

#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "bench/load/options.hpp"
#include "core/admission/snapshot.hpp"

namespace bench::load {

struct subject {
  std::shared_ptr<const core::admission::snapshot> rules;  ///< null: plain
  const core::keys::client* client = nullptr;
  const core::keys::generation* key = nullptr;  ///< the newest in force
  const core::admission::route_policy* route = nullptr;
  core::envelope::payload_form payload = core::envelope::payload_form::form;
  bool serialized = true;  ///< sealed as encrypt() does it, not encryptString()
  std::optional<core::crypto::private_key> private_key;  ///< of a client that has a public key

  [[nodiscard]] bool plain() const { return client == nullptr; }
};

/// @return it, or why not, one sentence a line.
std::variant<subject, std::string> find_subject(const options& o, std::int64_t now);

}  // namespace bench::load
