// SPDX-License-Identifier: Apache-2.0
#include "core/http/url.hpp"

#include <algorithm>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <charconv>

#include "core/base/ascii.hpp"
#include "core/http/host.hpp"

namespace core::http {

namespace {

std::string_view view(boost::urls::string_view text) { return {text.data(), text.size()}; }

/// 0 if it is beyond 65535: then it stays what it was. Boost.URL lets through digits alone.
std::uint16_t parse_port(std::string_view digits) {
  std::uint16_t port = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), port);
  return port;
}

}  // namespace

std::variant<url, std::string> parse_url(std::string_view text) {
  static constexpr const char* no_url = "must be a URL like http://127.0.0.1:8080/api/orders";
  const std::size_t authority = text.find("://");
  if (authority == std::string_view::npos) return no_url;
  const std::size_t end = std::min(text.find_first_of("/?#", authority + 3), text.size());
  const auto parsed = boost::urls::parse_uri(boost::urls::string_view(text.data(), end));
  if (!parsed || !parsed->has_authority()) return no_url;
  url u;
  const std::string scheme = base::lower(view(parsed->scheme()));
  if (scheme != "http" && scheme != "https") return "must begin with http:// or https://";
  if (parsed->has_userinfo()) return "must hold no user and password";
  u.tls = scheme == "https";
  u.port = u.tls ? 443 : 80;
  const std::string_view name = view(parsed->encoded_host());
  if (!is_host(name)) return "must name a host";
  u.host = base::lower(name.starts_with('[') ? name.substr(1, name.size() - 2) : name);
  u.authority = base::lower(name);
  if (parsed->has_port() && !parsed->port().empty()) {
    const std::uint16_t port = parse_port(view(parsed->port()));
    if (port == 0) return "must have a port from 1 to 65535";
    if (port != u.port) u.authority += ":" + std::to_string(port);
    u.port = port;
  }
  // Boost.URL ends a port at its first letter and takes the rest for a path.
  if (!parsed->encoded_path().empty()) return "must have a port from 1 to 65535";
  // Not RFC 3986's grammar: clients send "[]" and the like, and the gateway takes them.
  const std::string_view target = text.substr(end, text.find('#', end) - end);
  if (!std::ranges::all_of(target, base::is_visible))
    return "must hold no blank, control character or byte beyond ASCII; they are written %XX";
  if (!target.starts_with('/')) u.target = "/";
  u.target.append(target);
  return u;
}

}  // namespace core::http
