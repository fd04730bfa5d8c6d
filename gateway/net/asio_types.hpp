// SPDX-License-Identifier: Apache-2.0
#pragma once

// Asio under names of our own. The executor is the concrete one: any_io_executor costs 2.6 µs a
// request more.

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace gateway::net {

using event_loop = boost::asio::io_context;
using executor = event_loop::executor_type;

/// A coroutine of Asio's, for what waits for operations of Asio and Beast (plain_server,
/// plain_client).
template <class T = void>
using asio_task = boost::asio::awaitable<T, executor>;

/// Completion token: co_await gives a tuple whose first element is the error_code; nothing throws.
inline constexpr boost::asio::as_tuple_t<boost::asio::use_awaitable_t<executor>> use_asio_task{};

/// Of whatever family: TCP, or a socket of the file system (unix(7)).
using stream_protocol = boost::asio::generic::stream_protocol;
using stream_socket = boost::asio::basic_stream_socket<stream_protocol, executor>;
using stream_acceptor = boost::asio::basic_socket_acceptor<stream_protocol, executor>;
using socket_address = stream_protocol::endpoint;
using tcp_endpoint = boost::asio::ip::tcp::endpoint;

}  // namespace gateway::net
