// SPDX-License-Identifier: Apache-2.0
#include "core/http/target.hpp"

#include <algorithm>

#include "core/base/ascii.hpp"
#include "core/base/run.hpp"
#include "core/http/syntax.hpp"

namespace core::http {

namespace {

/// A byte of a path that something depends on.
constexpr bool is_telling(char c) { return c == '/' || c == '%' || c == '\\'; }

/// Value of the percent escape that begins at `at`, or -1.
int escape(std::string_view text, std::size_t at) {
  if (at + 2 >= text.size()) return -1;
  const int high = base::hex_value(text[at + 1]);
  const int low = base::hex_value(text[at + 2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/// "." or "..", alone or before path parameters: servers that cut ";…" off see a dot segment in
/// "..;x".
bool is_dot_segment(std::string_view segment) {
  if (!segment.starts_with('.')) return false;
  const std::size_t dots = std::min(segment.find_first_not_of('.'), segment.size());
  if (dots != 1 && dots != 2) return false;
  return dots == segment.size() || segment[dots] == ';' ||
         base::iequals(segment.substr(dots, 3), "%3b");
}

bool clean_path(std::string_view path, bool& encoded_slash) {
  std::size_t segment = 1;  // where the current segment begins
  for (std::size_t i = 1;; ++i) {
    while (i < path.size() && !is_telling(path.data()[i])) ++i;
    const bool ends = i == path.size();
    if (!ends && path[i] == '\\') return false;
    const bool escaped = !ends && path[i] == '%';
    const int byte = escaped ? escape(path, i) : '/';
    if (byte == '/') {
      if (is_dot_segment(path.substr(segment, i - segment))) return false;
      if (ends) return true;
      if (i == segment) return false;  // "//"
      if (escaped) i += 2;
      encoded_slash = encoded_slash || escaped;
      segment = i + 1;
      continue;
    }
    switch (byte) {
      case -1:    // no escape
      case 0x00:  // ends the path in C
      case '.':   // may become a dot segment
      case '\\':  // is a border on some systems
        return false;
      default: break;
    }
  }
}

bool clean_query(std::string_view query) {
  for (std::size_t i = query.find('%'); i != std::string_view::npos; i = query.find('%', i + 1))
    if (escape(query, i) < 0) return false;
  return true;
}

}  // namespace

base::result<target> parse_target(std::string_view raw) {
  if (!raw.starts_with('/')) return base::errc::bad_target;
  if (base::run_of<visible_byte>(raw) != raw.size() || raw.find('#') != std::string_view::npos)
    return base::errc::bad_target;
  const std::size_t mark = std::min(raw.find('?'), raw.size());
  target parts{raw.substr(0, mark), raw.substr(mark)};
  if (!clean_path(parts.path, parts.encoded_slash) || !clean_query(parts.query))
    return base::errc::bad_target;
  return parts;
}

std::string decoded(std::string_view path) {
  std::string out;
  out.reserve(path.size());
  for (std::size_t i = 0; i < path.size(); ++i) {
    const int byte = path[i] == '%' ? escape(path, i) : -1;
    out += byte < 0 ? path[i] : static_cast<char>(byte);
    if (byte >= 0) i += 2;
  }
  return out;
}

std::string without_parameters(std::string_view path) {
  std::string out;
  out.reserve(path.size());
  bool inside = false;
  for (const char c : path) {
    if (c == '/') {
      inside = false;
      if (!out.ends_with('/')) out += c;
    } else {
      inside = inside || c == ';';
      if (!inside) out += c;
    }
  }
  return out;
}

}  // namespace core::http
