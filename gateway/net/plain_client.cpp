// SPDX-License-Identifier: Apache-2.0
#include "gateway/net/plain_client.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/basic_resolver.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/rate_policy.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <exception>
#include <vector>

#include "gateway/net/resolve.hpp"

namespace gateway::net {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

namespace {

using stream = beast::basic_stream<stream_protocol, executor, beast::unlimited_rate_policy>;
using outcome = std::variant<plain_answer, std::string>;
using boost::system::error_code;

struct errand {
  std::vector<socket_address> addresses;
  std::string_view request;
  bool head_only;
  plain_call_settings settings;
};

std::string why(const std::string& what, const error_code& ec, std::chrono::milliseconds patience) {
  if (ec == beast::error::timeout)
    return what + ": no answer within " + std::to_string(patience.count()) + " ms";
  if (ec == http::error::end_of_stream || ec == http::error::partial_message)
    return what + ": the connection ended before a whole answer";
  return what + ": " + ec.message();
}

plain_answer from_beast(http::response<http::string_body>& message) {
  plain_answer a;
  a.status = message.result_int();
  a.reason = std::string(message.reason());
  for (const auto& f : message)
    a.fields.emplace_back(std::string(f.name_string()), std::string(f.value()));
  a.body = std::move(message.body());
  return a;
}

asio_task<outcome> receive(stream* connection, const errand* what, std::string peer) {
  beast::flat_buffer buffer;
  for (;;) {
    http::response_parser<http::string_body> parser;
    parser.header_limit(64 * 1024);
    parser.body_limit(what->settings.body_limit);
    parser.skip(what->head_only);
    const auto [ec, bytes] = co_await http::async_read(*connection, buffer, parser, use_asio_task);
    if (ec) co_return why("reading the answer of " + peer, ec, what->settings.answer_timeout);
    // Interim answers come before the one that counts; 101 would be the last word in HTTP.
    const unsigned status = parser.get().result_int();
    if (status >= 200) co_return from_beast(parser.get());
    if (status == 101) co_return peer + " switched to another protocol";
  }
}

asio_task<outcome> run(const errand* what, asio::io_context* context) {
  std::string problem;
  for (const socket_address& address : what->addresses) {
    stream connection(context->get_executor());
    connection.expires_after(what->settings.connect_timeout);
    const std::string peer = format_address(address);
    const auto [refused] = co_await connection.async_connect(address, use_asio_task);
    if (refused) {
      problem = why("can't connect to " + peer, refused, what->settings.connect_timeout);
      continue;
    }
    connection.expires_after(what->settings.answer_timeout);
    const auto [unsent, bytes] = co_await asio::async_write(
        connection, asio::buffer(what->request.data(), what->request.size()), use_asio_task);
    // A refusal may come before all was sent: then the answer tells more than the broken pipe.
    outcome answer = co_await receive(&connection, what, peer);
    if (unsent && std::holds_alternative<std::string>(answer))
      co_return why("sending to " + peer, unsent, what->settings.answer_timeout);
    co_return answer;
  }
  co_return problem;
}

}  // namespace

outcome call_plain(const plain_destination& to, std::string_view request, bool head_only,
                   const plain_call_settings& settings) {
  asio::io_context context(1);
  errand what{{}, request, head_only, settings};
  error_code ec;
  if (!to.path.empty()) {
    what.addresses.push_back(at_path(to.path));
  } else if (const auto literal = asio::ip::make_address(to.host, ec); !ec) {
    what.addresses.emplace_back(tcp_endpoint(literal, to.port));
  } else {
    asio::ip::basic_resolver<asio::ip::tcp, executor> resolver(context);
    const auto found = resolver.resolve(to.host, std::to_string(to.port), ec);
    if (ec) return "can't find the host " + to.host + ": " + ec.message();
    for (const auto& entry : found) what.addresses.push_back(entry.endpoint());
  }
  outcome got = std::string("no answer");
  std::exception_ptr failure;
  const auto keep = [&got, &failure](std::exception_ptr failed, outcome answer) {
    failure = failed;
    got = std::move(answer);
  };
  asio::co_spawn(context, run(&what, &context), keep);
  context.run();
  if (failure) std::rethrow_exception(failure);
  return got;
}

}  // namespace gateway::net
