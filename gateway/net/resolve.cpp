// SPDX-License-Identifier: Apache-2.0
#include "gateway/net/resolve.hpp"

#include <boost/asio/ip/basic_resolver.hpp>
#include <stdexcept>

namespace gateway::net {

namespace ip = boost::asio::ip;

tcp_endpoint resolve(const core::config::address& a) {
  boost::system::error_code ec;
  const ip::address literal = ip::make_address(a.host, ec);
  if (!ec) return {literal, a.port};
  boost::asio::io_context context;
  ip::basic_resolver<ip::tcp, executor> resolver(context);
  const auto found = resolver.resolve(a.host, std::to_string(a.port), ec);
  if (ec || found.empty())
    throw std::runtime_error("can't find the host " + a.host + ": " + ec.message());
  return found.begin()->endpoint();
}

std::string format_endpoint(const tcp_endpoint& e) {
  const std::string host = e.address().to_string();
  return (e.address().is_v6() ? "[" + host + "]" : host) + ":" + std::to_string(e.port());
}

}  // namespace gateway::net
