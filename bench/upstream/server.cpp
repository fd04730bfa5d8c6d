// SPDX-License-Identifier: Apache-2.0
#include "bench/upstream/server.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <functional>
#include <string_view>
#include <system_error>

namespace bench::upstream {

namespace {

constexpr std::size_t read_size = 256 * 1024;
constexpr std::string_view refusal =
    "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

int checked(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
  return result;
}

std::string whole_answer(std::string_view body) {
  std::string text = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ";
  return text.append(std::to_string(body.size())).append("\r\n\r\n").append(body);
}

/// {"ok":true}, made longer by a member if it has to be.
std::string fixed_body(std::uint64_t size) {
  std::string body = R"({"ok":true)";
  constexpr std::string_view member = R"(,"pad":")";
  if (size > body.size() + member.size() + 2) {
    body.append(member).append(size - body.size() - 2, 'x').append("\"");
  }
  return body.append("}");
}

gateway::sys::descriptor listen_on(std::uint16_t port) {
  gateway::sys::descriptor fd(
      checked(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket"));
  const int on = 1;
  checked(::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), "setsockopt");
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(port);
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  checked(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&at), sizeof at), "bind");
  checked(::listen(fd.get(), 4096), "listen");
  return fd;
}

std::int64_t now_ns() {
  return std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count();
}

gateway::sys::descriptor take_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  checked(::sigprocmask(SIG_BLOCK, &set, nullptr), "sigprocmask");
  return gateway::sys::descriptor(
      checked(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK), "signalfd"));
}

}  // namespace

struct server::peer {
  gateway::sys::descriptor socket;
  std::uint64_t serial = 0;  ///< tells it from another one that has its descriptor later
  wire::message_reader reader;
  std::string out;       ///< what is still to be sent
  bool waits = false;    ///< is epoll asked about room for it?
  bool last = false;     ///< nothing is read from it any more
  bool closing = false;  ///< once `out` is sent
};

server::server(const settings& s)
    : settings_(s),
      fixed_(whole_answer(fixed_body(s.size))),
      listener_(listen_on(s.port)),
      epoll_(checked(::epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
      signals_(take_signals()),
      timer_(
          checked(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK), "timerfd_create")),
      work_(s.slots, s.delay_ns),
      memory_(read_size) {
  watch(listener_.get(), EPOLLIN, true);
  watch(signals_.get(), EPOLLIN, true);
  watch(timer_.get(), EPOLLIN, true);
}

server::~server() = default;

std::uint16_t server::port() const {
  sockaddr_in at{};
  socklen_t size = sizeof at;
  checked(::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&at), &size), "getsockname");
  return ntohs(at.sin_port);
}

counts server::run() {
  std::array<epoll_event, 256> events;
  for (;;) {
    const int ready =
        ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), -1);
    if (ready < 0 && errno != EINTR) checked(ready, "epoll_wait");
    for (int i = 0; i < ready; ++i) {
      const epoll_event& event = events[static_cast<std::size_t>(i)];
      if (event.data.fd == signals_.get()) return counts_;
      if (event.data.fd == listener_.get())
        accept_all();
      else if (event.data.fd == timer_.get())
        answer_finished();
      else
        on_event(event.data.fd, event.events);
    }
    arm_timer();
  }
}

void server::arm_timer() {
  const std::int64_t next = work_.next_end();
  if (next == armed_for_) return;
  itimerspec when{};
  when.it_value.tv_sec = next / 1'000'000'000;
  when.it_value.tv_nsec = next % 1'000'000'000;
  checked(::timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &when, nullptr), "timerfd_settime");
  armed_for_ = next;
}

void server::answer_finished() {
  std::uint64_t expirations = 0;
  if (::read(timer_.get(), &expirations, sizeof expirations) > 0) armed_for_ = 0;
  const std::int64_t now = now_ns();
  while (const auto done = work_.finish(now)) {
    const auto found = peers_.find(done->descriptor);
    // Whoever asked may have left meanwhile.
    if (found == peers_.end() || found->second->serial != done->serial) continue;
    peer& p = *found->second;
    p.out.append(done->answer);
    p.closing = done->last;
    if (!send_more(p)) peers_.erase(found);
  }
}

void server::accept_all() {
  for (;;) {
    gateway::sys::descriptor socket(
        ::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!socket) {
      // Whoever gave up while waiting is no failure of ours; without descriptors there is no going
      // on that would measure anything.
      if (errno == EAGAIN || errno == ECONNABORTED || errno == EINTR) return;
      checked(-1, "accept");
    }
    const int on = 1;
    ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const int fd = socket.get();
    auto p = std::make_unique<peer>();
    p->socket = std::move(socket);
    p->serial = next_serial_++;
    p->reader.start(settings_.echo || settings_.distinct);
    peers_[fd] = std::move(p);
    ++counts_.connections;
    watch(fd, EPOLLIN, true);
  }
}

void server::on_event(int fd, std::uint32_t events) {
  const auto found = peers_.find(fd);
  if (found == peers_.end()) return;
  peer& p = *found->second;
  bool stays = true;
  if ((events & EPOLLOUT) != 0) stays = send_more(p);
  if (stays && (events & ~std::uint32_t{EPOLLOUT}) != 0) stays = read_more(p);
  if (!stays) peers_.erase(found);
}

/// @return false if the connection is over.
bool server::read_more(peer& p) {
  const ssize_t got = ::recv(p.socket.get(), memory_.data(), memory_.size(), 0);
  if (got < 0) return errno == EAGAIN || errno == EINTR;
  if (got == 0) return false;
  std::string_view input(memory_.data(), static_cast<std::size_t>(got));
  while (!input.empty() && !p.last) {
    const wire::progress how = p.reader.read_request(input);
    if (how == wire::progress::need_more) break;
    if (how == wire::progress::broken) {
      ++counts_.malformed;
      p.out.append(refusal);
      p.last = p.closing = true;
      break;
    }
    take(p);
    p.reader.start(settings_.echo || settings_.distinct);
  }
  return send_more(p);
}

void server::take(peer& p) {
  ++counts_.requests;
  counts_.body_bytes += p.reader.body_size();
  const std::string& body = p.reader.body();
  if (settings_.distinct && !seen_.insert(std::hash<std::string_view>{}(body)).second)
    ++counts_.repeated;
  p.last = !p.reader.keep_alive();
  std::string text = settings_.echo ? whole_answer(body) : fixed_;
  if (settings_.delay_ns == 0) {
    p.out.append(text);
    p.closing = p.last;
    return;
  }
  work_.begin({p.socket.get(), p.serial, std::move(text), p.last}, now_ns());
  counts_.most_at_once = std::max<std::uint64_t>(counts_.most_at_once, work_.size());
}

bool server::send_more(peer& p) {
  if (!p.out.empty()) {
    const ssize_t sent = ::send(p.socket.get(), p.out.data(), p.out.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) return false;
    if (sent > 0) p.out.erase(0, static_cast<std::size_t>(sent));
  }
  if (p.out.empty() && p.closing) return false;
  if (p.waits != p.out.empty()) return true;
  p.waits = !p.waits;
  watch(p.socket.get(), EPOLLIN | (p.waits ? std::uint32_t{EPOLLOUT} : 0U), false);
  return true;
}

void server::watch(int fd, std::uint32_t events, bool add) {
  epoll_event event{};
  event.events = events;
  event.data.fd = fd;
  checked(::epoll_ctl(epoll_.get(), add ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd, &event), "epoll_ctl");
}

}  // namespace bench::upstream
