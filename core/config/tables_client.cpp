// SPDX-License-Identifier: Apache-2.0
// The keys of a client.

#include <algorithm>

#include "core/base/ascii.hpp"
#include "core/config/codecs.hpp"
#include "core/config/tables.hpp"
#include "core/config/units.hpp"

namespace core::config {

namespace {

struct token_rule : text_rule {
  static constexpr std::string_view type = "text";
  static parsed<std::string> parse(std::string_view text) {
    const bool fits =
        !text.empty() && text.size() <= 128 && std::ranges::all_of(text, base::is_visible);
    if (!fits) return wrong{"must be 1 to 128 visible ASCII characters without a blank"};
    return std::string(text);
  }
};

struct cipher_rule {
  using value = crypto::cipher;
  static constexpr std::string_view type = "AES-128-CBC, AES-256-CBC, AES-128-GCM, AES-256-GCM";
  static parsed<crypto::cipher> parse(std::string_view text) {
    if (const auto found = crypto::parse_cipher(text)) return *found;
    const auto meant = nearest(text, {"AES-128-CBC", "AES-256-CBC", "AES-128-GCM", "AES-256-GCM"});
    return wrong{quoted(text) + " is not one of " + std::string(type) +
                 (meant ? "; did you mean \"" + std::string(*meant) + "\"?" : "")};
  }
  static node print(crypto::cipher c) { return scalar_node(std::string(crypto::name(c))); }
};

struct version_rule : text_rule {
  static constexpr std::string_view type = "version";
  static parsed<std::string> parse(std::string_view text) {
    if (!keys::is_version(text))
      return wrong{quoted(text) + " must be 1 to 32 of the characters A-Z a-z 0-9 . _ + -"};
    return std::string(text);
  }
};

struct algorithm_rule {
  using value = crypto::signature_algorithm;
  static constexpr std::string_view type =
      "hmac-sha256, ed25519, ecdsa-p256-sha256, ecdsa-p384-sha384, rsa-pss-sha512, rsa-v1_5-sha256";
  static parsed<value> parse(std::string_view text) {
    if (const auto found = crypto::parse_signature_algorithm(text)) return *found;
    const auto meant = nearest(text, {"hmac-sha256", "ed25519", "ecdsa-p256-sha256",
                                      "ecdsa-p384-sha384", "rsa-pss-sha512", "rsa-v1_5-sha256"});
    return wrong{quoted(text) + " is not one of " + std::string(type) +
                 (meant ? "; did you mean \"" + std::string(*meant) + "\"?" : "")};
  }
  static node print(value a) { return scalar_node(std::string(crypto::name(a))); }
};

/// SPKI as base64 or PEM, or file:PATH of one.
struct public_key_text {
  using value = std::optional<std::string>;
  static std::string type() { return "public key (SPKI) in base64 or PEM, or file:PATH"; }
  static bool read(reader& r, const spot& s, value& out) {
    const std::string* text = read_scalar(r, s, type());
    if (text == nullptr) return false;
    std::string key = *text;
    if (constexpr std::string_view file = "file:"; text->starts_with(file)) {
      // Whoever sees it may: it is no secret.
      const auto found = r.resolve("file", std::string_view(*text).substr(file.size()));
      if (const auto* why = std::get_if<std::string>(&found.answer)) {
        r.problems.error(s, *text + ": " + *why);
        return false;
      }
      key = std::get<base::secret>(found.answer).reveal();
    }
    const auto parsed = crypto::public_key::parse(key);
    if (const auto* why = std::get_if<std::string>(&parsed)) {
      r.problems.error(s, *why);
      return false;
    }
    out = std::move(key);
    return true;
  }
  static node print(const value& v) { return v ? text_node(*v) : node{}; }
};

/// Several; where they stand in a file of their own, they have been put in its place
/// (assemble.hpp).
struct secrets_list : listed<generation_table> {
  static std::string type() { return "list, or file:PATH"; }
};

struct jwe_alg_words {
  using alg = envelope::jwe_alg;
  static constexpr std::array<std::pair<std::string_view, alg>, 3> words{
      {{"dir", alg::dir}, {"A128KW", alg::a128kw}, {"A256KW", alg::a256kw}}};
};

struct jwe_enc_words {
  using enc = envelope::jwe_enc;
  static constexpr std::array<std::pair<std::string_view, enc>, 4> words{
      {{"A128GCM", enc::a128gcm},
       {"A256GCM", enc::a256gcm},
       {"A128CBC-HS256", enc::a128cbc_hs256},
       {"A256CBC-HS512", enc::a256cbc_hs512}}};
};

struct jwe_table {
  using value = envelope::jwe_settings;
  static std::span<const field<value>> fields() {
    static constexpr field<value> table[] = {
        row<value, &value::alg, choice<jwe_alg_words>>(
            "alg",
            "of the JWE envelope: dir: one key for all messages; A…KW: one wrapped into each"),
        row<value, &value::enc, choice<jwe_enc_words>>(
            "enc", "what encrypts the content; the message never chooses"),
    };
    return table;
  }
};

struct explain_table {
  using value = client_draft;
  static std::span<const field<value>> fields() {
    static constexpr field<value> table[] = {
        row<value, &value::explain_until, maybe<moment>>(
            "until",
            "until then a wrong signature is answered with the SHA-256 of what the gateway signed, "
            "in Countersign-Signed-Digest",
            required),
    };
    return table;
  }
};

struct rate_table {
  using value = limit::rate;
  static std::span<const field<value>> fields() {
    static constexpr field<value> table[] = {
        row<value, &value::requests, number<std::uint64_t, 1, 1'000'000>>(
            "requests", "proven requests, on average; beyond them 429 with Retry-After", required),
        row<value, &value::per, duration<seconds, second, day>>("per", "in this time"),
        row<value, &value::burst, number<std::uint64_t, 1, 1'000'000>>(
            "burst", "so many at once, after a pause", "as `requests`"),
    };
    return table;
  }
};

/// A client is never less strict than its routes.
struct client_mode_words {
  static constexpr std::array<std::pair<std::string_view, bool>, 1> words{{{"enforce", true}}};
};

/// Off where it is left out; a burst that is left out is what is allowed in `per`.
struct rate_section : maybe_section<rate_table> {
  static bool read(reader& r, const spot& s, value& out) {
    limit::rate made;
    made.burst = 0;
    if (!read_fields(r, s, rate_table::fields(), made)) return false;
    if (made.burst == 0) made.burst = made.requests;
    // What is owed is counted in nanoseconds, and nobody waits for longer.
    constexpr std::uint64_t month = 30UL * 86'400;
    if (made.burst * static_cast<std::uint64_t>(made.per.count()) / made.requests > month) {
      r.problems.error(s.key("burst"), "would take more than 30 days to be there again");
      return false;
    }
    out = made;
    return true;
  }
};

/// 0 is no date.
struct optional_moment_rule : moment_rule {
  static node print(std::int64_t at) { return at == 0 ? node{} : moment_rule::print(at); }
};

struct versions_table {
  using value = keys::version_policy;
  static std::span<const field<value>> fields() {
    static constexpr field<value> table[] = {
        row<value, &value::minimum, ruled<version_rule>>(
            "minimum", "versions below it are refused with `version_retired`"),
        row<value, &value::deprecated_below, ruled<version_rule>>(
            "deprecated_below",
            "versions below it pass, and are answered with Deprecation and Sunset fields"),
        row<value, &value::deprecated_since, ruled<optional_moment_rule>>(
            "deprecated_since",
            "the date in the Deprecation field (RFC 9745), which without it is the moment of each "
            "answer"),
        row<value, &value::sunset, ruled<optional_moment_rule>>(
            "sunset", "the date in the Sunset field (RFC 8594)"),
    };
    return table;
  }
};

}  // namespace

std::span<const field<secret_generation>> generation_table::fields() {
  static constexpr field<value> table[] = {
      row<value, &value::id, name_text>("id", "how log and metrics name this secret", required),
      row<value, &value::value, secret_value>("value", "the secret", required),
      row<value, &value::from, maybe<moment>>("from", "in force from then on", "always"),
      row<value, &value::until, maybe<moment>>("until", "no longer in force from then on",
                                               "for ever"),
  };
  return table;
}

std::span<const field<client_draft>> client_table::fields() {
  static constexpr field<value> table[] = {
      row<value, &value::token, ruled<token_rule>>(
          "token", "what the client sends to say who it is", "its id"),
      row<value, &value::secret, maybe<secret_value>>(
          "secret",
          "what the client shares with the gateway; this or `secrets`, unless `signing_secret` and "
          "`encryption_key` are given"),
      row<value, &value::secrets, secrets_list>(
          "secrets",
          "several secrets, at most 4 of them in force at once, or a file that holds such a list, "
          "which `countersign rotate` writes"),
      row<value, &value::signing_secret, maybe<secret_value>>(
          "signing_secret",
          "signs and proves the header fields, where that is not the secret itself"),
      row<value, &value::encryption_key, maybe<secret_value>>(
          "encryption_key",
          "the cipher's key, where that is not the secret itself: 16 or 32 bytes"),
      row<value, &value::cipher, ruled<cipher_rule>>(
          "cipher", "of the Laravel envelope; the message never chooses"),
      row<value, &value::jwe, section<jwe_table>>("jwe", ""),
      or_null(row<value, &value::public_key, public_key_text>(
          "public_key", "what proves its signatures, for a client that keeps its key to itself",
          "none")),
      row<value, &value::algorithm, maybe<ruled<algorithm_rule>>>(
          "algorithm", "of the scheme rfc9421; the message never chooses",
          "hmac-sha256, or what its public key is for"),
      row<value, itself, section<explain_table>>("explain_to_client", ""),
      row<value, &value::schemes, maybe<list_of<name_text>>>(
          "schemes", "the schemes its secret opens", "those of all its routes"),
      row<value, &value::routes, maybe<list_of<name_text>>>(
          "routes", "names of the routes it may use", "all"),
      row<value, &value::versions, section<versions_table>>("versions", ""),
      row<value, &value::addresses, maybe<list_of<ruled<network_rule>>>>(
          "addresses", "where it may call from; elsewhere 403, once it is proven", "anywhere"),
      row<value, &value::rate, rate_section>("rate", ""),
      row<value, &value::concurrency, maybe<number<std::uint32_t, 1, 1'000'000>>>(
          "concurrency", "its requests at once, of all workers together; beyond them 429",
          "no limit"),
      row<value, &value::enabled, boolean>("enabled", "false: refused like an unknown client"),
      row<value, &value::enforced, choice<client_mode_words>>(
          "mode", "enforce: what names this client is refused also where its route observes",
          "as its routes"),
  };
  return table;
}

}  // namespace core::config
