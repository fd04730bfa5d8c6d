// SPDX-License-Identifier: Apache-2.0
#pragma once

// HTTP message signatures (RFC 9421) with Content-Digest (RFC 9530): requests read and proven,
// replies signed, and what a client does of both. Knows nothing of time windows and of who is who.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/errc.hpp"
#include "core/crypto/signature.hpp"
#include "core/http/head.hpp"
#include "core/keys/scheme_key.hpp"
#include "core/scheme/claim.hpp"
#include "core/scheme/digest_fields.hpp"
#include "core/scheme/request_view.hpp"
#include "core/scheme/rfc9421_settings.hpp"
#include "core/scheme/signature_base.hpp"
#include "core/scheme/signature_input.hpp"

namespace core::scheme {

/// What inspect() found, for as long as the head is there; used again it allocates nothing.
struct rfc9421_reading {
  /// Of RSA with 4096 bits.
  static constexpr std::size_t longest_signature = 512;

  rfc9421_reading() = default;
  rfc9421_reading(const rfc9421_reading&) = delete;  // the views may be of its own strings
  rfc9421_reading& operator=(const rfc9421_reading&) = delete;
  ~rfc9421_reading() = default;

  [[nodiscard]] std::string_view signature() const { return {bytes.data(), size}; }

  std::string base;                               ///< the text that is signed
  std::array<char, longest_signature + 2> bytes;  ///< with what its base64's padding stands for
  std::size_t size = 0;
  /// As the message names it; the key decides.
  std::optional<crypto::signature_algorithm> algorithm;
  std::optional<std::int64_t> expires;
  std::string_view nonce;
  content_digests digests;
  bool digest_covered = false;

  /// Of fields that have several lines.
  std::string inputs, signatures, digest_lines;
};

/// What a reply's signature covers of the reply itself.
struct rfc9421_reply {
  unsigned status = 0;
  std::string_view content_type;  ///< empty: the reply has none
  std::string_view body;
  std::int64_t now = 0;  ///< Unix seconds
};

/// Who signs: exactly one of the two keys.
struct rfc9421_signer {
  std::string_view keyid;
  const crypto::hmac* mac = nullptr;  ///< by SHA-256
  const crypto::private_key* own = nullptr;
  crypto::signature_algorithm algorithm = crypto::signature_algorithm::ed25519;  ///< of `own`
};

/// What a client says of itself when it signs. Empty: none.
struct rfc9421_message {
  std::string_view version;
  std::int64_t timestamp = 0;  ///< Unix seconds
  std::string_view nonce;
};

class rfc9421 {
 public:
  using field_list = std::vector<std::pair<std::string, std::string>>;

  /// Throws std::invalid_argument for settings by which nothing would be proven or nobody could
  /// sign: no component required, one that can't be, no algorithm.
  explicit rfc9421(rfc9421_settings settings);

  [[nodiscard]] const rfc9421_settings& settings() const { return settings_; }

  /// Fields that hold what proves the message: removed before it is forwarded.
  [[nodiscard]] static std::vector<std::string_view> credential_fields();
  [[nodiscard]] std::string_view version_field() const { return settings_.version_field; }
  /// A message names its client, and is proven by its head alone.
  [[nodiscard]] static bool names_client() { return true; }
  [[nodiscard]] static bool signs_body() { return false; }
  /// Value of Accept-Signature (section 5.1): what a client that isn't known is asked for.
  [[nodiscard]] std::string accept_signature(bool has_content_type = true) const;

  /// Reads all that needs no key, and makes the base; proves nothing.
  /// @return missing_credential, missing_field, malformed_field, duplicate_field, not_covered,
  /// unknown_alg.
  [[nodiscard]] base::result<claim> inspect(const request_view& request,
                                            rfc9421_reading& reading) const;

  /// The tokens that its signatures name, whatever else is wrong with them.
  [[nodiscard]] static std::vector<std::string> tokens_in(const http::fields& all);

  /// False once the time is past that the message itself ends at. inspect() sees to it that this is
  /// within the window of a message that says when it was made.
  [[nodiscard]] static bool in_time(const rfc9421_reading& reading, std::int64_t now) {
    return !reading.expires || now <= *reading.expires;
  }

  /// True if this key makes the signature, by the key's own algorithm. A message that names another
  /// one has cost the same work.
  [[nodiscard]] bool verify(const rfc9421_reading& reading, const keys::scheme_key& key) const;

  /// Does the signature cover the field, and all of it? A single member (;key) is not.
  [[nodiscard]] static bool covers_field(const rfc9421_reading& reading, std::string_view name);

  /// The signature covers what the head says of the body; here that is held against the body.
  /// @return bad_digest.
  [[nodiscard]] static base::result<void> check_digest(const rfc9421_reading& reading,
                                                       std::string_view body);

  /// Content-Digest, Signature-Input, Signature of a reply to the message that was read. The
  /// request must be as its client sent it.
  [[nodiscard]] field_list sign_reply(const rfc9421_reading& asked, const request_view& request,
                                      const rfc9421_reply& reply,
                                      const rfc9421_signer& signer) const;

  /// For clients: the time at which the reply says it was made. `key` has `reply`, or `public_key`
  /// and `algorithm`; `request` has the fields that sign_request() made.
  /// @return missing_credential, missing_field, malformed_field, duplicate_field, not_covered,
  /// unknown_alg, bad_signature, bad_digest.
  [[nodiscard]] base::result<std::int64_t> verify_reply(const request_view& request,
                                                        std::string_view nonce,
                                                        const http::response_head& head,
                                                        std::string_view body,
                                                        const keys::scheme_key& key) const;

  /// For clients: all fields to add to a request that has none of them. Throws
  /// std::invalid_argument if it lacks a component that must be covered.
  [[nodiscard]] field_list sign_request(const request_view& request, std::string_view body,
                                        const rfc9421_message& what,
                                        const rfc9421_signer& signer) const;

 private:
  static base::result<void> read_signature(rfc9421_reading& reading, std::string_view text);
  static base::result<void> read_algorithm(rfc9421_reading& reading,
                                           const signature_parameters& said);
  [[nodiscard]] base::result<void> reply_covers(const http::structured::field& in,
                                                const covered_components& covered,
                                                const http::fields& fields) const;
  [[nodiscard]] base::result<void> covers(const http::structured::field& in,
                                          const covered_components& covered,
                                          const http::fields& fields) const;
  [[nodiscard]] base::result<void> read_version(claim& out, const http::structured::field& in,
                                                const covered_components& covered,
                                                const http::fields& fields) const;
  [[nodiscard]] base::result<void> read_digest(rfc9421_reading& reading,
                                               const http::structured::field& in,
                                               const covered_components& covered,
                                               const http::fields& fields) const;
  [[nodiscard]] base::result<void> read_claim(claim& out, rfc9421_reading& reading,
                                              const signature_parameters& said) const;
  [[nodiscard]] bool allows(crypto::signature_algorithm a) const;
  /// The algorithm of `mac` or, without one, of `key`, if it makes the signature and the message
  /// names no other.
  static std::optional<crypto::signature_algorithm> proven_by(const rfc9421_reading& reading,
                                                              const crypto::hmac* mac,
                                                              const keys::scheme_key& key);
  [[nodiscard]] std::string reply_components(bool has_content_type) const;
  [[nodiscard]] std::string request_components(bool has_content_type, bool has_version) const;

  rfc9421_settings settings_;
  std::string version_name_;  ///< in lower case, as components are named
  http::name_key version_key_ = 0;
};

}  // namespace core::scheme
