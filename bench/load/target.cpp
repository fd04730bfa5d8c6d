// SPDX-License-Identifier: Apache-2.0
#include "bench/load/target.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <cstring>

#include "core/config/values.hpp"

namespace bench::load {

namespace {

namespace ip = boost::asio::ip;

bool has_blank(std::string_view text) {
  for (const char c : text)
    if (c < 0x21 || c > 0x7e || c == '#') return true;
  return false;
}

}  // namespace

std::variant<target, std::string> parse_target(std::string_view url) {
  const std::string said(url);
  const bool tls = url.starts_with("https://");
  const std::string_view scheme = tls ? "https://" : "http://";
  if (!url.starts_with(scheme)) return said + ": a target is http(s)://ADDRESS:PORT/PATH";
  const std::size_t slash = url.find('/', scheme.size());
  const std::string_view origin = url.substr(0, slash);
  const std::string_view path =
      slash == std::string_view::npos ? std::string_view("/") : url.substr(slash);
  if (has_blank(path)) return said + ": the path holds what no request line may";

  const auto endpoint = core::config::parse_endpoint(origin);
  if (const auto* wrong = std::get_if<core::config::wrong>(&endpoint))
    return std::string(origin) + " " + wrong->why;
  const auto& where = std::get<core::config::address>(endpoint);
  boost::system::error_code ec;
  const ip::address parsed = ip::make_address(where.host, ec);
  if (ec)
    return where.host + " is a name: give the loopback address itself, such as 127.0.0.1 or [::1]";
  if (!parsed.is_loopback())
    return where.host + " is not a loopback address: load goes to this machine alone";
  if (where.port == 0) return said + ": nobody listens on port 0";

  const ip::tcp::endpoint to(parsed, where.port);
  target t;
  t.tls = tls;
  std::memcpy(&t.address, to.data(), to.size());
  t.address_size = static_cast<socklen_t>(to.size());
  t.authority = origin.substr(scheme.size());
  t.path = path;
  return t;
}

}  // namespace bench::load
