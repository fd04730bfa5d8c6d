// SPDX-License-Identifier: Apache-2.0
#include "gateway/upstream/probe.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "core/http/head.hpp"
#include "core/upstream/health.hpp"
#include "gateway/net/head_parser.hpp"
#include "gateway/net/transport.hpp"
#include "gateway/sys/clock.hpp"
#include "gateway/upstream/group.hpp"

namespace gateway::upstream {

using std::chrono::milliseconds;

namespace {

constexpr std::size_t most_head = 16 * 1024;

std::string late(milliseconds timeout) {
  return "no answer within " + std::to_string(timeout.count()) + " ms";
}

std::string request_for(const probe_target& what) {
  return "GET " + what.path + " HTTP/1.1\r\nHost: " + std::string(host_field(what.authority)) +
         "\r\nUser-Agent: countersign-probe\r\nAccept: */*\r\nConnection: close\r\n\r\n";
}

/// The final answer's status; 0: more bytes are needed; nothing: it is none.
std::optional<unsigned> status_in(std::string_view bytes) {
  auto head = std::make_unique<core::http::response_head>();
  for (;;) {
    const auto parsed = net::parse_response_head(bytes, most_head, *head);
    if (!parsed) return std::nullopt;
    if (!parsed->complete) return 0U;
    if (head->status >= 200 || head->status == 101) return head->status;
    bytes.remove_prefix(parsed->size);
  }
}

/// What is left of the time for all of it; at least a little, so that it ends at a deadline.
milliseconds left(std::int64_t until_us) {
  return milliseconds(std::max<std::int64_t>(1, (until_us - sys::steady_us()) / 1000));
}

std::string why_no_tls(const net::transport& stream) {
  const net::handshake_problem why = stream.tls()->problem();
  std::string text = "TLS failed: " + std::string(core::observe::name(why.reason));
  return why.detail.empty() ? text : text + " (" + why.detail + ")";
}

}  // namespace

net::task<std::string> probe(net::readiness* sockets, net::deadlines* wheel, probe_target what) {
  const std::int64_t until_us = sys::steady_us() + std::chrono::microseconds(what.timeout).count();
  const auto stream = std::make_unique<net::transport>(*sockets, *wheel);
  const auto refused = co_await stream->connect(what.address, what.timeout);
  if (refused == net::io_error::timeout) co_return late(what.timeout);
  if (refused != net::io_error::none) co_return stream->why_not_connected();
  if (what.tls) {
    stream->secure(what.tls, host_of(what.authority), std::make_shared<net::tls_session>());
    const auto failed = co_await stream->handshake(left(until_us));
    if (failed == net::io_error::timeout) co_return late(what.timeout);
    if (failed != net::io_error::none) co_return why_no_tls(*stream);
  }
  const std::string request = request_for(what);
  const std::array<std::string_view, 1> parts{request};
  const auto sent = co_await stream->write(parts, left(until_us));
  if (sent.error == net::io_error::timeout) co_return late(what.timeout);
  if (sent.error != net::io_error::none) co_return "the connection broke";
  std::vector<char> memory(most_head);
  std::size_t size = 0;
  for (;;) {
    const auto got =
        co_await stream->read_some({memory.data() + size, memory.size() - size}, left(until_us));
    if (got.error == net::io_error::timeout) co_return late(what.timeout);
    if (got.error != net::io_error::none) co_return "the connection ended before an answer";
    size += got.bytes;
    const auto status = status_in({memory.data(), size});
    if (!status || (*status == 0 && size == memory.size())) co_return "the answer is not HTTP";
    if (*status == 0) continue;
    if (core::upstream::is_good(*status)) co_return std::string();
    co_return "the answer was " + std::to_string(*status);
  }
}

}  // namespace gateway::upstream
