// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a configuration does with messages, with an example client in the place of its own: for
// texts that others may see. Of the configuration's clients only what kind of key they have is
// read, never a name, a token or a secret.

#include <string>
#include <vector>

#include "core/config/model.hpp"

namespace gateway::cli {

/// What example messages say and when, the same for all.
inline constexpr std::int64_t example_time = 1'700'000'000;
inline constexpr std::string_view example_authority = "api.example.com";
inline constexpr std::string_view example_target = "/v1/orders?b=2&a=%7E1";
inline constexpr std::string_view example_body = R"({"order":7,"amount":1250})";

/// One way in which messages are signed and sealed, and replies to them.
struct example {
  std::string name;           ///< "rfc9421/jwe/dir/A256GCM/hmac-sha256"
  std::string scheme;         ///< as the configuration calls it
  core::config::model rules;  ///< one scheme, one route that takes example_target, one client
  std::string version;        ///< that the client names
  std::string private_key;    ///< PEM, of a client that has a public key; else empty
  std::string left_out;       ///< why there are no messages of this kind; else empty
};

/// Those that routes of this configuration have, each once, in the order of the routes and then of
/// the clients that may use them.
std::vector<example> examples_of(const core::config::model& m);

}  // namespace gateway::cli
