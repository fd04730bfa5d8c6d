// SPDX-License-Identifier: Apache-2.0
#include "core/scheme/template_lint.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "core/base/ascii.hpp"
#include "core/scheme/charset.hpp"
#include "core/scheme/template_ambiguity.hpp"
#include "core/scheme/template_reading.hpp"
#include "core/scheme/template_text.hpp"

namespace core::scheme {

namespace {

/// Does what the filters make of a value tell it from every other? Letter case, for one, is gone
/// unless it is that of hexadecimal digits.
bool keeps_all(const text_piece& piece) {
  for (std::size_t i = 0; i < piece.filters.size(); ++i) {
    const filter f = piece.filters[i];
    const bool levels = f == filter::lower || f == filter::upper || f == filter::trim;
    if (levels && (i == 0 || piece.filters[i - 1] != filter::hex)) return false;
  }
  return true;
}

bool signs(const template_text& text, input what) {
  return std::ranges::any_of(
      text.pieces, [what](const text_piece& p) { return p.what == what && keeps_all(p); });
}

bool signs_field(const template_text& text, std::size_t field) {
  return std::ranges::any_of(text.pieces, [field](const text_piece& p) {
    return p.what == input::field && p.field == field && keeps_all(p);
  });
}

/// Requests have no other key than those for what goes to the service, replies none but the other.
bool is_signing_purpose(std::string_view purpose) {
  return purpose == "sign-c2s" || purpose == "sign-s2c";
}

class linter {
 public:
  explicit linter(const template_settings& settings)
      : s_(settings), names_(declared_names(settings)) {}

  std::vector<finding> run() {
    check_fields();
    check_extractions();
    const auto request = compile("string_to_sign", s_.string_to_sign, false);
    if (request) {
      check_use(*request);
      check_algorithm(*request);
    }
    if (s_.response) check_response();
    if (std::ranges::any_of(out_, &finding::error) || !request) return std::move(out_);
    warn_of_text("string_to_sign", *request);
    warn_of_coverage();
    return std::move(out_);
  }

 private:
  void error(std::string key, std::string sentence) {
    out_.push_back({std::move(key), std::move(sentence), true});
  }
  void warn(std::string key, std::string sentence) {
    out_.push_back({std::move(key), std::move(sentence), false});
  }

  std::optional<template_text> compile(const std::string& key, const std::string& text,
                                       bool reply) {
    auto parsed = parse_template_text(text, {names_, reply});
    if (auto* problem = std::get_if<std::string>(&parsed)) {
      error(key, std::move(*problem));
      return std::nullopt;
    }
    auto& whole = std::get<template_text>(parsed);
    const auto bare = std::ranges::count_if(whole.pieces, [](const text_piece& p) {
      return p.what == input::body && p.filters.empty();
    });
    if (bare > 1) {
      error(key, "holds {body} twice; write {body|sha256|hex} for one of the two");
      return std::nullopt;
    }
    return std::move(whole);
  }

  void check_fields() {
    if (s_.fields.size() > most_fields) error("fields", "are more than 16");
    std::set<std::string> seen;
    for (const template_field& f : s_.fields) {
      const std::string key = "fields." + f.name;
      if (!is_template_field_name(f.name))
        error(key,
              "is no name for a field: small letters, digits and _, and no name of the language");
      if (!seen.insert(f.name).second) error(key, "is there twice");
      const auto parsed = charset::parse(f.charset);
      if (const auto* why = std::get_if<std::string>(&parsed); why != nullptr && !f.charset.empty())
        error(key + ".charset", *why);
      if (f.name == "timestamp" && !f.charset.empty())
        error(key + ".charset", "a timestamp is decimal digits, whatever else is said");
      if (f.name == "timestamp" && f.optional)
        error(key + ".optional", "a message without its timestamp could be sent at any time");
      if (f.name != "timestamp" && f.milliseconds)
        error(key + ".unit", "only a timestamp has a unit");
    }
  }

