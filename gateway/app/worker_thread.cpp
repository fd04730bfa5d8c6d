// SPDX-License-Identifier: Apache-2.0
#include "gateway/app/worker_thread.hpp"

#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "gateway/net/accept.hpp"
#include "gateway/net/loop.hpp"
#include "gateway/session/session.hpp"

namespace gateway::app {

worker_thread::worker_thread(const shared_parts& parts, const std::vector<int>& listening,
                             metrics::shard& counters, session::observer& watcher)
    : work_(context_.get_executor()),
      parts_(parts),
      worker_(context_, parts.rules, parts.groups, parts.marks, counters, watcher) {
  worker_.captures = parts.captures;
  for (const int descriptor : listening) {
    const int own = ::dup(descriptor);
    if (own < 0)
      throw std::system_error(errno, std::generic_category(), "duplicating a listening socket");
    auto acceptor = std::make_unique<net::tcp_acceptor>(context_);
    // The protocol only matters for new sockets made from it; accepted ones take the listener's
    // family.
    acceptor->assign(net::tcp_endpoint::protocol_type::v4(), own);
    acceptor->non_blocking(true);
    acceptors_.push_back(std::move(acceptor));
  }
}

worker_thread::~worker_thread() {
  if (!thread_.joinable()) return;
  stop();
  join();
}

void worker_thread::start() {
  for (auto& acceptor : acceptors_)
    net::spawn(context_, session::accept_clients(&worker_, acceptor.get(), &parts_.connections));
  thread_ = std::thread([this] { context_.run(); });
}

void worker_thread::drain() {
  net::post(context_, [this] {
    session::drain_sessions(worker_);
    close_listeners();
    worker_.upstreams.close_idle();
    drained_.store(true, std::memory_order_release);
  });
}

void worker_thread::close_listeners() {
  for (auto& acceptor : acceptors_) {
    // Clients that the kernel has accepted for us already would be reset otherwise.
    for (;;) {
      net::accepted client = net::accept_now(*acceptor);
      if (!client.socket) break;
      session::take_client(worker_, std::move(client.socket), parts_.connections);
    }
    boost::system::error_code ignored;
    acceptor->close(ignored);
  }
}

void worker_thread::stop() {
  net::post(context_, [this] {
    boost::system::error_code ignored;
    for (auto& acceptor : acceptors_) acceptor->close(ignored);
    worker_.ending = true;
    net::spawn(context_, end_sessions(this));
  });
}

// Every wait has a deadline, so letting them all run out ends every session; the context then runs
// out of work by itself. Stopping it would leave coroutines behind that refer to what is destroyed
// before them.
net::task<void> worker_thread::end_sessions(worker_thread* self) {
  session::worker& w = self->worker_;
  while (!w.sessions.empty()) {
    const std::vector<session::session*> all(w.sessions.begin(), w.sessions.end());
    for (session::session* s : all) s->close();
    w.deadlines.expire_all();
    co_await net::pause(w.context, std::chrono::milliseconds(5));
  }
  w.upstreams.close_idle();
  w.deadlines.stop();
  w.sockets.stop();
  self->work_.reset();
}

void worker_thread::join() {
  if (thread_.joinable()) thread_.join();
}

}  // namespace gateway::app
