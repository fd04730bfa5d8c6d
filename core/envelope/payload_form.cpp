// SPDX-License-Identifier: Apache-2.0
#include "core/envelope/payload_form.hpp"

#include <cstring>
#include <optional>

#include "core/base/ascii.hpp"
#include "core/base/encoding.hpp"
#include "core/envelope/json_cursor.hpp"

namespace core::envelope {

namespace {

constexpr std::string_view form_type = "application/x-www-form-urlencoded";
constexpr std::string_view json_type = "application/json";

/// Members beside the payload are dropped unread; nobody's are nested deeper than this.
constexpr int max_json_depth = 32;

/// The media type alone (RFC 9110, section 8.3.1): parameters such as charset are ignored.
std::string_view media_type(std::string_view content_type) {
  std::string_view type = content_type.substr(0, content_type.find(';'));
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!type.empty() && blank(type.front())) type.remove_prefix(1);
  while (!type.empty() && blank(type.back())) type.remove_suffix(1);
  return type;
}

/// Type names have no case (RFC 9110, section 8.3.1); nearly everyone writes them in the same one.
bool is_type(std::string_view type, std::string_view wanted) {
  return type == wanted || base::iequals(type, wanted);
}

/// The form that the route and the message agree on.
std::optional<payload_form> choose(payload_form form, std::string_view content_type) {
  const std::string_view type = media_type(content_type);
  const auto fits = [type](std::string_view wanted) {
    return type.empty() || is_type(type, wanted);
  };
  switch (form) {
    case payload_form::raw: return payload_form::raw;
    case payload_form::form:
      return fits(form_type) ? std::optional(payload_form::form) : std::nullopt;
    case payload_form::json:
      return fits(json_type) ? std::optional(payload_form::json) : std::nullopt;
    case payload_form::by_content_type: break;
  }
  if (is_type(type, form_type)) return payload_form::form;
  if (is_type(type, json_type)) return payload_form::json;
  if (is_type(type, "text/plain") || is_type(type, "application/octet-stream"))
    return payload_form::raw;
  return std::nullopt;
}

enum class comparison { equal, different, broken };

/// Compares a form field's name, as it stands, with the one sought: `dat%61` is `data` too, so
/// writing it differently hides no repetition.
comparison compare_name(std::string_view written, std::string_view sought) {
  std::size_t matched = 0;
  bool same = true;
  for (std::size_t i = 0; i < written.size(); ++i) {
    char c = written[i] == '+' ? ' ' : written[i];
    if (c == '%') {
      if (written.size() - i < 3) return comparison::broken;
      const int high = base::hex_value(written[i + 1]);
      const int low = base::hex_value(written[i + 2]);
      if (high < 0 || low < 0) return comparison::broken;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    same = same && matched < sought.size() && sought[matched] == c;
    ++matched;
  }
  return same && matched == sought.size() ? comparison::equal : comparison::different;
}

/// First occurrence of `c` in [begin, end), or end.
char* find(char* begin, char* end, char c) {
  auto* const found =
      begin == end
          ? nullptr
          : static_cast<char*>(std::memchr(begin, c, static_cast<std::size_t>(end - begin)));
  return found == nullptr ? end : found;
}

std::optional<std::span<char>> form_field(std::span<char> body, std::string_view name) {
  std::optional<std::span<char>> value;
  char* const end = body.data() + body.size();
  char* stop = nullptr;
  for (char* at = body.data(); stop != end; at = stop + (stop != end ? 1 : 0)) {
    stop = find(at, end, '&');
    char* const equals = find(at, stop, '=');
    const comparison compared = compare_name({at, equals}, name);
    if (compared == comparison::broken) return std::nullopt;
    if (compared == comparison::equal) {
      if (value) return std::nullopt;  // PHP would take the last: two readers, two messages
      value = std::span(equals == stop ? stop : equals + 1, stop);
    }
  }
  if (!value) return std::nullopt;
  // A plus is a blank, which no payload holds: base64 of ASCII never needs one (a real '+' would
  // come as %2B).
  char* const value_end = value->data() + value->size();
  if (find(value->data(), value_end, '+') != value_end) return std::nullopt;
  // Only the padding is ever escaped: what stands before the first escape need not be looked at
  // byte by byte.
  const auto plain = static_cast<std::size_t>(find(value->data(), value_end, '%') - value->data());
  const std::optional<std::size_t> rest = base::percent_decode_in_place(value->subspan(plain));
  if (!rest) return std::nullopt;
  return value->first(plain + *rest);
}

std::optional<std::span<char>> json_member(std::span<char> body, std::string_view name) {
  std::optional<std::span<char>> value;
  json_cursor cursor(body);
  const bool whole = cursor.object([&](std::string_view member) {
    if (member != name) return cursor.skip(max_json_depth - 1);
    if (value) return false;
    value = cursor.string();
    return value.has_value();
  });
  return whole && cursor.at_end() ? value : std::nullopt;
}

}  // namespace

base::result<std::span<char>> find_payload(std::span<char> body, payload_form form,
                                           std::string_view content_type, std::string_view name) {
  const std::optional<payload_form> chosen = choose(form, content_type);
  if (!chosen) return base::errc::unsupported_content;
  std::optional<std::span<char>> payload = body;
  if (*chosen == payload_form::form) payload = form_field(body, name);
  if (*chosen == payload_form::json) payload = json_member(body, name);
  if (!payload || payload->empty()) return base::errc::bad_payload;
  return *payload;
}

}  // namespace core::envelope
