// SPDX-License-Identifier: Apache-2.0
#include "gateway/sys/passing.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <system_error>

#include "gateway/sys/last_error.hpp"

namespace gateway::sys {

namespace {

constexpr std::size_t most_words = 256;

[[noreturn]] void fail(int code, const std::string& path) {
  throw std::system_error(code, std::generic_category(), path);
}

struct address {
  explicit address(const std::string& path) {
    if (path.size() >= sizeof at.sun_path) fail(ENAMETOOLONG, path);
    at.sun_family = AF_UNIX;
    path.copy(at.sun_path, path.size());
  }
  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&at); }
  sockaddr_un at{};
};

descriptor open(int flags) {
  descriptor made(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | flags, 0));
  if (!made) fail(errno, "socket");
  return made;
}

ucred peer_of(const descriptor& peer) {
  ucred who{};
  socklen_t size = sizeof who;
  if (::getsockopt(peer.get(), SOL_SOCKET, SO_PEERCRED, &who, &size) != 0)
    who = {.pid = -1, .uid = static_cast<uid_t>(-1), .gid = static_cast<gid_t>(-1)};
  return who;
}

}  // namespace

descriptor listen_at(const std::string& path) {
  const address where(path);
  descriptor made = open(SOCK_NONBLOCK);
  struct stat before{};
  if (::lstat(path.c_str(), &before) == 0) {
    if (!S_ISSOCK(before.st_mode)) fail(EEXIST, path);
    ::unlink(path.c_str());
  }
  // Before anybody can connect: the mode of the file is the descriptor's own.
  ::fchmod(made.get(), 0600);
  if (::bind(made.get(), where.get(), sizeof where.at) != 0) fail(errno, path);
  if (::listen(made.get(), 4) != 0) fail(errno, path);
  return made;
}

descriptor accept_at(int listener) {
  return descriptor(::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
}

descriptor connect_to(const std::string& path, std::chrono::milliseconds patience) {
  const address where(path);
  descriptor made = open(0);
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(patience);
  const timeval longest{
      .tv_sec = seconds.count(),
      .tv_usec = std::chrono::duration_cast<std::chrono::microseconds>(patience - seconds).count()};
  ::setsockopt(made.get(), SOL_SOCKET, SO_SNDTIMEO, &longest, sizeof longest);
  ::setsockopt(made.get(), SOL_SOCKET, SO_RCVTIMEO, &longest, sizeof longest);
  if (::connect(made.get(), where.get(), sizeof where.at) == 0) return made;
  if (errno == ENOENT || errno == ECONNREFUSED) return {};
  fail(errno, path);
}

bool is_trusted(const descriptor& peer) {
  const uid_t who = peer_of(peer).uid;
  return who == ::geteuid() || who == 0;
}

int process_of(const descriptor& peer) { return peer_of(peer).pid; }

bool pass(const descriptor& to, std::string_view words, int with) {
  iovec text{.iov_base = const_cast<char*>(words.data()), .iov_len = words.size()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr message{};
  message.msg_iov = &text;
  message.msg_iovlen = 1;
  if (with >= 0) {
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    cmsghdr* head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof with);
    std::memcpy(CMSG_DATA(head), &with, sizeof with);
  }
  for (;;) {
    if (::sendmsg(to.get(), &message, MSG_NOSIGNAL) >= 0) return true;
    if (errno != EINTR) return false;
  }
}

std::optional<passed> receive(const descriptor& from) {
  std::array<char, most_words> words{};
  iovec text{.iov_base = words.data(), .iov_len = words.size()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr message{};
  message.msg_iov = &text;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  ssize_t got = 0;
  do {
    got = ::recvmsg(from.get(), &message, MSG_CMSG_CLOEXEC);
  } while (got < 0 && errno == EINTR);
  if (got < 0 && would_block(errno)) return std::nullopt;
  passed out;
  if (got <= 0) return out;
  out.words.assign(words.data(), static_cast<std::size_t>(got));
  const cmsghdr* head = CMSG_FIRSTHDR(&message);
  if (head != nullptr && head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS &&
      head->cmsg_len == CMSG_LEN(sizeof(int))) {
    int fd = -1;
    std::memcpy(&fd, CMSG_DATA(head), sizeof fd);
    out.with = descriptor(fd);
  }
  return out;
}

}  // namespace gateway::sys
