// SPDX-License-Identifier: Apache-2.0
#include "core/observe/captured.hpp"

#include <algorithm>

#include "core/base/ascii.hpp"
#include "core/base/encoding.hpp"
#include "core/crypto/digest.hpp"

namespace core::observe {

namespace {

constexpr std::string_view line_end = "\r\n";
constexpr std::string_view extension = ".http";
constexpr std::size_t id_digits = 32;

/// As we make them.
bool is_own_id(std::string_view text) {
  return text.size() == id_digits &&
         std::ranges::all_of(text, [](char c) { return base::lower_hex_value(c) >= 0; });
}

std::string_view name(captured_body how) {
  switch (how) {
    case captured_body::whole: return "whole";
    case captured_body::part: return "part";
    case captured_body::none: break;
  }
  return "none";
}

/// The first line with its end, taken off the text.
std::string_view take_line(std::string_view& text) {
  const auto end = text.find(line_end);
  const auto line = text.substr(0, end == text.npos ? end : end + line_end.size());
  text.remove_prefix(line.size());
  return line;
}

bool is_field(std::string_view line, std::string_view field_name) {
  return base::iequals(line.substr(0, line.find(':')), field_name);
}

void append_our_field(std::string& out, const captured& c) {
  out.append(captured_field);
  out.append(": at=").append(std::to_string(base::unix_seconds(c.at)));
  out.append("; reason=").append(base::name(c.reason));
  out.append("; body=").append(name(c.how)).append(line_end);
}

}  // namespace

void append_captured(std::string& out, const captured& c) {
  std::string_view rest = c.head;
  out.append(take_line(rest));
  append_our_field(out, c);
  // A body that isn't there has no other framing than the message gave it.
  const bool decoded = c.chunked && c.how != captured_body::none;
  while (!rest.empty()) {
    const std::string_view line = take_line(rest);
    if (is_field(line, captured_field)) continue;
    if (decoded && is_field(line, "Transfer-Encoding"))
      out.append("Content-Length: ").append(std::to_string(c.body.size())).append(line_end);
    else
      out.append(line);
  }
  out.append(c.body);
}

std::string captured_name(std::string_view request_id) {
  std::string name(request_id);
  if (!is_own_id(request_id))
    name = base::hex(crypto::view(crypto::sha256({request_id}))).substr(0, id_digits);
  return name.append(extension);
}

bool is_captured_name(std::string_view name) {
  return name.ends_with(extension) && is_own_id(name.substr(0, name.size() - extension.size()));
}

}  // namespace core::observe
