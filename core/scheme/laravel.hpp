// SPDX-License-Identifier: Apache-2.0
#pragma once

// The Laravel scheme: four header fields; the signature covers the timestamp alone. It knows
// nothing of the sealed body (core/envelope/laravel.hpp) and of time windows
// (core/replay/window.hpp).

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/errc.hpp"
#include "core/http/head.hpp"
#include "core/keys/client.hpp"
#include "core/scheme/claim.hpp"

namespace core::scheme {

/// How the signature is made of timestamp and secret. HMAC(key = timestamp) is no construction of
/// ours: refused at load.
enum class laravel_construction {
  a1,  ///< HMAC-SHA-256(key = secret, message = timestamp)
  a2,  ///< HMAC-SHA-256(key = secret, message = timestamp ‖ secret)
  a3,  ///< SHA-256(timestamp ‖ secret)
};

struct laravel_settings {
  laravel_construction construction = laravel_construction::a1;
  std::string timestamp_field = "timestamp";
  std::string version_field = "version";
  std::string token_field = "token";
  std::string signature_field = "signature";
};

class laravel {
 public:
  explicit laravel(laravel_settings settings);

  /// The names of the four fields: what is removed before a message is forwarded.
  [[nodiscard]] std::array<std::string_view, 4> credential_fields() const;

  /// Reads the claim; proves nothing. timestamp `0|[1-9][0-9]{0,10}`, version
  /// [A-Za-z0-9._+-]{1,32}, token 1 to 128 visible ASCII characters, signature 64 lower-case hex
  /// digits.
  /// @return missing_credential (none of the four), missing_field (some), duplicate_field,
  /// malformed_field.
  [[nodiscard]] base::result<claim> inspect(const http::request_head& head) const;
  /// The same into a claim that is empty and stays where it is: copying one costs a request more
  /// than what stands in it. @return errc{} once it is read.
  [[nodiscard]] base::errc read(const http::request_head& head, claim& into) const;

  /// The tokens that stand there, however many and whatever else is wrong.
  [[nodiscard]] std::vector<std::string> tokens_in(const http::fields& all) const;

  /// True if this generation makes the claimed signature; constant time.
  [[nodiscard]] bool verify(const claim& c, const keys::generation& key) const;

  /// Hex of the signature a client makes.
  [[nodiscard]] std::string sign(std::string_view timestamp, const keys::generation& key) const;

  /// Hex signature of a reply. `request_mark` is the hex text of what identified the request.
  [[nodiscard]] static std::string sign_reply(std::int64_t timestamp, unsigned status,
                                              std::string_view request_mark, std::string_view body,
                                              const keys::generation& key);

 private:
  laravel_settings settings_;
  std::array<http::name_key, 4> keys_{};  ///< of the names of the four fields
};

/// find_generation() with this scheme's keys: those of the secrets that are shared.
/// @return no_secret_in_force or bad_signature.
base::result<const keys::generation*> prove(const laravel& scheme, const claim& c,
                                            const keys::client& who, std::int64_t now);

}  // namespace core::scheme
