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

std::string named(const credential_field& f) { return "`" + f.header + "`"; }

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

bool try_names(trials& t, const std::vector<credential_field>& known) {
  for (const credential_field& f : known) {
    if (t.request().has(f.header)) continue;
    const std::string other = misspelt(t.request(), known, f.header);
    if (other.empty()) continue;
    const std::string advice =
        "call the field " + named(f) + "; the client calls it `" + visible(other) + "`";
    if (t.try_request("field-misspelt", advice, t.request().renamed(other, f.header))) return true;
    // Not the only one that is missing, or not the only mistake: it is still one.
    const errc reason = *t.first().refused;
    if (reason == errc::missing_field || reason == errc::missing_credential)
      return t.found("field-misspelt", advice);
  }
  return false;
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
  for (const std::string& one : wanted)
    if (input->find("\"" + one + "\"") == std::string::npos)
      return t.found("component-missing", "cover \"" + one +
                                              "\" too: list it in `Signature-Input` "
                                              "and add its line to what is signed");
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
  return unread || try_signature_forms(t) || try_nonce(t) || try_signature_input(t) ||
         try_template_algorithm(t) || find_malformed(t, known);
}

}  // namespace core::explain
