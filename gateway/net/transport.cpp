// SPDX-License-Identifier: Apache-2.0
#include "gateway/net/transport.hpp"

#include <array>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>

namespace gateway::net {

namespace asio = boost::asio;
using boost::system::error_code;

// non_blocking, not native_non_blocking: that one is for Asio's own operations, and a write that is
// tried at once would still wait in poll() for a peer that does not read, with the whole worker.
transport::transport(tcp_socket socket, deadlines& wheel)
    : entry(wheel), socket_(std::move(socket)) {
  if (!socket_.is_open()) return;
  error_code ignored;
  socket_.non_blocking(true, ignored);
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
}

void transport::expire() {
  timed_out_ = true;
  error_code ignored;
  socket_.cancel(ignored);
}

io_error transport::outcome(const error_code& ec) {
  disarm();
  if (!ec) return io_error::none;
  if (ec == asio::error::eof) return io_error::eof;
  if (timed_out_ && ec == asio::error::operation_aborted) return io_error::timeout;
  return io_error::broken;
}

task<io_error> transport::connect(tcp_endpoint to, milliseconds timeout) {
  error_code ec;
  socket_.open(to.protocol(), ec);
  if (ec) co_return io_error::broken;
  socket_.non_blocking(true, ec);
  socket_.set_option(asio::ip::tcp::no_delay(true), ec);
  timed_out_ = false;
  arm(timeout);
  const auto [failed] = co_await socket_.async_connect(to, use_task);
  co_return outcome(failed);
}

task<io_result> transport::read_some(std::span<char> into, milliseconds timeout) {
  timed_out_ = false;
  arm(timeout);
  const auto [ec, bytes] =
      co_await socket_.async_read_some(asio::buffer(into.data(), into.size()), use_task);
  co_return io_result{outcome(ec), bytes};
}

task<io_error> transport::wait_readable(milliseconds timeout) {
  timed_out_ = false;
  arm(timeout);
  const auto [ec] = co_await socket_.async_wait(tcp_socket::wait_read, use_task);
  co_return outcome(ec);
}

task<io_result> transport::write(std::span<const std::string_view> parts, milliseconds timeout) {
  return write_parts(parts, timeout, false);
}

task<io_result> transport::write_unless_answered(std::span<const std::string_view> parts,
                                                 milliseconds timeout) {
  return write_parts(parts, timeout, true);
}

task<io_result> transport::write_parts(std::span<const std::string_view> parts,
                                       milliseconds timeout, bool yield_to_answer) {
  static constexpr std::size_t most = 4;
  std::array<asio::const_buffer, most> buffers;
  std::size_t count = 0;
  std::size_t left = 0;
  for (const std::string_view part : parts) {
    if (part.empty() || count == most) continue;
    buffers[count++] = asio::buffer(part);
    left += part.size();
  }
  std::size_t first = 0;
  std::size_t sent = 0;
  while (left != 0) {
    // Tried at once: nearly always the kernel takes all of it, and no turn of the loop is spent on
    // waiting.
    error_code ec;
    const auto window = std::span(buffers).subspan(first, count - first);
    std::size_t taken = socket_.write_some(window, ec);
    if (ec == asio::error::would_block || ec == asio::error::try_again) {
      timed_out_ = false;
      arm(timeout);
      if (yield_to_answer) {
        const auto [order, readable, writable] =
            co_await asio::experimental::make_parallel_group(
                socket_.async_wait(tcp_socket::wait_read, asio::deferred),
                socket_.async_wait(tcp_socket::wait_write, asio::deferred))
                .async_wait(asio::experimental::wait_for_one(), asio::use_awaitable_t<executor>{});
        const io_error waited = outcome(order[0] == 0 ? readable : writable);
        if (waited != io_error::none) co_return io_result{waited, sent};
        if (!readable) co_return io_result{io_error::none, sent};
      } else {
        const auto [failed] = co_await socket_.async_wait(tcp_socket::wait_write, use_task);
        const io_error waited = outcome(failed);
        if (waited != io_error::none) co_return io_result{waited, sent};
      }
      continue;
    }
    if (ec) co_return io_result{io_error::broken, sent};
    sent += taken;
    left -= taken;
    while (first < count && taken >= buffers[first].size()) taken -= buffers[first++].size();
    if (first < count) buffers[first] += taken;
  }
  co_return io_result{io_error::none, sent};
}

bool transport::quiet() {
  char byte = 0;
  error_code ec;
  socket_.receive(asio::buffer(&byte, 1), asio::socket_base::message_peek, ec);
  return ec == asio::error::would_block || ec == asio::error::try_again;
}

bool transport::ended() {
  char byte = 0;
  error_code ec;
  socket_.receive(asio::buffer(&byte, 1), asio::socket_base::message_peek, ec);
  return ec && ec != asio::error::would_block && ec != asio::error::try_again;
}

void transport::write_now(std::string_view bytes) {
  error_code ignored;
  socket_.write_some(asio::buffer(bytes), ignored);
}

void transport::finish_sending() {
  error_code ignored;
  socket_.shutdown(tcp_socket::shutdown_send, ignored);
}

void transport::close() {
  error_code ignored;
  socket_.close(ignored);
}

std::string transport::peer_address() const {
  error_code ec;
  const auto peer = socket_.remote_endpoint(ec);
  return ec ? std::string() : peer.address().to_string();
}

}  // namespace gateway::net
