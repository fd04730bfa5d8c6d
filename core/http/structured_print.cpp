// SPDX-License-Identifier: Apache-2.0
#include "core/http/structured_print.hpp"

#include <algorithm>

#include "core/base/encoding.hpp"

namespace core::http::structured {

namespace {

bool is_true(const field& f, const bare_item& what) {
  return what.kind == kind::boolean && f[what.text] != "0";
}

/// Of an Integer or Decimal: no zeros that say nothing, and no negative zero.
void print_number(std::string& out, std::string_view text) {
  const bool negative = text.starts_with('-');
  text.remove_prefix(std::size_t{negative});
  const std::size_t point = std::min(text.find('.'), text.size());
  std::string_view whole = text.substr(0, point);
  std::string_view fraction = text.substr(std::min(point + 1, text.size()));
  whole.remove_prefix(std::min(whole.find_first_not_of('0'), whole.size() - 1));
  while (fraction.size() > 1 && fraction.ends_with('0')) fraction.remove_suffix(1);
  const bool zero = whole == "0" && fraction.find_first_not_of('0') == std::string_view::npos;
  if (negative && !zero) out += '-';
  out += whole;
  if (!fraction.empty()) (out += '.') += fraction;
}

void print_bare(std::string& out, const field& f, const bare_item& what) {
  const std::string_view text = f[what.text];
  switch (what.kind) {
    case kind::integer:
    case kind::decimal: print_number(out, text); break;
    case kind::string: ((out += '"') += text) += '"'; break;
    case kind::token: out += text; break;
    case kind::byte_sequence: ((out += ':') += text) += ':'; break;
    case kind::boolean: out += is_true(f, what) ? "?1" : "?0"; break;
  }
}

void print_parameters(std::string& out, const field& f, const item& of) {
  for (const parameter& p : f.parameters(of)) {
    (out += ';') += f[p.key];
    if (is_true(f, p.value)) continue;
    out += '=';
    print_bare(out, f, p.value);
  }
}

}  // namespace

void print_item(std::string& out, const field& f, const item& what) {
  print_bare(out, f, what.value);
  print_parameters(out, f, what);
}

void print_member_value(std::string& out, const field& f, const member& what) {
  if (!what.is_inner_list) return print_item(out, f, what.self);
  out += '(';
  const char* between = "";
  for (const item& i : f.items(what)) {
    out += between;
    print_item(out, f, i);
    between = " ";
  }
  out += ')';
  print_parameters(out, f, what.self);
}

void print_dictionary(std::string& out, const field& f) {
  const char* between = "";
  for (const member& m : f.members()) {
    (out += between) += f[m.key];
    between = ", ";
    if (!m.is_inner_list && is_true(f, m.self.value)) {
      print_parameters(out, f, m.self);
      continue;
    }
    out += '=';
    print_member_value(out, f, m);
  }
}

void print_list(std::string& out, const field& f) {
  const char* between = "";
  for (const member& m : f.members()) {
    out += between;
    print_member_value(out, f, m);
    between = ", ";
  }
}

bool print_string(std::string& out, std::string_view text) {
  if (!std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7F; })) return false;
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
  return true;
}

void print_byte_sequence(std::string& out, std::string_view bytes) {
  ((out += ':') += base::base64(bytes)) += ':';
}

std::string unescaped(std::string_view inside) {
  std::string text;
  for (std::size_t at = 0; at < inside.size(); ++at) {
    if (inside[at] == '\\') ++at;
    text += inside[at];
  }
  return text;
}

}  // namespace core::http::structured