  void check_extraction(const std::string& key, const extraction_settings& e) {
    if (e.header.empty())
      return error(key + ".header", "is missing: the header field it stands in");
    if (e.kv && e.list) error(key, "is a kv list or a list, not both");
    if (e.kv && (e.kv->sep == e.kv->assign || e.kv->sep == '"' || e.kv->assign == '"'))
      error(key + ".kv", "needs a separator and an assignment that differ, and from the quote");
    if (e.kv && e.kv->key.empty()) error(key + ".kv.key", "is missing: which entries count");
    if (e.kv || e.list) return;
    // Two names for one value hide from the reader of the string which of them is signed.
    const std::string name = base::lower(e.header);
    if (!wholes_.insert(name).second)
      error(key + ".header", "the whole of " + e.header + " is read for something else already");
  }

  void check_extractions() {
    for (const template_field& f : s_.fields) check_extraction("fields." + f.name, f);
    check_extraction("signature", s_.signature);
    if (s_.signature.encoding == text_encoding::utf8)
      error("signature.encoding", "must be hex, base64 or base64url");
    if (!s_.require.empty() && !s_.signature.kv)
      error("require", "needs a signature in a kv list (signature: {kv: …})");
    if (!s_.replay_id.empty() && !s_.field(s_.replay_id))
      error("replay_id", "is none of the declared fields");
  }

  /// What has been taken from the message only helps if nobody can change it.
  void check_use(const template_text& text) {
    for (std::size_t i = 0; i < s_.fields.size(); ++i) {
      const template_field& f = s_.fields[i];
      const bool used = signs_field(text, i);
      if (!used && f.name == "timestamp")
        error("string_to_sign",
              "does not hold {timestamp}: anyone could put a fresh one on an old message");
      if (!used && f.name == "nonce")
        error("string_to_sign",
              "does not hold {nonce}: anyone could put a new one on an old message");
      else if (!used && f.name == s_.replay_id)
        error("replay_id",
              "{" + f.name +
                  "} is not in string_to_sign: anyone could put another on an old message");
    }
    for (const text_piece& p : text.pieces) {
      if (p.what != input::field) continue;
      const template_field& f = s_.fields[p.field];
      if (f.optional && !p.optional)
        error("string_to_sign", "{" + f.name + "} may be absent: write {" + f.name + "?}");
    }
  }

  void check_algorithm(const template_text& text) {
    const bool secret = text.uses(input::secret);
    if (is_plain_hash(s_.algorithm)) {
      if (!secret)
        error("string_to_sign", "does not hold {secret}: anyone can make a plain hash of the rest");
      if (!s_.key.derive.empty()) error("key.derive", "is for HMAC keys");
    }
    if (s_.algorithm == template_algorithm::ed25519) {
      if (secret)
        error("string_to_sign", "{secret}: there is none with ed25519, only a public key");
      if (!s_.key.derive.empty()) error("key.derive", "a public key can't be derived");
    }
    check_purpose("key.derive", s_.key.derive);
    const bool weak = is_plain_hash(s_.algorithm) || s_.algorithm == template_algorithm::hmac_sha1;
    if (weak && !s_.allow_weak)
      error("algorithm",
            std::string(why_weak()) + "; if clients can do no other, say allow_weak: true");
  }

  void check_purpose(std::string key, const std::string& purpose) {
    if (!purpose.empty() && !is_signing_purpose(purpose))
      error(std::move(key), "must be sign-c2s or sign-s2c");
  }

  [[nodiscard]] std::string_view why_weak() const {
    return s_.algorithm == template_algorithm::hmac_sha1
               ? "SHA-1 is given up for new uses"
               : "a plain hash of a secret: one message is enough to guess a weak one offline";
  }

