// SPDX-License-Identifier: Apache-2.0
#include "core/json/check.hpp"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <cstdint>

#include "core/base/run.hpp"
#include "core/base/utf8.hpp"

namespace core::json {

namespace {

/// Takes every event and keeps nothing: only whether the text is well formed matters. Names and
/// signatures are Boost.JSON's.
struct ignore_all {
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

  using text = boost::json::string_view;
  using error = boost::json::error_code;

  static bool on_document_begin(error&) { return true; }
  static bool on_document_end(error&) { return true; }
  static bool on_array_begin(error&) { return true; }
  static bool on_array_end(std::size_t, error&) { return true; }
  static bool on_object_begin(error&) { return true; }
  static bool on_object_end(std::size_t, error&) { return true; }
  static bool on_string_part(text, std::size_t, error&) { return true; }
  static bool on_string(text, std::size_t, error&) { return true; }
  static bool on_key_part(text, std::size_t, error&) { return true; }
  static bool on_key(text, std::size_t, error&) { return true; }
  static bool on_number_part(text, error&) { return true; }
  static bool on_int64(std::int64_t, text, error&) { return true; }
  static bool on_uint64(std::uint64_t, text, error&) { return true; }
  static bool on_double(double, text, error&) { return true; }
  static bool on_bool(bool, error&) { return true; }
  static bool on_null(error&) { return true; }
  static bool on_comment_part(text, error&) { return true; }
  static bool on_comment(text, error&) { return true; }
};

/// PHP stops at 512 and most services far below; what opens deeper than this was made to hurt.
constexpr std::size_t depth_limit = 64;

void append_escape(std::string& out, char c) {
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: break;
  }
  constexpr std::string_view digits = "0123456789abcdef";
  const auto value = static_cast<unsigned char>(c);
  out += "\\u00";
  out += digits[value >> 4];
  out += digits[value & 15];
}

}  // namespace

bool is_json(std::string_view text) {
  boost::json::parse_options options;
  options.max_depth = depth_limit;
  boost::json::basic_parser<ignore_all> parser(options);
  boost::json::error_code error;
  const std::size_t used = parser.write_some(false, text.data(), text.size(), error);
  return !error && used == text.size();
}

bool is_object_or_array(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && (text[first] == '{' || text[first] == '[') &&
         is_json(text);
}

void append_string(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const std::size_t plain = base::run_of<base::json_plain_byte>(text);
    out.append(text.data(), plain);
    text.remove_prefix(plain);
    if (text.empty()) break;

    const std::size_t size = base::utf8_size(text);
    if (size == 0) {
      out += "\xEF\xBF\xBD";  // U+FFFD
    } else if (size == 1) {
      append_escape(out, text.front());
    } else {
      out += text.substr(0, size);
    }
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  out += '"';
}

}  // namespace core::json
