// SPDX-License-Identifier: Apache-2.0
#pragma once

// Asio under names of our own. The executor is the concrete one: any_io_executor costs 2.6 µs a
// request more.

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
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

using tcp_socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, executor>;
using tcp_acceptor = boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, executor>;
using tcp_endpoint = boost::asio::ip::tcp::endpoint;

}  // namespace gateway::net