  void check_response() {
    const template_response& r = *s_.response;
    if (!is_hmac(s_.algorithm)) error("response", "replies are signed with HMAC alone");
    if (r.timestamp.empty())
      error("response.timestamp", "is missing: the field with the reply's time");
    if (r.signature.empty())
      error("response.signature", "is missing: the field with the signature");
    if (!r.timestamp.empty() && base::iequals(r.timestamp, r.signature))
      error("response.signature", "is the field with the reply's time already");
    check_purpose("response.derive", r.derive);
    const auto text = compile("response.string_to_sign", r.string_to_sign, true);
    if (!text) return;
    if (!text->uses(input::reply_timestamp))
      error("response.string_to_sign", "does not hold {timestamp}, the reply's own");
    if (!signs(*text, input::body))
      error("response.string_to_sign", "does not hold {body}: any other would pass for it");
    for (const text_piece& p : text->pieces)
      if (p.what == input::field && s_.fields[p.field].optional && !p.optional)
        error("response.string_to_sign", print(p) + " may be absent: write a ? behind the name");
    warn_of_text("response.string_to_sign", *text);
    if (!text->uses(input::status))
      warn("response.string_to_sign", "does not hold {status}: an error could pass for a success");
    if (r.derive == s_.key.derive)
      warn("response.derive", "replies have the key of requests: one may pass for the other");
  }

  void warn_of_text(const std::string& key, const template_text& text) {
    if (const auto where = ambiguity(text, s_))
      warn(key, *where + ": two messages can have the same signature");
    for (std::size_t i = 0; i < text.pieces.size(); ++i) {
      const text_piece& p = text.pieces[i];
      if (p.what == input::body && p.filters.empty() && i + 1 < text.pieces.size())
        warn(key, "{body} should be last, or hashed: {body|sha256|hex}");
    }
    if (is_hmac(s_.algorithm) && text.uses(input::secret))
      warn(key, "{secret} adds nothing to an HMAC, which has it as its key");
  }

  void warn_of_coverage() {
    if (s_.allow_weak &&
        (is_plain_hash(s_.algorithm) || s_.algorithm == template_algorithm::hmac_sha1))
      warn("algorithm", std::string(why_weak()));
    if (!s_.field("timestamp") && !s_.field("nonce")) {
      warn("fields",
           "neither timestamp nor nonce: a message can be replayed for ever once it is forgotten");
    }
    std::string unsigned_ones;
    for (const std::string_view name : coverage_of(s_).not_signed)
      unsigned_ones.append(unsigned_ones.empty() ? "" : ", ").append(name);
    if (!unsigned_ones.empty())
      warn("string_to_sign",
           "not signed, so that anyone on the way can change it: " + unsigned_ones);
  }

  const template_settings& s_;
  std::vector<std::string> names_;
  std::set<std::string> wholes_;
  std::vector<finding> out_;
};

}  // namespace

std::vector<finding> lint(const template_settings& settings) { return linter(settings).run(); }

bool signs_body(const template_settings& settings) {
  const auto parsed = parse_template_text(settings.string_to_sign, {declared_names(settings)});
  const auto* text = std::get_if<template_text>(&parsed);
  return text != nullptr && text->uses(input::body);
}

coverage coverage_of(const template_settings& settings) {
  const std::vector<std::string> names = declared_names(settings);
  const auto parsed = parse_template_text(settings.string_to_sign, {names});
  const auto* text = std::get_if<template_text>(&parsed);
  coverage out;
  if (text == nullptr) return out;
  const auto put = [&out](std::string_view name, bool is) {
    (is ? out.is_signed : out.not_signed).push_back(name);
  };
  put("method", signs(*text, input::method));
  put("target",
      signs(*text, input::target) || (signs(*text, input::path) && signs(*text, input::query)));
  put("host", text->uses(input::host));
  put("body", signs(*text, input::body));
  for (std::size_t i = 0; i < names.size(); ++i)
    for (const std::string_view known : {"timestamp", "nonce", "token", "version"})
      if (names[i] == known) put(known, signs_field(*text, i));
  return out;
}

}  // namespace core::scheme
