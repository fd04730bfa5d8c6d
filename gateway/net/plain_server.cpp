// SPDX-License-Identifier: Apache-2.0
#include "gateway/net/plain_server.hpp"

#include <sys/socket.h>
#include <sys/stat.h>

#include <boost/asio/ip/v6_only.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/rate_policy.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <cerrno>
#include <memory>
#include <system_error>

#include "core/base/ascii.hpp"
#include "gateway/net/deadlines.hpp"
#include "gateway/net/loop.hpp"
#include "gateway/net/peer.hpp"
#include "gateway/net/socket_address.hpp"
#include "gateway/sys/socket_file.hpp"

namespace gateway::net {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

namespace {

using stream = beast::basic_stream<stream_protocol, executor, beast::unlimited_rate_policy>;

constexpr std::chrono::seconds patience{15};
constexpr int backlog = 4096;

plain_request from_beast(const http::request<http::string_body>& message, int socket) {
  plain_request r;
  r.peer = peer_address(socket);
  r.method = std::string(message.method_string());
  r.target = std::string(message.target());
  for (const auto& f : message)
    r.fields.emplace_back(std::string(f.name_string()), std::string(f.value()));
  r.body = message.body();
  return r;
}

http::response<http::string_body> to_beast(const plain_response& answer,
                                           const http::request<http::string_body>& asked) {
  http::response<http::string_body> r;
  r.version(11);
  r.result(answer.status);
  for (const auto& [name, value] : answer.fields) r.insert(name, value);
  r.keep_alive(asked.keep_alive());
  if (asked.method() == http::verb::head) {
    r.content_length(answer.body.size());
  } else {
    r.body() = answer.body;
    r.prepare_payload();
  }
  return r;
}

// Its place among the connections is given back however it ends.
class place {
 public:
  explicit place(std::shared_ptr<std::size_t> taken) : taken_(std::move(taken)) { ++*taken_; }
  place(place&& other) noexcept = default;
  place& operator=(place&&) = delete;
  ~place() {
    if (taken_) --*taken_;
  }

 private:
  std::shared_ptr<std::size_t> taken_;
};

asio_task<void> serve_connection(stream_socket socket, const plain_handler* handler,
                                 std::size_t body_limit, place held) {
  const place mine = std::move(held);
  stream connection(std::move(socket));
  beast::flat_buffer buffer;
  for (;;) {
    http::request_parser<http::string_body> parser;
    parser.header_limit(32 * 1024);
    parser.body_limit(body_limit);
    connection.expires_after(patience);
    const auto [unread, bytes_in] =
        co_await http::async_read(connection, buffer, parser, use_asio_task);
    if (unread) break;
    http::response<http::string_body> answer = to_beast(
        (*handler)(from_beast(parser.get(), connection.socket().native_handle())), parser.get());
    connection.expires_after(patience);
    const auto [unsent, bytes_out] = co_await http::async_write(connection, answer, use_asio_task);
    if (unsent || !parser.get().keep_alive()) break;
  }
  boost::system::error_code ignored;
  connection.socket().shutdown(stream_socket::shutdown_send, ignored);
}

}  // namespace

std::string plain_request::field(std::string_view name) const {
  for (const auto& [n, value] : fields)
    if (core::base::iequals(n, name)) return value;
  return {};
}

task<void> serve_plain(stream_acceptor* acceptor, const plain_handler* handler,
                       std::size_t most_connections, std::size_t body_limit) {
  event_loop& loop = acceptor->get_executor().context();
  auto taken = std::make_shared<std::size_t>(0);
  while (acceptor->is_open()) {
    if (co_await when_readable(*acceptor) || !acceptor->is_open()) co_return;
    boost::system::error_code ec;
    stream_socket socket(loop);
    acceptor->accept(socket, ec);
    if (ec == asio::error::would_block || ec == asio::error::connection_aborted) continue;
    if (ec) {
      co_await pause(loop, std::chrono::milliseconds(100));
      continue;
    }
    // Over the limit a connection is closed at once.
    if (*taken >= most_connections) continue;
    spawn(loop, serve_connection(std::move(socket), handler, body_limit, place(taken)));
  }
}

stream_acceptor listen_on(asio::io_context& context, const socket_address& address) {
  const std::string path = path_of(address);
  if (!path.empty()) sys::clear_the_way(path);
  stream_acceptor acceptor(context);
  acceptor.open(address.protocol());
  if (path.empty()) acceptor.set_option(asio::socket_base::reuse_address(true));
  if (address.protocol().family() == AF_INET6) acceptor.set_option(asio::ip::v6_only(true));
  acceptor.bind(address);
  sys::socket_file file(path);  // goes if one of these throws
  // Whatever the umask. Nobody can connect before it listens.
  if (!path.empty() && ::chmod(path.c_str(), 0660) != 0)
    throw std::system_error(errno, std::generic_category(), path);
  acceptor.listen(backlog);
  acceptor.non_blocking(true);
  file.leave();
  return acceptor;
}

}  // namespace gateway::net
