// SPDX-License-Identifier: Apache-2.0
// Compiling a template, and reading a message by it.

#include "core/scheme/template_scheme.hpp"

#include <algorithm>
#include <stdexcept>

#include "core/base/ascii.hpp"
#include "core/crypto/hmac.hpp"
#include "core/keys/version.hpp"
#include "core/scheme/signature_text.hpp"
#include "core/scheme/template_digest.hpp"
#include "core/scheme/template_lint.hpp"
#include "core/scheme/timestamp.hpp"

namespace core::scheme {

namespace {

using base::errc;

template_settings checked(template_settings settings) {
  for (const finding& f : lint(settings))
    if (f.error) throw std::invalid_argument(f.key + ": " + f.sentence);
  return settings;
}

template_text compiled(const std::string& text, const template_settings& settings, bool reply) {
  const std::vector<std::string> names = declared_names(settings);
  return std::get<template_text>(parse_template_text(text, {names, reply}));
}

/// Where a field or a signature stands, apart from what else is said of it.
extraction place_of(const extraction_settings& of) { return extraction(of); }

charset charset_of(const template_field& f) {
  return f.charset.empty() ? charset() : std::get<charset>(charset::parse(f.charset));
}

extraction required_entry(const template_signature& signature, const std::string& key) {
  extraction_settings e = static_cast<const extraction_settings&>(signature);
  if (e.kv) e.kv->key = key;
  return extraction(std::move(e));
}

}  // namespace

template_scheme::template_scheme(template_settings settings)
    : settings_(checked(std::move(settings))),
      signature_(place_of(settings_.signature)),
      signature_size_(crypto::digest_size(hash_of(settings_.algorithm))),
      text_(compiled(settings_.string_to_sign, settings_, false)),
      signs_body_(text_.uses(input::body)),
      uses_secret_(text_.uses(input::secret)) {
  for (std::size_t i = 0; i < settings_.fields.size(); ++i) {
    const template_field& f = settings_.fields[i];
    fields_.push_back({place_of(f), charset_of(f)});
    if (f.name == "token") token_ = i;
    if (f.name == "version") version_ = i;
    if (f.name == "timestamp") timestamp_ = i;
    if (f.name == "nonce") nonce_ = i;
    if (f.name == settings_.replay_id) replay_id_ = i;
  }
  for (const required_value& r : settings_.require)
    require_.push_back(required_entry(settings_.signature, r.key));
  if (settings_.response)
    response_text_ = compiled(settings_.response->string_to_sign, settings_, true);
}

std::vector<std::string_view> template_scheme::credential_fields() const {
  std::vector<std::string_view> names;
  const auto add = [&names](std::string_view name) {
    const auto same = [name](std::string_view other) { return base::iequals(name, other); };
    if (std::ranges::none_of(names, same)) names.push_back(name);
  };
  for (const template_field& f : settings_.fields) add(f.header);
  add(settings_.signature.header);
  return names;
}

bool template_scheme::covers_field(std::string_view name) const {
  const auto loses_case = [](filter f) { return f == filter::lower || f == filter::upper; };
  return std::ranges::any_of(text_.pieces, [&](const text_piece& p) {
    return p.what == input::header && base::iequals(p.text, name) &&
           std::ranges::none_of(p.filters, loses_case);
  });
}

// Before anything is read: which of two would count is anybody's guess, so none does.
base::result<void> template_scheme::count_fields(const http::fields& all) const {
  bool any = false;
  bool repeated = false;
  bool missing = false;
  const auto count = [&](const http::fields::lookup& found, bool optional) {
    repeated = repeated || found.count > 1;
    missing = missing || (found.count == 0 && !optional);
    return found.count > 0;
  };
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    const bool there = count(fields_[i].where.find(all), settings_.fields[i].optional);
    any = any || there;
  }
  const bool there = count(signature_.find(all), false);
  any = any || there;
  for (const text_piece& p : text_.pieces)
    if (p.what == input::header) count(all.find(p.text, p.key), p.optional);
  if (!any) return errc::missing_credential;
  if (repeated) return errc::duplicate_field;
  if (missing) return errc::missing_field;
  return {};
}

base::result<void> template_scheme::read_fields(const http::fields& all,
                                                template_reading& reading) const {
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    const auto found = fields_[i].where.find(all);
    reading.fields[i].reset();
    if (found.count == 0) continue;  // an optional one
    const auto value = fields_[i].where.only_value(found.value);
    if (!value) return value.error();
    if (!*value && !settings_.fields[i].optional) return errc::missing_field;
    if (*value && !fields_[i].allowed.fits(**value)) return errc::malformed_field;
    reading.fields[i] = *value;
  }
  return {};
}

base::result<void> template_scheme::read_signature(const http::fields& all,
                                                   template_reading& reading) const {
  const std::string_view text = signature_.find(all).value;
  for (std::size_t i = 0; i < require_.size(); ++i) {
    const auto value = require_[i].only_value(text);
    if (!value) return value.error();
    if (!*value) return errc::missing_field;
    if (**value != settings_.require[i].value) return errc::malformed_field;
  }
  const auto found = signature_.values(text);
  if (!found) return found.error();
  if (found->size == 0) return errc::missing_field;
  reading.candidate_count = 0;
  for (const std::string_view one : *found) {
    auto& candidate = reading.candidates[reading.candidate_count];
    // One in another form is of another version of the scheme: it counts neither way.
    if (decode_signature(settings_.signature.encoding, one, {candidate.data(), signature_size_}))
      ++reading.candidate_count;
  }
  if (reading.candidate_count == 0) return errc::malformed_field;
  return {};
}

base::result<claim> template_scheme::make_claim(const template_reading& reading) const {
  const auto value = [&reading](std::optional<std::size_t> field) {
    return field ? reading.fields[*field].value_or(std::string_view()) : std::string_view();
  };
  claim c;
  c.token = value(token_);
  c.version = value(version_);
  c.nonce = value(nonce_);
  if (!c.version.empty() && !keys::is_version(c.version)) return errc::malformed_field;
  if (!timestamp_) return c;
  const bool milliseconds = settings_.fields[*timestamp_].milliseconds;
  c.timestamp_text = value(timestamp_);
  const auto stamp = parse_timestamp(c.timestamp_text,
                                     milliseconds ? most_millisecond_digits : most_second_digits);
  if (!stamp) return errc::malformed_field;
  c.timestamp = milliseconds ? *stamp / 1000 : *stamp;
  c.stamped = true;
  return c;
}

std::vector<std::string> template_scheme::tokens_in(const http::fields& all) const {
  std::vector<std::string> tokens;
  if (!token_) return tokens;
  const extraction& where = fields_[*token_].where;
  for (const http::field& f : all) {
    if (!f.named(where.settings().header)) continue;
    const auto found = where.values(f.value);
    if (found) tokens.insert(tokens.end(), found->begin(), found->end());
  }
  return tokens;
}

base::result<claim> template_scheme::inspect(const request_view& request,
                                             template_reading& reading) const {
  const http::fields& all = request.head.fields;
  reading.built = false;
  if (const auto counted = count_fields(all); !counted) return counted.error();
  if (const auto read = read_fields(all, reading); !read) return read.error();
  if (const auto read = read_signature(all, reading); !read) return read.error();
  return make_claim(reading);
}

}  // namespace core::scheme
