// SPDX-License-Identifier: Apache-2.0
// Signing: a client's requests, and the replies to them.

#include <algorithm>

#include "core/base/ascii.hpp"
#include "core/base/wiped_text.hpp"
#include "core/scheme/signature_text.hpp"
#include "core/scheme/template_digest.hpp"
#include "core/scheme/template_render.hpp"
#include "core/scheme/template_scheme.hpp"

namespace core::scheme {

namespace {

/// An entry as extraction reads it, or the whole value.
std::string entry_of(const extraction_settings& where, std::string_view value) {
  std::string out;
  if (where.list) return out.append(where.list->pick).append(value);
  if (!where.kv) return std::string(value);
  out.append(where.kv->key).append(1, where.kv->assign);
  if (where.kv->quoted) return out.append(1, '"').append(value).append(1, '"');
  return out.append(value);
}

/// Adds the entry to the field that it belongs in, which may be there from an entry before it.
void put(field_list& fields, const extraction_settings& where, std::string_view value) {
  const auto same = [&](const auto& f) { return base::iequals(f.first, where.header); };
  const auto found = std::ranges::find_if(fields, same);
  const std::string entry = entry_of(where, value);
  if (found == fields.end()) {
    fields.emplace_back(where.header, where.prefix + entry);
  } else {
    found->second += (where.kv ? where.kv->sep : where.list->sep) + entry;
  }
}

}  // namespace

std::optional<std::string> template_scheme::fill(const outgoing& what, std::size_t field) const {
  const template_field& f = settings_.fields[field];
  const auto found =
      std::ranges::find(what.others, f.name, &std::pair<std::string, std::string>::first);
  if (found != what.others.end()) return found->second;
  std::string_view value;
  if (field == timestamp_) {
    if (what.timestamp < 0) return std::nullopt;
    return std::to_string(f.milliseconds ? what.timestamp * 1000 : what.timestamp);
  }
  if (field == token_) value = what.token;
  if (field == version_) value = what.version;
  if (field == nonce_ || field == replay_id_) value = what.nonce;
  if (value.empty()) return std::nullopt;
  return std::string(value);
}

std::variant<field_list, std::string> template_scheme::sign(const request_view& request,
                                                            std::string_view body,
                                                            const outgoing& what,
                                                            const keys::scheme_key& key,
                                                            template_reading& reading) const {
  field_list out;
  reading.own.assign(fields_.size(), {});
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    const template_field& f = settings_.fields[i];
    reading.fields[i].reset();
    auto value = fill(what, i);
    if (!value && f.optional) continue;
    if (!value) return "there is no " + f.name + " to send in " + f.header;
    if (!fields_[i].allowed.fits(*value)) return "the " + f.name + " is not as the scheme has it";
    reading.own[i] = std::move(*value);
    reading.fields[i] = reading.own[i];
    put(out, f, reading.own[i]);
  }
  for (std::size_t i = 0; i < require_.size(); ++i)
    put(out, require_[i].settings(), settings_.require[i].value);
  for (const text_piece& p : text_.pieces)
    if (p.what == input::header && !p.optional &&
        request.head.fields.find(p.text, p.key).count != 1)
      return "the request must have one field " + p.text + ", which is signed";

  reading.built = false;
  const auto signature = signature_of(reading, request, body, key, what.private_key);
  if (!signature)
    return settings_.algorithm == template_algorithm::ed25519
               ? "an Ed25519 signature needs the client's private key"
               : "the client has no key for this scheme";
  put(out, settings_.signature, encode(settings_.signature.encoding, *signature));
  return out;
}

std::optional<std::string> template_scheme::signature_of(template_reading& reading,
                                                         const request_view& request,
                                                         std::string_view body,
                                                         const keys::scheme_key& key,
                                                         const crypto::private_key* own) const {
  if (settings_.algorithm == template_algorithm::ed25519) {
    constexpr auto ed25519 = crypto::signature_algorithm::ed25519;
    if (own == nullptr || !own->fits(ed25519)) return std::nullopt;
    return own->sign(ed25519, explain(reading, request, body));
  }
  if (uses_secret_ && key.secret.empty()) return std::nullopt;
  base::wiped_text with_secret;
  const auto made = digest_by(settings_.algorithm, key.proof,
                              bytes_for(reading, request, body, key, with_secret));
  if (!made) return std::nullopt;
  return std::string(made->view());
}

}  // namespace core::scheme
