// SPDX-License-Identifier: Apache-2.0
#include "gateway/net/resolve.hpp"

#include <algorithm>
#include <boost/asio/ip/basic_resolver.hpp>
#include <stdexcept>

namespace gateway::net {

namespace ip = boost::asio::ip;

bool is_address(std::string_view host) {
  boost::system::error_code ec;
  static_cast<void>(ip::make_address(host, ec));
  return !ec;
}

std::vector<socket_address> resolve_all(const core::config::address& a) {
  if (a.is_path()) return {at_path(a.path)};
  boost::system::error_code ec;
  const ip::address literal = ip::make_address(a.host, ec);
  if (!ec) return {tcp_endpoint(literal, a.port)};
  boost::asio::io_context context;
  ip::basic_resolver<ip::tcp, executor> resolver(context);
  const auto found = resolver.resolve(a.host, std::to_string(a.port), ec);
  if (ec || found.empty())
    throw std::runtime_error("can't find the host " + a.host + ": " + ec.message());
  std::vector<socket_address> all;
  for (const auto& entry : found) {
    const socket_address one = entry.endpoint();
    if (std::ranges::find(all, one) == all.end()) all.push_back(one);
  }
  return all;
}

socket_address resolve(const core::config::address& a) { return resolve_all(a).front(); }

}  // namespace gateway::net
