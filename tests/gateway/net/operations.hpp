// SPDX-License-Identifier: Apache-2.0
#pragma once

// A transport's operations as tasks, which the loop can run.

#include <array>
#include <chrono>
#include <span>
#include <string_view>
#include <vector>

#include "gateway/net/transport.hpp"
#include "tests/gateway/net/loopback.hpp"

namespace tests {

constexpr std::chrono::milliseconds soon{1};
constexpr std::chrono::milliseconds ample{60'000};
// More than the kernel holds for a peer that does not read.
constexpr std::size_t more_than_fits = 64U << 20U;

inline io::task<io::io_error> connecting(io::transport* stream, io::tcp_endpoint to,
                                         std::chrono::milliseconds timeout) {
  co_return co_await stream->connect(to, timeout);
}
inline io::task<io::io_result> reading(io::transport* stream, std::span<char> into,
                                       std::chrono::milliseconds timeout) {
  co_return co_await stream->read_some(into, timeout);
}
inline io::task<io::io_error> waiting(io::transport* stream, std::chrono::milliseconds timeout) {
  co_return co_await stream->wait_readable(timeout);
}
inline io::task<io::io_result> writing(io::transport* stream, std::vector<std::string_view> parts,
                                       std::chrono::milliseconds timeout) {
  co_return co_await stream->write(parts, timeout);
}
inline io::task<io::io_result> writing_unless_answered(io::transport* stream,
                                                       std::vector<std::string_view> parts,
                                                       std::chrono::milliseconds timeout) {
  co_return co_await stream->write_unless_answered(parts, timeout);
}

/// Ends when the loop has heard what the kernel has to say, of whomever.
inline io::task<void> hear_of_another(event_loop* loop) {
  auto ends = event_loop::connection();
  io::transport stream(std::move(ends.first), loop->sockets, loop->wheel);
  ends.second.send("x");
  (void)co_await stream.wait_readable(ample);
}

}  // namespace tests
