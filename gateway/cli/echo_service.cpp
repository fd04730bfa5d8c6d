// SPDX-License-Identifier: Apache-2.0
#include "gateway/cli/echo_service.hpp"

#include "core/json/check.hpp"
#include "gateway/net/resolve.hpp"

namespace gateway::cli {

echo_service::echo_service() : acceptor_(net::listen_on(loop_, net::resolve({"127.0.0.1", 0}))) {
  handler_ = [this](const net::plain_request& asked) { return answer(asked); };
}

echo_service::~echo_service() {
  loop_.stop();
  if (thread_.joinable()) thread_.join();
}

std::uint16_t echo_service::port() const { return net::port_of(acceptor_.local_endpoint()); }

void echo_service::start() {
  net::spawn(loop_, net::serve_plain(&acceptor_, &handler_));
  thread_ = std::thread([this] { loop_.run(); });
}

std::optional<net::plain_request> echo_service::last() const {
  const std::lock_guard lock(guard_);
  return last_;
}

void echo_service::on_request(std::function<void(const net::plain_request&)> listener) {
  const std::lock_guard lock(guard_);
  listener_ = std::move(listener);
}

net::plain_response echo_service::answer(const net::plain_request& asked) {
  {
    const std::lock_guard lock(guard_);
    last_ = asked;
    if (listener_) listener_(asked);
  }
  net::plain_response r;
  r.fields.emplace_back("Content-Type", "application/json");
  r.body = R"({"client":)";
  core::json::append_string(r.body, asked.field("X-Client-Id"));
  core::json::append_string(r.body.append(R"(,"method":)"), asked.method);
  core::json::append_string(r.body.append(R"(,"path":)"), asked.target);
  r.body.append(R"(,"received":)");
  r.body.append(core::json::is_json(asked.body) ? asked.body : "null").append("}");
  return r;
}

}  // namespace gateway::cli
