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

std::vector<tcp_endpoint> resolve_all(const core::config::address& a) {
  boost::system::error_code ec;
  const ip::address literal = ip::make_address(a.host, ec);
  if (!ec) return {tcp_endpoint(literal, a.port)};
  boost::asio::io_context context;
  ip::basic_resolver<ip::tcp, executor> resolver(context);
  const auto found = resolver.resolve(a.host, std::to_string(a.port), ec);
  if (ec || found.empty())
    throw std::runtime_error("can't find the host " + a.host + ": " + ec.message());
  std::vector<tcp_endpoint> all;
  for (const auto& entry : found) {
    const tcp_endpoint one = entry.endpoint();
    if (std::ranges::find(all, one) == all.end()) all.push_back(one);
  }
  return all;
}

tcp_endpoint resolve(const core::config::address& a) { return resolve_all(a).front(); }

std::string format_endpoint(const tcp_endpoint& e) {
  const std::string host = e.address().to_string();
  return (e.address().is_v6() ? "[" + host + "]" : host) + ":" + std::to_string(e.port());
}

}  // namespace gateway::net
