// SPDX-License-Identifier: Apache-2.0
#pragma once

// A scheme that is configuration and no code: where the values stand in a message, which bytes are
// signed, and how. Knows nothing of time windows and of who is who.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/errc.hpp"
#include "core/base/wiped_text.hpp"
#include "core/crypto/signature.hpp"
#include "core/keys/scheme_key.hpp"
#include "core/scheme/charset.hpp"
#include "core/scheme/claim.hpp"
#include "core/scheme/extraction.hpp"
#include "core/scheme/request_view.hpp"
#include "core/scheme/template_reading.hpp"
#include "core/scheme/template_settings.hpp"
#include "core/scheme/template_text.hpp"

namespace core::scheme {

/// What tells a message from every other of its client.
struct replay_identity {
  std::string_view kind;  ///< keeps identities of different making apart
  std::string_view first, second;
};

/// What a client says of itself when it signs.
struct outgoing {
  std::string_view token, version;
  std::int64_t timestamp = 0;  ///< Unix seconds
  std::string_view nonce;      ///< also for the field that `replay_id` names
  /// Values of other fields, by their names.
  std::vector<std::pair<std::string, std::string>> others;
  const crypto::private_key* private_key = nullptr;  ///< for Ed25519
};

/// What a reply's signature may cover of the reply itself.
struct reply_facts {
  std::int64_t timestamp = 0;  ///< Unix seconds
  unsigned status = 0;
  std::string_view body;
};

using field_list = std::vector<std::pair<std::string, std::string>>;

class template_scheme {
 public:
  /// Throws std::invalid_argument where lint() has an error.
  explicit template_scheme(template_settings settings);

  [[nodiscard]] const template_settings& settings() const { return settings_; }

  /// The names of all fields that hold what proves the message: removed before it is forwarded.
  [[nodiscard]] std::vector<std::string_view> credential_fields() const;
  /// Is it one of the other fields that the signature covers, {header:Name}? They go on. What it
  /// covers in capitals or small letters alone could be changed on the way.
  [[nodiscard]] bool covers_field(std::string_view name) const;
  /// Of a signature, in bytes, before it is encoded.
  [[nodiscard]] std::size_t signature_size() const { return signature_size_; }
  /// False: a message can be proven before its body is there, which proves nothing of the body.
  [[nodiscard]] bool signs_body() const { return signs_body_; }
  [[nodiscard]] bool signs_replies() const { return settings_.response.has_value(); }
  [[nodiscard]] bool names_client() const { return token_.has_value(); }

  /// Reads the claim; proves nothing. A version is one as core/keys/version says, whatever its
  /// charset. @return missing_credential (none of the fields), missing_field (some),
  /// duplicate_field, malformed_field.
  [[nodiscard]] base::result<claim> inspect(const request_view& request,
                                            template_reading& reading) const;

  /// The tokens that stand there, however many and whatever else is wrong.
  [[nodiscard]] std::vector<std::string> tokens_in(const http::fields& all) const;

  /// True if this key makes one of the signatures in the message. All of them are compared, in
  /// constant time. The reading must be inspect()'s, and `request` and `body` the same for all
  /// keys.
  [[nodiscard]] bool verify(template_reading& reading, const request_view& request,
                            std::string_view body, const keys::scheme_key& key) const;

  /// The bytes that are signed, for people: `<secret>` stands where the secret does.
  [[nodiscard]] std::string explain(template_reading& reading, const request_view& request,
                                    std::string_view body) const;

  /// By what a message that was proven is remembered; views into the reading.
  [[nodiscard]] replay_identity identify(template_reading& reading, const request_view& request,
                                         std::string_view body) const;

  /// All fields that a client must add to its request, or why it can't be signed. {header:Name} is
  /// read from `request`. The reading is then what verify_reply() needs.
  [[nodiscard]] std::variant<field_list, std::string> sign(const request_view& request,
                                                           std::string_view body,
                                                           const outgoing& what,
                                                           const keys::scheme_key& key,
                                                           template_reading& reading) const;

  /// The two fields of a signed reply to the message that was read. Empty unless signs_replies().
  [[nodiscard]] field_list sign_reply(const template_reading& asked, const request_view& request,
                                      const reply_facts& reply, const keys::scheme_key& key) const;
  /// The time that the reply says it was made at. @return missing_credential, missing_field,
  /// duplicate_field, malformed_field, bad_signature.
  [[nodiscard]] base::result<std::int64_t> verify_reply(const template_reading& asked,
                                                        const request_view& request,
                                                        const http::response_head& head,
                                                        std::string_view body,
                                                        const keys::scheme_key& key) const;

 private:
  struct declared {
    extraction where;
    charset allowed;
  };

  [[nodiscard]] base::result<void> count_fields(const http::fields& all) const;
  [[nodiscard]] base::result<void> read_fields(const http::fields& all,
                                               template_reading& reading) const;
  [[nodiscard]] base::result<void> read_signature(const http::fields& all,
                                                  template_reading& reading) const;
  [[nodiscard]] base::result<claim> make_claim(const template_reading& reading) const;
  void build(template_reading& reading, const request_view& request, std::string_view body) const;
  [[nodiscard]] bool matches(const template_reading& reading, const signed_bytes& bytes,
                             const keys::scheme_key& key) const;
  [[nodiscard]] signed_bytes bytes_for(template_reading& reading, const request_view& request,
                                       std::string_view body, const keys::scheme_key& key,
                                       base::wiped_text& with_secret) const;
  [[nodiscard]] std::optional<std::string> fill(const outgoing& what, std::size_t field) const;
  [[nodiscard]] std::optional<std::string> signature_of(template_reading& reading,
                                                        const request_view& request,
                                                        std::string_view body,
                                                        const keys::scheme_key& key,
                                                        const crypto::private_key* own) const;
  /// Stamps are counted in these: a reply's is written as its request's.
  [[nodiscard]] std::int64_t per_second() const;
  /// `reply.timestamp` is as written.
  [[nodiscard]] std::optional<crypto::digest> reply_mac(const template_reading& asked,
                                                        const request_view& request,
                                                        const reply_facts& reply,
                                                        const keys::scheme_key& key) const;

  template_settings settings_;
  std::vector<declared> fields_;
  extraction signature_;
  std::vector<extraction> require_;
  std::size_t signature_size_;
  template_text text_;
  bool signs_body_;
  bool uses_secret_;
  template_text response_text_;
  std::optional<std::size_t> token_, version_, timestamp_, nonce_, replay_id_;
};

}  // namespace core::scheme
