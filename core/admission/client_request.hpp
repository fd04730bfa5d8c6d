// SPDX-License-Identifier: Apache-2.0
#pragma once

// A request as a client of the configuration makes it: signed and sealed with the verbs that check
// it, as the settings of its route say. Sends nothing; time and random bytes are the caller's.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/admission/reply.hpp"
#include "core/admission/snapshot.hpp"
#include "core/admission/stages.hpp"

namespace core::admission {

struct client_field {
  std::string name;
  std::string value;
};

/// What is to be said, by whom and when.
struct client_message {
  std::string_view client;  ///< its id, not its token
  std::string_view secret;  ///< id of the generation; empty: the newest in force
  std::string_view version = "1.0.0";
  std::string_view method;
  std::string_view authority;            ///< for Host
  std::string_view target;               ///< as it goes over the wire
  std::optional<std::string_view> body;  ///< before it is sealed; nothing: a request without one
  std::vector<client_field> fields;      ///< beside those that sealing and signing make
  std::int64_t timestamp = 0;            ///< Unix seconds that it is stamped with
  std::int64_t now = 0;                  ///< decides which secrets are in force
  /// Of a client that has a public key alone; null: it signs with its secret.
  const crypto::private_key* private_key = nullptr;
};

/// Ready for the wire. Points into the snapshot it was made with.
struct client_request {
  const route_policy* policy = nullptr;
  const keys::client* client = nullptr;
  const keys::generation* key = nullptr;  ///< null on a route with `scheme: none`
  std::string method;
  std::string authority;
  std::string target;
  std::vector<client_field> fields;  ///< beside Host, Content-Length and Connection
  std::optional<std::string> body;   ///< sealed
  std::string mark;                  ///< hex of what identifies the payload; replies are tied to it

  /// The whole message, for a connection of its own.
  [[nodiscard]] std::string bytes() const;
  /// Its head as the gateway gets it; views of this request and of `length`, which is filled.
  [[nodiscard]] http::request_head head(std::string& length) const;
};

/// What make_client_request() needs: for sealing, and for a nonce of 16 bytes.
inline constexpr std::size_t client_random_size = random_size + 16;

/// `random` is client_random_size bytes. A Laravel payload is sealed as `encrypt` does it with a
/// string, or as `encryptString` where the route's plaintext is raw; without an envelope the body
/// goes as it is.
/// @return the request, or a sentence that says why there is none.
std::variant<client_request, std::string> make_client_request(const client_message& message,
                                                              std::string_view random,
                                                              const snapshot& rules,
                                                              workspace& space);

/// For what the gateway would refuse it at `now`, as far as this configuration tells: everything
/// but the replay store is asked. Nothing if it would pass.
std::optional<base::errc> foresee(const client_request& request, const snapshot& rules,
                                  base::instant now, workspace& space);

}  // namespace core::admission
