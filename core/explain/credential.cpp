// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>

#include "core/base/ascii.hpp"
#include "core/base/date.hpp"
#include "core/base/encoding.hpp"
#include "core/config/suggest.hpp"
#include "core/crypto/digest.hpp"
#include "core/explain/credential_fields.hpp"
#include "core/explain/mistakes.hpp"
#include "core/explain/rewriting.hpp"

namespace core::explain {

namespace {

using base::errc;

bool is_one_of(const std::vector<credential_field>& known, std::string_view name) {
  return std::ranges::any_of(
      known, [&](const credential_field& f) { return base::iequals(f.header, name); });
}

/// A field with nearly this name, which the scheme doesn't read under its own.
std::string misspelt(const message& m, const std::vector<credential_field>& known,
                     const std::string& wanted) {
  std::vector<std::string> dashed;
  std::vector<std::string> written;
  for (const auto& [name, value] : m.fields) {
    if (is_one_of(known, name)) continue;
    written.push_back(name);
    dashed.push_back(replaced(name, "_", "-"));
    // CGI's own spelling of a field's name, or the old prefix of what is no standard.
    if (base::lower(dashed.back()).starts_with("http-")) dashed.back().erase(0, 5);
    if (base::iequals(dashed.back(), "x-" + wanted)) dashed.back().erase(0, 2);
  }
  const std::vector<std::string_view> words(dashed.begin(), dashed.end());
  const auto near = config::nearest(wanted, words);
  if (!near) return {};
  return written[static_cast<std::size_t>(std::ranges::find(words, *near) - words.begin())];
}

/// All of them at once: one alone might not do.
bool try_names(trials& t, const std::vector<credential_field>& known) {
  message changed = t.request();
  std::string calls;
  std::string first_missing, first_other;
  for (const credential_field& f : known) {
    if (t.request().has(f.header)) continue;
    const std::string other = misspelt(t.request(), known, f.header);
    if (other.empty()) continue;
    changed = changed.renamed(other, f.header);
    if (calls.empty()) {
      first_missing = f.header;
      first_other = other;
    }
    calls.append(calls.empty() ? "" : ", ").append(named(f) + " and not `" + visible(other) + "`");
  }
  if (calls.empty()) return false;
  if (t.try_request("field-misspelt", "call the field " + calls, changed)) return true;
  const errc reason = *t.first().refused;
  return (reason == errc::missing_field || reason == errc::missing_credential) &&
         t.found("field-missing", "send `" + first_missing + "`; `" + visible(first_other) +
                                      "`, which the client sends, is another field");
}

/// A stamp as clients write it by mistake, as Unix seconds.
struct stamp_form {
  std::string_view mistake;
  std::string advice;
  std::string value;
};

std::vector<stamp_form> stamp_forms(const std::string& text, const std::string& name) {
  std::vector<stamp_form> out;
  const bool digits = std::ranges::all_of(text, base::is_digit);
  if (digits && text.size() == 13)
    out.push_back({"timestamp-in-milliseconds",
                   "stamp and sign whole Unix seconds: " + name + " is in milliseconds",
                   text.substr(0, 10)});
  if (const std::size_t point = text.find_first_of(".,"); point != std::string::npos)
    out.push_back({"timestamp-with-fraction",
                   "stamp and sign whole Unix seconds: " + name + " has a fraction",
                   text.substr(0, point)});
  if (const std::size_t first = text.find_first_not_of('0');
      first != 0 && first != std::string::npos)
    out.push_back({"timestamp-with-leading-zero", "write " + name + " without leading zeros",
                   text.substr(first)});
  const std::string date = text.substr(0, 19) + "Z";
  if (const auto seconds = base::parse_iso8601(date.size() == 20 ? date : text))
    out.push_back({"timestamp-as-date",
                   "stamp and sign Unix seconds (the output of `date +%s`): " + name + " is a date",
                   std::to_string(*seconds)});
  return out;
}

bool try_stamp(trials& t, const credential_field& f) {
  const std::string* const value = t.request().value(f.header);
  if (value == nullptr) return false;
  return std::ranges::any_of(stamp_forms(*value, named(f)), [&](const stamp_form& form) {
    return t.try_request(form.mistake, form.advice, t.request().with(f.header, form.value));
  });
}

bool try_quotes(trials& t, const credential_field& f) {
  const std::string* const value = t.request().value(f.header);
  if (value == nullptr || value->size() < 2) return false;
  const char first = value->front();
  if (value->back() != first || (first != '"' && first != '\'')) return false;
  return t.try_request("quoted-value", "send " + named(f) + " without quotes around its value",
                       t.request().with(f.header, value->substr(1, value->size() - 2)));
}

/// A field of a template that holds what its charset doesn't allow.
bool try_charsets(trials& t) {
  const auto* templated = t.policy().templated();
  if (templated == nullptr) return false;
  const http::request_head head = t.request().head();
  for (const scheme::template_field& f : templated->settings().fields) {
    if (f.charset.empty() || f.name == "timestamp") continue;
    const auto allowed = scheme::charset::parse(f.charset);
    const scheme::extraction_settings& place = f;
    const scheme::extraction where(place);
    const auto value = where.only_value(where.find(head.fields).value);
    const auto* const set = std::get_if<scheme::charset>(&allowed);
    if (set == nullptr || !value || !*value || set->fits(**value)) continue;
    return t.found("malformed-field", "the " + f.name + " in `" + f.header + "` must be " +
                                          f.charset + "; it is \"" + visible(**value, 80) + "\"");
  }
  return false;
}

/// The one field with which it would be well-formed if it had another value.
bool find_malformed(trials& t, const std::vector<credential_field>& known) {
  for (const credential_field& f : known) {
    const std::string* const value = t.request().value(f.header);
    if (value == nullptr || f.proper.empty()) continue;
    const std::string advice = named(f) + " must be " + f.rule + "; it is \"" +
                               visible(*value, 80) + "\", " + std::to_string(value->size()) +
                               " bytes";
    if (t.try_request("malformed-field", advice, t.request().with(f.header, f.proper))) return true;
  }
  return false;
}

bool try_content_digest(trials& t) {
  const std::string* const old = t.request().value("Digest");
  const std::string* const value = t.request().value("Content-Digest");
  if (t.policy().signatures() == nullptr) return false;
  if (value == nullptr)
    return old != nullptr &&
           t.found(
               "old-digest-field",
               "send `Content-Digest: sha-256=:…:` (RFC 9530) instead of `Digest`, and cover it");
  const auto digest = crypto::sha256({t.request().body});
  const std::string hex = base::hex(crypto::view(digest));
  if (base::lower(*value).find(hex) != std::string::npos)
    return t.found("digest-in-hex",
                   "write the digest in `Content-Digest` as base64 of its 32 bytes between colons, "
                   "not as hex");
  scheme::content_digests read;
  if (value->find("sha-256=") == std::string::npos &&
      value->find("sha-512=") == std::string::npos && !scheme::parse_content_digest(read, *value))
    return t.found("digest-by-another-algorithm",
                   "make `Content-Digest` by sha-256 or sha-512: no other algorithm counts");
  if (value->find(base::base64(crypto::view(digest))) != std::string::npos &&
      value->find("sha-256=:") == std::string::npos)
    return t.found(
        "digest-without-colons",
        "write `Content-Digest` as sha-256=:BASE64: with its colons and a lower-case name");
  return false;
}

/// Of the parameters that the configuration demands, and of the components.
bool try_signature_input(trials& t) {
  const auto* signatures = t.policy().signatures();
  const std::string* const input = t.request().value("Signature-Input");
  if (signatures == nullptr || input == nullptr) return false;
  const scheme::rfc9421_settings& s = signatures->settings();
  const auto names = [&](std::string_view parameter) {
    return input->find(";" + std::string(parameter) + "=") != std::string::npos;
  };
  if (!s.tag.empty() && input->find(";tag=\"" + s.tag + "\"") == std::string::npos)
    return t.found("wrong-tag", "say ;tag=\"" + s.tag + "\" in `Signature-Input`" +
                                    (names("tag") ? ": it names another tag" : ""));
  if (!names("keyid"))
    return t.found("parameter-missing",
                   "say ;keyid=\"…\", the client's token, in `Signature-Input`");
  if (s.created && !names("created"))
    return t.found("parameter-missing", "say ;created=…, Unix seconds, in `Signature-Input`");
  if (s.nonce && !names("nonce"))
    return t.found("parameter-missing",
                   "say ;nonce=\"…\", another for each message, in `Signature-Input`");
  std::vector<std::string> wanted = s.required;
  if (s.content_digest) wanted.emplace_back("content-digest");
  if (s.cover_content_type && t.request().has("Content-Type")) wanted.emplace_back("content-type");
  if (!s.version_field.empty() && t.request().has(s.version_field))
    wanted.push_back(base::lower(s.version_field));
  for (const std::string& one : wanted)
    if (input->find("\"" + one + "\"") == std::string::npos)
      return t.found("component-missing", "cover \"" + one +
                                              "\" too: list it in `Signature-Input` "
                                              "and add its line to what is signed");
  return false;
}

/// A number that stands behind `;NAME=` in Signature-Input.
std::optional<std::int64_t> number_of(std::string_view input, std::string_view name) {
  const std::string before = ";" + std::string(name) + "=";
  const std::size_t at = input.find(before);
  std::int64_t out = 0;
  if (at == std::string_view::npos) return std::nullopt;
  const char* const begin = input.data() + at + before.size();
  if (std::from_chars(begin, input.data() + input.size(), out).ec != std::errc())
    return std::nullopt;
  return out;
}

/// What is wrong with the two fields of RFC 9421 as a whole.
bool try_dictionaries(trials& t) {
  const auto* signatures = t.policy().signatures();
  const std::string* const input = t.request().value("Signature-Input");
  const std::string* const signature = t.request().value("Signature");
  if (signatures == nullptr || input == nullptr || signature == nullptr) return false;
  const std::size_t assign = signature->find('=');
  if (assign != std::string::npos && signature->substr(assign + 1, 1) != ":")
    return t.found("signature-without-colons",
                   "write `Signature` as LABEL=:BASE64: with colons around the base64 (RFC 9421, "
                   "section 4.2)");
  http::structured::field all;
  if (!all.parse_dictionary(*input)) return false;
  if (all.members().size() > 1 && !signatures->settings().other_signatures)
    return t.found("several-signatures", "send one signature: `Signature-Input` has " +
                                             std::to_string(all.members().size()) +
                                             ", and the scheme doesn't say `other_signatures`");
  const auto created = number_of(*input, "created");
  const auto expires = number_of(*input, "expires");
  const std::int64_t window = t.policy().window.past;
  if (created && expires && (*expires < *created || *expires - *created > window))
    return t.found("expires-out-of-window",
                   "let `expires` be at or after `created`, and no more than " +
                       std::to_string(window) + " s after it");
  return false;
}

bool try_created(trials& t) {
  const std::string* const input = t.request().value("Signature-Input");
  if (t.policy().signatures() == nullptr || input == nullptr) return false;
  const std::size_t at = input->find(";created=");
  if (at == std::string::npos) return false;
  const std::size_t begin = at + std::string_view(";created=").size();
  const std::string stamp = input->substr(begin, input->find_first_of(";,", begin) - begin);
  if (stamp.starts_with('"'))
    return t.found("created-as-text", "write ;created=" + visible(replaced(stamp, "\"", ""), 20) +
                                          " in `Signature-Input` without quotes: it is a number");
  return std::ranges::any_of(stamp_forms(stamp, "`created`"), [&](const stamp_form& form) {
    std::string changed = *input;
    changed.replace(begin, stamp.size(), form.value);
    return t.try_request(form.mistake, form.advice, t.request().with("Signature-Input", changed));
  });
}

bool try_nonce(trials& t) {
  const std::string* const input = t.request().value("Signature-Input");
  if (t.policy().signatures() == nullptr || input == nullptr) return false;
  constexpr std::string_view before = ";nonce=\"";
  const std::size_t at = input->find(before);
  if (at == std::string::npos) return false;
  const std::size_t begin = at + before.size();
  const std::size_t size = std::min(input->find('"', begin), input->size()) - begin;
  std::string changed = *input;
  changed.replace(begin, size, "AAECAwQFBgcICQoLDA0ODw");
  return t.try_request(
      "malformed-nonce",
      "make the nonce of 16 to 128 of A-Z a-z 0-9 _ -, for example 16 random bytes "
      "in hex: it is \"" +
          visible(input->substr(begin, size), 80) + "\"",
      t.request().with("Signature-Input", changed));
}

bool try_repeated(trials& t, const std::vector<credential_field>& known) {
  for (const auto& [name, value] : t.request().fields) {
    const auto same = [&](const auto& f) { return base::iequals(f.first, name); };
    if (std::ranges::count_if(t.request().fields, same) < 2) continue;
    if (is_one_of(known, name) || base::iequals(name, "content-type"))
      return t.found("field-repeated", "send `" + name + "` once: it is there twice");
  }
  return false;
}

}  // namespace

bool try_credential(trials& t) {
  const std::vector<credential_field> known = credential_fields(t.policy());
  const errc reason = *t.first().refused;
  if (reason == errc::duplicate_field) return try_repeated(t, known);
  if (try_names(t, known) || try_content_digest(t) || try_created(t)) return true;
  const bool unread = std::ranges::any_of(known, [&](const credential_field& f) {
    using meaning = credential_field::meaning;
    if (f.what == meaning::timestamp && try_stamp(t, f)) return true;
    return try_quotes(t, f);
  });
  return unread || try_dictionaries(t) || try_signature_forms(t) || try_nonce(t) ||
         try_signature_input(t) || try_template_algorithm(t) || try_charsets(t) ||
         find_malformed(t, known);
}

}  // namespace core::explain
