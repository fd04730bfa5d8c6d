// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <vector>

#include "core/base/ascii.hpp"
#include "core/base/date.hpp"
#include "core/base/encoding.hpp"
#include "core/explain/mistakes.hpp"
#include "core/explain/rewriting.hpp"
#include "core/keys/derived.hpp"

namespace core::explain {

namespace {

constexpr std::size_t derived_size = 32;
/// Secrets of other clients that are tried one by one.
constexpr std::size_t most_others = 1000;

/// What a client may have taken its secret for.
struct reading {
  std::string_view mistake;
  std::string advice;
  base::secret value;
};

std::vector<reading> readings_of(const base::secret& secret) {
  const std::string_view bytes = secret.reveal();
  std::vector<reading> out;
  const auto add = [&](std::string_view mistake, std::string_view advice, std::string text) {
    if (!text.empty()) out.push_back({mistake, std::string(advice), to_secret(std::move(text))});
  };
  constexpr std::string_view decode_hex =
      "decode the secret from hex to bytes before it is used: the client uses the digits as text";
  constexpr std::string_view decode_base64 =
      "decode the secret from base64 to bytes before it is used: the client uses the letters as "
      "text";
  add("secret-is-hex-text", decode_hex, base::hex(bytes));
  add("secret-is-base64-text", decode_base64, base::base64(bytes));
  add("secret-is-base64-text", decode_base64, base::base64url(bytes));
  add("secret-with-prefix",
      "take the prefix off the secret and decode the rest: the client uses \"base64:\" and all",
      "base64:" + base::base64(bytes));
  add("secret-with-prefix",
      "take the prefix off the secret and decode the rest: the client uses \"hex:\" and all",
      "hex:" + base::hex(bytes));
  if (auto plain = base::unhex_any_case(bytes))
    add("secret-decoded-from-hex",
        "use the secret as the text it is: the client decodes it from hex; or write it with `hex:` "
        "in the configuration",
        std::move(*plain));
  if (auto plain = any_base64(bytes))
    add("secret-decoded-from-base64",
        "use the secret as the text it is: the client decodes it from base64; or write it with "
        "`base64:` in the configuration",
        std::move(*plain));
  add("secret-with-line-end",
      "cut the line's end off the secret that the client reads, for example from a file",
      std::string(bytes) + "\n");
  add("secret-with-line-end",
      "cut the line's end off the secret that the client reads, for example from a file",
      std::string(bytes) + "\r\n");
  const std::string_view trimmed = base::trimmed(bytes);
  if (trimmed.size() != bytes.size())
    add("secret-with-blanks", "take the blanks around the secret out of the configuration",
        std::string(trimmed));
  return out;
}

bool is_rfc9421(const trials& t) { return t.policy().signatures() != nullptr; }

/// Does the scheme derive its key from the secret, rather than use it as it is?
bool derives(const trials& t) {
  const auto* templated = t.policy().templated();
  return is_rfc9421(t) ? !t.client()->signing_secret
                       : templated != nullptr && !templated->settings().key.derive.empty();
}

/// The secret as the signature's own key material: what is derived from it is the scheme's
/// business.
bool try_material(trials& t, const reading& r) {
  config::model changed = t.model();
  config::client& c = changed.clients.front();
  // A secret for signing alone is no more derived from by RFC 9421: the gateway would have done it.
  c.signing_secret =
      is_rfc9421(t) && derives(t) ? keys::derive(r.value, "sign-c2s", c.id, derived_size) : r.value;
  return t.try_model(r.mistake, r.advice, std::move(changed));
}

/// A key that is used as it is.
bool try_signing_key(trials& t, std::string_view mistake, std::string advice, base::secret key) {
  config::model changed = t.model();
  changed.clients.front().signing_secret = std::move(key);
  if (auto* own = std::get_if<config::template_preset>(&changed.schemes.front().what)) {
    own->scheme.key.derive.clear();
    own->scheme.key.strip.clear();
    own->scheme.key.encoding = scheme::text_encoding::utf8;
  }
  return t.try_model(mistake, std::move(advice), std::move(changed));
}

bool try_derivation(trials& t, const base::secret& secret) {
  const std::string& id = t.client()->id;
  const std::string& token = t.client()->token;
  const auto derived = [&](std::string_view purpose, const std::string& who) {
    return keys::derive(secret, purpose, who, derived_size);
  };
  if (!derives(t))
    return try_signing_key(t, "key-derived",
                           "sign with the secret itself: the client derives a key from it",
                           derived("sign-c2s", id));
  const std::string sign_with = "sign with the key that `countersign derive` prints as sign-c2s: ";
  return try_signing_key(t, "key-not-derived",
                         sign_with + "the client signs with the secret itself", secret) ||
         try_signing_key(t, "derived-key-as-text",
                         sign_with + "the client uses its hex digits as text, and must decode them",
                         to_secret(base::hex(derived("sign-c2s", id).reveal()))) ||
         try_signing_key(t, "key-for-replies",
                         sign_with + "the client uses sign-s2c, which is for replies",
                         derived("sign-s2c", id)) ||
         (token != id && try_signing_key(t, "key-derived-for-token",
                                         "derive the key for the client's id, \"" + id +
                                             "\": the client derives it for its token",
                                         derived("sign-c2s", token)));
}

bool try_not_in_force(trials& t) {
  config::model changed = t.model();
  for (config::secret_generation& g : changed.clients.front().secrets)
    g.from = g.until = std::nullopt;
  if (!t.try_model("secret-not-in-force", "", std::move(changed))) return false;
  const auto& all = t.client()->secrets;
  const auto which = std::ranges::find(all, t.key(), &config::secret_generation::id);
  std::string& advice = t.result()->advice;
  advice = "sign with a secret that is in force: the client uses \"" + t.key() + "\"";
  if (which == all.end()) return true;
  if (which->until && *which->until <= t.now())
    advice += ", which ended at " + base::format_iso8601(*which->until);
  else if (which->from)
    advice += ", which begins at " + base::format_iso8601(*which->from);
  return true;
}

/// The secrets of all others at once: which of them it is tells its name.
bool try_other_clients(trials& t) {
  const config::client& own = *t.client();
  config::model changed = t.model();
  config::client& c = changed.clients.front();
  c.secrets.clear();
  c.signing_secret.reset();
  for (const config::client& other : t.rules().model.clients) {
    if (other.id == own.id) continue;
    for (const config::secret_generation& g : other.secrets)
      if (!g.value.empty())
        c.secrets.push_back({other.id, other.signing_secret.value_or(g.value), {}, {}});
  }
  const std::string advice =
      "sign with the secret of \"" + own.id + "\": the client uses that of \"";
  if (!c.secrets.empty() && t.try_model("secret-of-another-client", "", std::move(changed))) {
    t.result()->advice = advice + t.key() + "\"";
    return true;
  }
  if (!derives(t)) return false;
  // Derived for the other client, too: all is the other's but the token.
  std::size_t left = most_others;
  for (const config::client& other : t.rules().model.clients) {
    if (other.id == own.id) continue;
    for (const config::secret_generation& g : other.secrets) {
      if (g.value.empty()) continue;
      if (left-- == 0) return false;
      if (try_signing_key(t, "secret-of-another-client", advice + other.id + "\"",
                          keys::derive(g.value, "sign-c2s", other.id, derived_size)))
        return true;
    }
  }
  return false;
}

bool try_public_keys(trials& t) {
  const config::client& own = *t.client();
  if (!own.public_key) return false;
  for (const config::client& other : t.rules().model.clients) {
    if (other.id == own.id || !other.public_key) continue;
    config::model changed = t.model();
    changed.clients.front().public_key = other.public_key;
    changed.clients.front().algorithm = other.algorithm;
    if (t.try_model("key-of-another-client",
                    "sign with the private key of \"" + own.id + "\": the client uses that of \"" +
                        other.id + "\"",
                    std::move(changed)))
      return true;
  }
  if (!is_rfc9421(t)) return false;
  for (const crypto::signature_algorithm a : {crypto::signature_algorithm::rsa_pss_sha512,
                                              crypto::signature_algorithm::rsa_v1_5_sha256}) {
    if (own.algorithm == a) continue;
    config::model changed = t.model();
    changed.clients.front().algorithm = a;
    auto* signatures = std::get_if<scheme::rfc9421_settings>(&changed.schemes.front().what);
    signatures->algorithms = {a};
    if (t.try_model("other-algorithm",
                    "sign by " + std::string(crypto::name(*own.algorithm)) +
                        ", as the configuration has it for \"" + own.id +
                        "\": the client signs by " + std::string(crypto::name(a)),
                    std::move(changed)))
      return true;
  }
  return false;
}

}  // namespace

bool try_keys(trials& t) {
  if (t.client() == nullptr) return false;
  if (try_not_in_force(t) || try_public_keys(t)) return true;
  for (const config::secret_generation& g : t.client()->secrets) {
    const base::secret& secret = t.client()->signing_secret ? *t.client()->signing_secret : g.value;
    if (secret.empty()) continue;
    if (try_derivation(t, secret)) return true;
    for (const reading& r : readings_of(secret)) {
      if (try_material(t, r)) return true;
      // The text that is in the client's hands, and no key derived from it.
      if (derives(t) &&
          try_signing_key(t, r.mistake, r.advice + ", and sign with the key derived from it",
                          r.value))
        return true;
    }
  }
  return try_other_clients(t);
}

}  // namespace core::explain
