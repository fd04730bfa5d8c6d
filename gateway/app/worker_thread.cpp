// SPDX-License-Identifier: Apache-2.0
#include "gateway/app/worker_thread.hpp"

#include <iterator>
#include <utility>

#include "gateway/net/loop.hpp"
#include "gateway/session/session.hpp"
#include "gateway/sys/clock.hpp"

namespace gateway::app {

worker_thread::worker_thread(const shared_parts& parts, std::vector<door> doors,
                             metrics::shard& counters, session::observer& watcher)
    : work_(context_.get_executor()),
      connections_(parts.connections),
      worker_(context_, parts.first, parts.marks, counters, watcher) {
  worker_.captures = parts.captures;
  worker_.upstreams.tell = parts.tell;
  // Large ones take their time.
  worker_.discard = [&steward = parts.steward](std::shared_ptr<const session::generation> last) {
    net::post(steward, [last = std::move(last)]() mutable { last.reset(); });
  };
  for (door& one : doors) open(std::move(one));
}

worker_thread::~worker_thread() {
  if (!thread_.joinable()) return;
  stop();
  join();
}

void worker_thread::start() {
  thread_ = std::thread([this] { context_.run(); });
}

void worker_thread::open(door one) {
  doorways_.push_back({one.listener, net::stream_acceptor(context_)});
  doorway& made = doorways_.back();
  // The protocol only matters for new sockets made from it; accepted ones take the listener's
  // family.
  made.acceptor.assign(net::socket_address().protocol(), one.socket.get());
  static_cast<void>(one.socket.release());
  made.acceptor.non_blocking(true);
  net::spawn(context_, attend(this, std::prev(doorways_.end())));
}

net::task<void> worker_thread::attend(worker_thread* self, std::list<doorway>::iterator at) {
  const session::entrance by{at->listener};
  co_await session::accept_clients(&self->worker_, &at->acceptor, &self->connections_, by);
  self->doorways_.erase(at);
}

void worker_thread::close(std::uint32_t listener) {
  for (doorway& e : doorways_) {
    if (e.listener != listener || !e.acceptor.is_open()) continue;
    session::close_entrance(worker_, e.acceptor, connections_, {listener});
  }
  // Who was accepted in this turn is among the sessions in the next.
  net::post(context_, [this, listener] { session::drain_sessions(worker_, listener); });
}

std::future<void> worker_thread::take_up(std::shared_ptr<const session::generation> next,
                                         std::vector<door> opened,
                                         std::vector<std::uint32_t> closed) {
  auto promise = std::make_shared<std::promise<void>>();
  std::future<void> done = promise->get_future();
  net::post(context_, [this, next = std::move(next), opened = std::move(opened),
                       closed = std::move(closed), promise]() mutable {
    // First: who waits there is met as that listener meets its clients, of which the next one
    // knows nothing.
    for (const std::uint32_t listener : closed) close(listener);
    worker_.take_up(std::move(next));
    for (door& one : opened) open(std::move(one));
    promise->set_value();
  });
  return done;
}

void worker_thread::drain() {
  net::post(context_, [this] {
    session::drain_sessions(worker_);
    for (doorway& e : doorways_)
      if (e.acceptor.is_open())
        session::close_entrance(worker_, e.acceptor, connections_, {e.listener});
    worker_.upstreams.close_idle();
    drained_.store(true, std::memory_order_release);
  });
}

void worker_thread::leave_doors() {
  net::post(context_, [this] { net::spawn(context_, leave(this)); });
}

net::task<void> worker_thread::leave(worker_thread* self) {
  // Doors are open meanwhile: nobody waits for those who are slow to go.
  static constexpr std::chrono::milliseconds farewell{1000};
  static constexpr std::chrono::milliseconds between_looks{2};
  session::worker& w = self->worker_;
  session::end_sessions_soon(w);
  const std::int64_t until = sys::steady_us() + std::chrono::microseconds(farewell).count();
  while (!w.ending && session::sessions_end_soon(w) && sys::steady_us() < until)
    co_await net::pause(w.context, between_looks);
  if (!w.draining) co_return;  // taken back meanwhile
  boost::system::error_code ignored;
  for (doorway& e : self->doorways_) e.acceptor.close(ignored);
  // Who was accepted in this turn is among the sessions in the next.
  co_await net::pause(w.context, between_looks);
  session::drain_sessions(w);
  while (w.draining && !w.ending && !session::sessions_are_settled(w))
    co_await net::pause(w.context, between_looks);
  if (w.draining) self->settled_.store(true, std::memory_order_release);
}

void worker_thread::return_to(std::vector<door> doors) {
  net::post(context_, [this, doors = std::move(doors)]() mutable {
    worker_.draining = false;
    settled_.store(false, std::memory_order_relaxed);
    for (door& one : doors) open(std::move(one));
  });
}

void worker_thread::stop() {
  net::post(context_, [this] {
    boost::system::error_code ignored;
    for (doorway& e : doorways_) e.acceptor.close(ignored);
    worker_.ending = true;
    net::spawn(context_, end_sessions(this));
  });
}

// Every wait has a deadline, so letting them all run out ends every session; the context then runs
// out of work by itself. Stopping it would leave coroutines behind that refer to what is destroyed
// before them.
net::task<void> worker_thread::end_sessions(worker_thread* self) {
  // Whoever waits for an answer of which nothing has left is told; who doesn't hear it is cut off.
  static constexpr int patient_rounds = 20;
  static constexpr std::chrono::milliseconds between_rounds{5};
  session::worker& w = self->worker_;
  for (int round = 0; !w.sessions.empty(); ++round) {
    if (round >= patient_rounds) {
      const std::vector<session::session*> all(w.sessions.begin(), w.sessions.end());
      for (session::session* s : all) s->close();
    }
    w.deadlines.expire_all();
    co_await net::pause(w.context, between_rounds);
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
