// SPDX-License-Identifier: Apache-2.0
#include "core/scheme/extraction.hpp"

#include <algorithm>
#include <utility>

#include "core/base/ascii.hpp"

namespace core::scheme {

namespace {

/// Where the entry that `text` begins with ends, or nothing if a quote in it has no end.
std::optional<std::size_t> entry_size(std::string_view text, char sep, bool quoted) {
  bool within = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (quoted && text[i] == '"') within = !within;
    if (text[i] == sep && !within) return i;
  }
  if (within) return std::nullopt;
  return text.size();
}

/// What stands between the quotes, if it is nothing but that. No backslash: there are two ways to
/// read one.
std::optional<std::string_view> unquoted(std::string_view text) {
  // Without a second quote this is 0.
  const std::size_t size = text.find('"', 1) + 1;
  if (!text.starts_with('"') || size != text.size()) return std::nullopt;
  text = text.substr(1, size - 2);
  if (text.find('\\') != std::string_view::npos) return std::nullopt;
  return text;
}

bool add(std::string_view value, found_values& out) {
  if (out.size == out.items.size()) return false;
  out.items[out.size++] = value;
  return true;
}

}  // namespace

extraction::extraction(extraction_settings settings)
    : settings_(std::move(settings)), key_(http::key_of(settings_.header)) {}

bool extraction::read_entry(std::string_view entry, found_values& out) const {
  entry = base::trimmed(entry);
  if (settings_.list) {
    const std::string& pick = settings_.list->pick;
    return !entry.starts_with(pick) || add(entry.substr(pick.size()), out);
  }
  const kv_rule& rule = *settings_.kv;
  const std::size_t assign = std::min(entry.find(rule.assign), entry.size());
  // What names no key is none that counts.
  if (assign == entry.size() || base::trimmed(entry.substr(0, assign)) != rule.key) return true;
  const std::string_view value = base::trimmed(entry.substr(assign + 1));
  if (!rule.quoted) return add(value, out);
  const auto text = unquoted(value);
  return text && add(*text, out);
}

base::result<found_values> extraction::values(std::string_view field_value) const {
  if (!field_value.starts_with(settings_.prefix)) return base::errc::malformed_field;
  std::string_view rest = field_value.substr(settings_.prefix.size());
  found_values out;
  if (!settings_.kv && !settings_.list) {
    add(rest, out);
    return out;
  }
  const char sep = settings_.kv ? settings_.kv->sep : settings_.list->sep;
  const bool quoted = settings_.kv && settings_.kv->quoted;
  while (true) {
    const auto size = entry_size(rest, sep, quoted);
    if (!size || !read_entry(rest.substr(0, *size), out)) return base::errc::malformed_field;
    if (*size == rest.size()) return out;
    rest.remove_prefix(*size + 1);
  }
}

base::result<std::optional<std::string_view>> extraction::only_value(
    std::string_view field_value) const {
  const auto found = values(field_value);
  if (!found) return found.error();
  if (found->size > 1) return base::errc::duplicate_field;
  if (found->size == 0) return std::optional<std::string_view>();
  return std::optional(found->items[0]);
}

}  // namespace core::scheme
