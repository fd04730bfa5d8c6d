// SPDX-License-Identifier: Apache-2.0
#include "gateway/net/transport.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "gateway/net/peer.hpp"
#include "gateway/sys/last_error.hpp"

namespace gateway::net {

namespace {

// A connection that always has something to read lets the others have their turn after so many
// operations.
constexpr unsigned most_eager = 16;

}  // namespace

transport::transport(readiness& sockets, deadlines& wheel)
    : deadlines::entry(wheel), readiness::entry(sockets) {}

transport::transport(sys::descriptor socket, readiness& sockets, deadlines& wheel,
                     std::shared_ptr<const tls_server> by)
    : transport(sockets, wheel) {
  adopt(std::move(socket));
  if (by) secure(std::move(by));
}

transport::~transport() {
  part();
  if (tls_ && socket_) tls_->say_end();
}

// A socket that can't be watched would never be heard of: it is closed.
void transport::adopt(sys::descriptor socket) {
  if (!socket || !watch(socket.get())) return;
  socket_ = std::move(socket);
  // A Unix-domain socket knows no such option, and refuses it: asking which it is costs as much.
  const int on = 1;
  ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

void transport::begin(doing what, milliseconds timeout) {
  result_ = {};
  timeout_ = timeout;
  doing_ = what;
  resting_since_ = never;
  if (!socket_) {
    doing_ = doing::nothing;
    part();
    result_.error = io_error::broken;
    return;
  }
  const bool writes = what == doing::write || what == doing::write_unless_answered;
  if (writes && give_way(readiness::step::working)) {
    deferred_ = true;
    return;
  }
  if (!advance()) {
    eager_ = 0;
    arm(timeout_);
    listen();
  } else if (what == doing::read && give_way(readiness::step::reading)) {
    doing_ = doing::ended;
  } else if (++eager_ == most_eager) {
    eager_ = 0;
    doing_ = doing::ended;
    call_later();
  }
}

// True if the operation has ended, with its result.
bool transport::advance() {
  switch (doing_) {
    case doing::nothing:
    case doing::ended: return true;
    case doing::connect: return try_connect();
    case doing::handshake: return try_handshake();
    case doing::read: return try_read() || is_in_vain();
    case doing::wait: return (has_something() && end_now(io_error::none)) || is_in_vain();
    case doing::write: return try_write();
    case doing::write_unless_answered:
      return try_write() || (has_something() && end_now(io_error::none)) || is_in_vain();
    case doing::drive: return try_driving();
    case doing::follow: return false;
  }
  return true;
}

void transport::ready() {
  if (doing_ == doing::nothing) return;
  if (doing_ == doing::follow) {
    leader_->ready();
    return;
  }
  const bool deferred = std::exchange(deferred_, false);
  if (!advance()) {
    if (deferred) {
      arm(timeout_);
      listen();
    }
    return;
  }
  disarm();
  if (deferred && give_way(readiness::step::sending)) {
    doing_ = doing::ended;
    return;
  }
  doing_ = doing::nothing;
  // The coroutine may destroy this.
  if (waiting) std::exchange(waiting, nullptr).resume();
}

bool transport::end_now(io_error error) {
  result_.error = error;
  doing_ = doing::nothing;
  part();
  return true;
}

void transport::part() {
  if (whom_ != nullptr) std::exchange(whom_, nullptr)->doing_ = doing::nothing;
}

// The kernel is only asked where the loop has heard of an end, or of what may be that of TLS.
bool transport::is_in_vain() {
  if (whom_ == nullptr) return false;
  const bool may_have = whom_->hung_up || (whom_->tls_ && whom_->may_read);
  return may_have && whom_->ended() && end_now(io_error::in_vain);
}

// Whoever ends it from outside does not expect the coroutine to run meanwhile.
void transport::end_later(io_error error) {
  if (doing_ == doing::nothing || doing_ == doing::ended) return;
  result_.error = error;
  doing_ = doing::ended;
  part();
  disarm();
  call_later();
}

void transport::expire() { end_later(io_error::timeout); }

transport::operation<transport::just_error> transport::connect(const socket_address& to,
                                                               milliseconds timeout) {
  sys::descriptor socket(
      ::socket(to.protocol().family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  // Watched from then on only: a socket that is not even connecting counts as hung up.
  if (socket && (::connect(socket.get(), to.data(), static_cast<socklen_t>(to.size())) == 0 ||
                 errno == EINPROGRESS))
    adopt(std::move(socket));
  else
    refusal_ = errno;
  // It can be written to when the kernel has said how it went.
  may_write = false;
  begin(doing::connect, timeout);
  return operation<just_error>(*this);
}

bool transport::try_connect() {
  if (!may_write) return false;
  socklen_t size = sizeof refusal_;
  ::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &refusal_, &size);
  return end_now(refusal_ == 0 ? io_error::none : io_error::broken);
}

std::string transport::why_not_connected() const {
  if (refusal_ != 0) return std::generic_category().message(refusal_);
  return "no connection within " + std::to_string(timeout_.count()) + " ms";
}

void transport::secure(std::shared_ptr<const tls_server> by) {
  if (socket_)
    tls_ = std::make_unique<tls_stream>(
        tls_socket{socket_.get(), may_read, may_write, hung_up, urgent}, std::move(by));
}

void transport::secure(std::shared_ptr<const tls_client> by, const std::string& host,
                       std::shared_ptr<tls_session> kept) {
  if (socket_)
    tls_ = std::make_unique<tls_stream>(
        tls_socket{socket_.get(), may_read, may_write, hung_up, urgent}, std::move(by), host,
        std::move(kept));
}

transport::operation<transport::just_error> transport::handshake(milliseconds timeout) {
  begin(doing::handshake, timeout);
  return operation<just_error>(*this);
}

bool transport::try_handshake() {
  const auto came = tls_ ? tls_->handshake() : tls_stream::step::done;
  if (came == tls_stream::step::again) return false;
  return end_now(came == tls_stream::step::done ? io_error::none : io_error::broken);
}

transport::operation<io_result> transport::read_some(std::span<char> into, milliseconds timeout) {
  into_ = into;
  begin(doing::read, timeout);
  return operation<io_result>(*this);
}

bool transport::try_read() {
  if (tls_) return try_read_secured();
  if (!may_read) return false;
  ssize_t got = 0;
  do got = ::recv(socket_.get(), into_.data(), into_.size(), 0);
  while (got < 0 && errno == EINTR);
  if (got < 0 && sys::would_block(errno)) {
    may_read = false;
    return false;
  }
  if (got < 0) return end_now(io_error::broken);
  if (got == 0 && !into_.empty()) return end_now(io_error::eof);
  result_.bytes = static_cast<std::size_t>(got);
  // Less than there was room for was all of it (epoll(7)), unless it ended at urgent data; but the
  // end is not told a second time.
  may_read = result_.bytes == into_.size() || hung_up || urgent;
  unsure_ = may_read;
  return end_now(io_error::none);
}

bool transport::try_read_secured() {
  switch (tls_->read(into_, result_.bytes)) {
    case tls_stream::step::done: return end_now(io_error::none);
    case tls_stream::step::again: return false;
    case tls_stream::step::eof: return end_now(io_error::eof);
    case tls_stream::step::broken: break;
  }
  return end_now(io_error::broken);
}

transport::operation<transport::just_error> transport::wait_readable(milliseconds timeout) {
  begin(doing::wait, timeout);
  return operation<just_error>(*this);
}

transport::operation<io_result> transport::write(std::span<const std::string_view> parts,
                                                 milliseconds timeout) {
  left_ = unsent(parts);
  begin(doing::write, timeout);
  return operation<io_result>(*this);
}

transport::operation<io_result> transport::write_unless_answered(
    std::span<const std::string_view> parts, milliseconds timeout) {
  left_ = unsent(parts);
  begin(doing::write_unless_answered, timeout);
  return operation<io_result>(*this);
}

// Tried at once: nearly always the kernel takes all of it, and no turn of the loop is spent on
// waiting.
bool transport::try_write() {
  if (tls_) return try_write_secured();
  while (!left_.empty()) {
    if (!may_write) return false;
    const ssize_t taken = left_.send_to(socket_.get());
    if (taken < 0 && errno == EINTR) continue;
    if (taken < 0 && sys::would_block(errno)) {
      may_write = false;
      return false;
    }
    if (taken < 0) return end_now(io_error::broken);
    result_.bytes += static_cast<std::size_t>(taken);
    left_.took(static_cast<std::size_t>(taken));
    if (waiting) arm(timeout_);  // a pause in the progress has ended
  }
  return end_now(io_error::none);
}

// A record at a time, of what would go out in one piece.
bool transport::try_write_secured() {
  std::array<char, tls_stream::most_at_once> together;
  while (!left_.empty()) {
    std::size_t taken = 0;
    const auto came = tls_->write(left_.next(together), taken);
    if (came == tls_stream::step::again) return false;
    if (came != tls_stream::step::done) return end_now(io_error::broken);
    result_.bytes += taken;
    left_.took(taken);
    if (waiting) arm(timeout_);
  }
  return end_now(io_error::none);
}

bool transport::has_something() {
  if (tls_) return tls_->has_something();
  if (may_read && std::exchange(unsure_, false)) may_read = !hears_nothing();
  return may_read;
}

bool transport::hears_nothing() const {
  char byte = 0;
  return ::recv(socket_.get(), &byte, 1, MSG_PEEK) < 0 && sys::would_block(errno);
}

bool transport::quiet() const {
  if (!socket_) return false;
  if (turns() > resting_since_ && !may_read &&
      !(tls_ && (tls_->holds_bytes() || tls_->has_heard_end())))
    return true;
  return tls_ ? tls_->quiet() : hears_nothing();
}

bool transport::ended() const {
  if (tls_) return !socket_ || tls_->ended();
  char byte = 0;
  const ssize_t got = ::recv(socket_.get(), &byte, 1, MSG_PEEK);
  return got == 0 || (got < 0 && !sys::would_block(errno));
}

std::optional<io_result> transport::read_now(std::span<char> into) {
  const doing meanwhile = doing_;
  into_ = into;
  result_ = {};
  const bool came = try_read();
  doing_ = meanwhile;
  return came ? std::optional(std::exchange(result_, {})) : std::nullopt;
}

io_result transport::write_now(std::string_view bytes) {
  const doing meanwhile = doing_;
  const std::array<std::string_view, 1> parts{bytes};
  left_ = unsent(parts);
  result_ = {};
  try_write();
  doing_ = meanwhile;
  return std::exchange(result_, {});
}

transport::operation<transport::just_error> transport::drive_both(transport& other, driver& by,
                                                                  milliseconds timeout) {
  driver_ = &by;
  other.doing_ = doing::follow;
  other.leader_ = this;
  begin(doing::drive, timeout);
  return operation<just_error>(*this);
}

bool transport::try_driving() {
  const driver::step came = driver_->drive();
  if (came.over) return end_now(*came.over);
  if (came.moved) timeout_ = came.patience;
  if (came.moved && waiting) arm(timeout_);
  if (came.more) call_later();
  return false;
}

void transport::finish_sending() {
  if (tls_ && socket_) tls_->say_end();
  ::shutdown(socket_.get(), SHUT_WR);
}

void transport::close() {
  unwatch();
  socket_.close();
  end_later(io_error::broken);
}

std::string transport::peer_address() const { return net::peer_address(socket_.get()); }

}  // namespace gateway::net
