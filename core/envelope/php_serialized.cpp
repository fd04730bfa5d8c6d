// SPDX-License-Identifier: Apache-2.0
#include "core/envelope/php_serialized.hpp"

#include "core/base/utf8.hpp"
#include "core/envelope/php_to_json.hpp"
#include "core/json/check.hpp"

namespace core::envelope {

namespace {

using base::errc;

/// Refuses what isn't UTF-8, which no JSON string can hold.
base::result<std::string_view> quoted(std::string_view text, std::string& scratch, errc refusal) {
  if (!base::is_utf8(text)) return refusal;
  scratch.clear();
  json::append_string(scratch, text);
  return std::string_view(scratch);
}

base::result<std::string_view> from_string(std::string_view text, string_as as,
                                           std::string& scratch) {
  switch (as) {
    case string_as::json_string: break;
    case string_as::json_text:
      if (json::is_json(text)) return text;
      return base::is_utf8(text) ? errc::not_json : errc::bad_plaintext;
    case string_as::automatic:
      if (json::is_object_or_array(text)) return text;
      break;
  }
  return quoted(text, scratch, errc::bad_plaintext);
}

base::result<std::string_view> from_raw(std::string_view text, string_as as, std::string& scratch) {
  if (as == string_as::json_string) return quoted(text, scratch, errc::not_json);
  if (!json::is_json(text)) return errc::not_json;
  return text;
}

}  // namespace

base::result<std::string_view> plaintext_to_json(std::string_view plaintext,
                                                 const plaintext_settings& settings,
                                                 std::string& scratch) {
  if (settings.form == plaintext_form::raw) return from_raw(plaintext, settings.string_as, scratch);
  const bool serialized_only = settings.form == plaintext_form::php_serialized;
  // A string is by far the most common message, and is forwarded without a copy.
  if (const std::optional<std::string_view> text = php_string_content(plaintext)) {
    // Refused as bad_plaintext is only what isn't UTF-8; what is JSON is UTF-8, and not looked at
    // twice.
    const auto json = from_string(*text, settings.string_as, scratch);
    if (serialized_only || json || json.error() != errc::bad_plaintext) return json;
  } else if (const std::optional<std::string_view> json =
                 php_to_json(plaintext, settings.empty_array, scratch)) {
    return *json;
  }
  if (serialized_only) return errc::bad_plaintext;
  return from_raw(plaintext, settings.string_as, scratch);
}

std::string php_serialize_string(std::string_view s) {
  std::string out = "s:" + std::to_string(s.size()) + ":\"";
  out += s;
  out += "\";";
  return out;
}

}  // namespace core::envelope
