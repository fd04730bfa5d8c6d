// SPDX-License-Identifier: Apache-2.0
#include "core/observe/combined.hpp"

#include "core/base/date.hpp"
#include "core/base/decimal.hpp"
#include "core/observe/visit.hpp"

namespace core::observe {

namespace {

/// nginx's word for a client that went away before it was answered.
constexpr unsigned client_closed_request = 499;

void append_escaped(std::string& out, std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= ' ' && byte < 0x7F && c != '"' && c != '\\') {
      out += c;
    } else {
      out += "\\x";
      out += digits[byte / 16];
      out += digits[byte % 16];
    }
  }
}

void append_or_dash(std::string& out, std::string_view text) {
  if (text.empty()) text = "-";
  append_escaped(out, text);
}

/// ` "text"`
void append_quoted(std::string& out, std::string_view text) {
  out += " \"";
  append_or_dash(out, text);
  out += '"';
}

void append_number(std::string& out, std::uint64_t value) {
  std::array<char, base::most_digits> digits;
  out.append(digits.data(), base::put_decimal(digits.data(), value));
}

/// `[14/Nov/2023:22:13:20 +0000]`
void append_time(std::string& out, base::instant at) {
  std::array<char, base::imf_fixdate_size> date;  // "Tue, 14 Nov 2023 22:13:20 GMT"
  base::format_imf_fixdate(at, date);
  const std::string_view text{date.data(), date.size()};
  out.append("[").append(text.substr(5, 2)).append("/").append(text.substr(8, 3)).append("/");
  out.append(text.substr(12, 4)).append(":").append(text.substr(17, 8)).append(" +0000]");
}

void append_request_line(std::string& out, const record& r) {
  if (r.head == nullptr) return append_quoted(out, {});
  out += " \"";
  append_escaped(out, r.method);
  out += ' ';
  // A target that was refused isn't in the record: it may be anything.
  append_or_dash(out, without_query(r.path));
  out += r.head->minor_version == 0 ? " HTTP/1.0\"" : " HTTP/1.1\"";
}

/// Where it stands there twice, the first one.
std::string_view field_of(const record& r, std::string_view name) {
  return r.head == nullptr ? std::string_view{} : r.head->fields.find(name).value;
}

}  // namespace

void append_combined_line(std::string& out, const record& r, const names& n) {
  append_or_dash(out, r.peer);
  out += " - ";
  append_or_dash(out, r.proven ? n.client : std::string_view{});
  out += ' ';
  append_time(out, r.at);
  append_request_line(out, r);
  out += ' ';
  append_number(out, r.status == 0 ? client_closed_request : r.status);
  out += ' ';
  append_number(out, r.bytes_out);
  append_quoted(out, without_query(field_of(r, "Referer")));
  append_quoted(out, field_of(r, "User-Agent"));
  out += '\n';
}

}  // namespace core::observe
