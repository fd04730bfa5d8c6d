// SPDX-License-Identifier: Apache-2.0
// Addresses and URLs among the values; the grammar is Boost.URL's (RFC 3986).

#include <algorithm>
#include <boost/url/ipv4_address.hpp>
#include <boost/url/ipv6_address.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include "core/base/ascii.hpp"
#include "core/config/report.hpp"
#include "core/config/values.hpp"

namespace core::config {

namespace {

namespace urls = boost::urls;

parsed<std::uint16_t> parse_port(std::string_view text) {
  const auto number = parse_number(text);
  const auto* value = std::get_if<std::uint64_t>(&number);
  if (!value || *value > 65535) return wrong{quoted(text) + " is not a port: 0 to 65535"};
  return static_cast<std::uint16_t>(*value);
}

bool is_ip(std::string_view host) {
  return urls::parse_ipv4_address(host).has_value() || urls::parse_ipv6_address(host).has_value();
}

/// Letters, digits, dots and hyphens: what a resolver takes. An address that was mistyped
/// (127.0.0.300) is no name.
bool is_host_name(std::string_view host) {
  const bool fits = !host.empty() && host.size() <= 253 && std::ranges::all_of(host, [](char c) {
    return base::is_alpha(c) || base::is_digit(c) || c == '.' || c == '-';
  });
  return fits && std::ranges::any_of(host, base::is_alpha);
}

constexpr std::string_view path_prefix = "unix:";
/// What the kernel has room for (unix(7)).
constexpr std::size_t longest_path = 107;

parsed<address> parse_path(std::string_view text) {
  const std::string_view path = text.substr(path_prefix.size());
  if (!path.starts_with('/'))
    return wrong{quoted(text) +
                 " must be unix: and a path from the root, e.g. unix:/run/countersign/http.sock"};
  if (path.size() > longest_path)
    return wrong{"a Unix-domain socket has a path of at most " + std::to_string(longest_path) +
                 " bytes; this one has " + std::to_string(path.size())};
  if (std::ranges::any_of(path, [](char c) { return (c >= '\0' && c < ' ') || c == '\x7F'; }))
    return wrong{quoted(text) + " has control characters in its path"};
  return address{{}, 0, std::string(path)};
}

std::string what_is_wrong_with(const urls::url_view& url) {
  const std::string_view scheme(url.scheme().data(), url.scheme().size());
  if (!base::iequals(scheme, "http") && !base::iequals(scheme, "https"))
    return "an endpoint must begin with http://, https:// or unix:/";
  if (url.has_userinfo()) return "an endpoint takes no user and password";
  if (url.has_query() || url.has_fragment()) return "an endpoint ends after the port";
  if (!url.encoded_path().empty() && url.encoded_path() != "/") {
    return "an endpoint has no path; a route's rewrite.add_prefix puts one before its own";
  }
  return {};
}

}  // namespace

parsed<address> parse_listen_address(std::string_view text) {
  if (text.starts_with(path_prefix)) return parse_path(text);
  const std::size_t colon = text.rfind(':');
  const bool bracketed = text.starts_with('[');
  if (colon == std::string_view::npos || (bracketed && (colon == 0 || text[colon - 1] != ']'))) {
    return wrong{quoted(text) +
                 " must be ADDRESS:PORT, e.g. 127.0.0.1:8080, 0.0.0.0:8080 or [::]:8080, or "
                 "unix:PATH"};
  }
  const auto port = parse_port(text.substr(colon + 1));
  if (const auto* bad = std::get_if<wrong>(&port)) return *bad;
  const std::string_view host = bracketed ? text.substr(1, colon - 2) : text.substr(0, colon);
  const bool fits = bracketed ? urls::parse_ipv6_address(host).has_value()
                              : urls::parse_ipv4_address(host).has_value();
  if (!fits) {
    return wrong{quoted(text) +
                 " must begin with an IP address, IPv6 in brackets: 127.0.0.1:8080, 0.0.0.0:8080 "
                 "or [::]:8080"};
  }
  return address{std::string(host), std::get<std::uint16_t>(port)};
}

parsed<address> parse_endpoint(std::string_view text) {
  if (text.starts_with(path_prefix)) return parse_path(text);
  if (text.starts_with("http://unix:/"))
    return wrong{quoted(text) + " must be unix:PATH, without http://"};
  const auto url = urls::parse_uri(text);
  if (!url) {
    // Not quoted when it may hold a password.
    const bool show = text.find('@') == std::string_view::npos;
    return wrong{(show ? quoted(text) + " " : std::string()) +
                 "must be a URL like http://127.0.0.1:9001"};
  }
  if (std::string why = what_is_wrong_with(*url); !why.empty()) return wrong{std::move(why)};
  const std::string host = url->host_address();
  if (!is_ip(host) && !is_host_name(host)) return wrong{quoted(text) + " names no host"};
  if (!url->has_port())
    return address{base::lower(host), static_cast<std::uint16_t>(is_secured(text) ? 443 : 80)};
  const auto port = parse_port(std::string_view(url->port().data(), url->port().size()));
  if (const auto* bad = std::get_if<wrong>(&port)) return *bad;
  if (std::get<std::uint16_t>(port) == 0)
    return wrong{quoted(text) + " has port 0, on which nobody listens"};
  return address{base::lower(host), std::get<std::uint16_t>(port)};
}

bool is_secured(std::string_view endpoint) {
  return base::iequals(endpoint.substr(0, endpoint.find(':')), "https");
}

parsed<base::ip_network> parse_network(std::string_view text) {
  if (const auto found = base::parse_ip_network(text)) return *found;
  const auto address = base::parse_ip_address(text.substr(0, text.find('/')));
  return wrong{quoted(text) + " is no network like 10.0.0.0/8, 2001:db8::/32 or 192.0.2.1" +
               (address ? ", which has no bits set behind its prefix" : "")};
}

std::string print_address(const address& a) {
  if (a.is_path()) return std::string(path_prefix) + a.path;
  const bool ipv6 = a.host.find(':') != std::string::npos;
  return (ipv6 ? '[' + a.host + ']' : a.host) + ':' + std::to_string(a.port);
}

bool is_loopback(const address& a) {
  if (a.is_path()) return true;
  if (const auto v4 = urls::parse_ipv4_address(a.host)) return v4->is_loopback();
  if (const auto v6 = urls::parse_ipv6_address(a.host)) return v6->is_loopback();
  return false;
}

}  // namespace core::config
