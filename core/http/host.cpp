// SPDX-License-Identifier: Apache-2.0
#include "core/http/host.hpp"

#include <algorithm>
#include <array>
#include <boost/url/ipv6_address.hpp>

#include "core/base/ascii.hpp"

namespace core::http {

namespace {

/// The longest DNS name (RFC 1035, section 2.3.4).
constexpr std::size_t name_limit = 255;

/// Where the port's colon stands, or the size if there is none.
std::size_t name_end(std::string_view value) {
  const std::size_t from = value.starts_with('[') ? value.find(']') : 0;
  return from == std::string_view::npos ? value.size()
                                        : std::min(value.find(':', from), value.size());
}

enum name_byte : unsigned char { no_part, part_of_label, dot };

constexpr std::array<name_byte, 256> name_bytes = [] {
  std::array<name_byte, 256> table{};
  for (unsigned c = 0; c < 256; ++c)
    if (base::is_alpha(static_cast<char>(c)) || base::is_digit(static_cast<char>(c)))
      table[c] = part_of_label;
  table['-'] = table['_'] = table['~'] = part_of_label;
  table['.'] = dot;
  return table;
}();

bool is_name(std::string_view name) {
  name_byte before = dot;
  for (const char c : name) {
    const name_byte now = name_bytes[static_cast<unsigned char>(c)];
    if (now == no_part || (now == dot && before == dot)) return false;
    before = now;
  }
  return !name.empty();
}

/// Empty is legal: "host:" is "host" (RFC 3986, section 3.2.3).
bool is_port(std::string_view digits) {
  unsigned port = 0;
  for (const char c : digits) {
    if (!base::is_digit(c)) return false;
    port = port * 10 + static_cast<unsigned>(c - '0');
    if (port > 65535) return false;
  }
  return true;
}

}  // namespace

bool is_host(std::string_view value) {
  const std::size_t end = name_end(value);
  const std::string_view name = value.substr(0, end);
  if (name.size() > name_limit || (end < value.size() && !is_port(value.substr(end + 1))))
    return false;
  if (!name.starts_with('[')) return is_name(name);
  return name.ends_with(']') &&
         boost::urls::parse_ipv6_address(name.substr(1, name.size() - 2)).has_value();
}

std::string_view host_name(std::string_view value) {
  value = value.substr(0, name_end(value));
  if (value.ends_with('.')) value.remove_suffix(1);
  return value;
}

std::string_view authority_of(std::string_view host, std::string_view scheme,
                              std::string& scratch) {
  const std::string_view port = host.substr(std::min(name_end(host), host.size()));
  if (port == ":" || port == (scheme == "https" ? ":443" : ":80")) host.remove_suffix(port.size());
  if (std::ranges::all_of(host, [](char c) { return base::to_lower(c) == c; })) return host;
  scratch = base::lower(host);
  return scratch;
}

}  // namespace core::http
