// SPDX-License-Identifier: Apache-2.0
#pragma once

// Coroutines of a worker. The executor is the concrete one: any_io_executor costs 2.6 µs a request
// more. Coroutines are named functions with parameters by value (GCC 12 double-frees captured
// lambdas in co_await expressions).

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace gateway::net {

using executor = boost::asio::io_context::executor_type;

template <class T = void>
using task = boost::asio::awaitable<T, executor>;

/// Completion token: co_await gives a tuple whose first element is the error_code; nothing throws.
inline constexpr boost::asio::as_tuple_t<boost::asio::use_awaitable_t<executor>> use_task{};

using tcp_socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, executor>;
using tcp_acceptor = boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, executor>;
using tcp_endpoint = boost::asio::ip::tcp::endpoint;

}  // namespace gateway::net
