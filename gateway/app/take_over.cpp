// SPDX-License-Identifier: Apache-2.0
#include "gateway/app/take_over.hpp"

#include <stdexcept>
#include <string_view>
#include <system_error>
#include <utility>

#include "gateway/net/deadlines.hpp"
#include "gateway/net/socket_address.hpp"
#include "gateway/sys/clock.hpp"
#include "gateway/sys/passing.hpp"

namespace gateway::app {

namespace {

using std::chrono::milliseconds;

constexpr std::string_view hello = "countersign take-over 1";
constexpr std::string_view a_socket = "socket";
constexpr std::string_view with_file = "socket and file";
constexpr std::string_view all_sockets = "all";
constexpr std::string_view ready = "ready";
constexpr std::string_view yours = "yours";
constexpr std::string_view serving = "serving";

// The new process reads its files and asks for names between two words.
constexpr milliseconds patience{120'000};
// For the workers to take leave of who is connected (a second), and for clients to send the rest of
// what they have begun, while others wait to be accepted. Who takes longer gets 503, and may send
// it again.
constexpr milliseconds to_settle{3'000};
constexpr milliseconds between_looks{5};

/// The next word of a peer; empty if it is gone, or says none in time.
net::task<std::string> hear(net::event_loop* loop, const sys::descriptor* peer) {
  const std::int64_t until = sys::steady_us() + std::chrono::microseconds(patience).count();
  while (sys::steady_us() < until) {
    if (auto got = sys::receive(*peer)) co_return std::move(got->words);
    co_await net::pause(*loop, between_looks);
  }
  co_return std::string();
}

net::task<void> give_way(net::event_loop* loop, const sys::descriptor* peer, const giving_way* us,
                         log::logger* log) {
  if (co_await hear(loop, peer) != hello) {
    log->warning("asked to give way in words that mean nothing here");
    co_return;
  }
  if (!us->serves()) co_return;
  const int process = sys::process_of(*peer);
  log->info("process {} wants to take over", process);
  for (const offered_socket& one : us->sockets())
    sys::pass(*peer, one.with_file ? with_file : a_socket, one.socket);
  sys::pass(*peer, all_sockets);
  if (co_await hear(loop, peer) != ready) {
    log->error("process {} did not take over; nothing has changed", process);
    co_return;
  }
  us->close_doors();
  const std::int64_t until = sys::steady_us() + std::chrono::microseconds(to_settle).count();
  while (!us->settled() && sys::steady_us() < until) co_await net::pause(*loop, between_looks);
  us->give_marks();
  sys::pass(*peer, yours);
  if (co_await hear(loop, peer) != serving) {
    log->error("process {} did not take over; clients are served here again", process);
    us->go_on();
    co_return;
  }
  log->info("process {} has taken over", process);
  us->go();
}

}  // namespace

std::string control_path(const std::string& state_file) { return state_file + ".control"; }

std::unique_ptr<predecessor> predecessor::find(const std::string& path) {
  std::unique_ptr<predecessor> found;
  try {
    sys::descriptor line = sys::connect_to(path, patience);
    if (!line) return nullptr;
    found.reset(new predecessor(std::move(line)));
  } catch (const std::system_error& e) {
    throw std::runtime_error(std::string("can't ask the gateway that runs to give way: ") +
                             e.what());
  }
  if (!sys::is_trusted(found->line_))
    throw std::runtime_error("the gateway that runs is another user's: " + path);
  if (!sys::pass(found->line_, hello))
    throw std::runtime_error("the gateway that runs does not answer");
  for (;;) {
    auto got = sys::receive(found->line_);
    if (got && got->words == all_sockets) return found;
    if (!got || (got->words != a_socket && got->words != with_file))
      throw std::runtime_error("the gateway that runs does not give way");
    if (got->words == with_file) {
      const auto address = net::own_address(got->with.get());
      found->files_.push_back(address ? net::path_of(*address) : std::string());
    }
    found->sockets_.push_back(std::move(got->with));
  }
}

int predecessor::process() const { return sys::process_of(line_); }

void predecessor::ask_for_marks() {
  std::optional<sys::passed> answer;
  if (sys::pass(line_, ready)) answer = sys::receive(line_);
  if (!answer || answer->words != yours)
    throw std::runtime_error("the gateway that runs did not give its replay marks");
}

void predecessor::relieve() { sys::pass(line_, serving); }

net::task<void> attend_successors(net::event_loop* loop, net::stream_descriptor* listener,
                                  const giving_way* us, log::logger* log) {
  for (;;) {
    if (co_await net::when_readable(*listener)) co_return;
    const sys::descriptor peer = sys::accept_at(listener->native_handle());
    if (!peer) continue;
    if (!sys::is_trusted(peer)) {
      log->warning("another user's process {} asked to take over", sys::process_of(peer));
      continue;
    }
    co_await give_way(loop, &peer, us, log);
  }
}

}  // namespace gateway::app
