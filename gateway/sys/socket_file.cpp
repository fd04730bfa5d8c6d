// SPDX-License-Identifier: Apache-2.0
#include "gateway/sys/socket_file.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "gateway/sys/descriptor.hpp"

namespace gateway::sys {

namespace {

/// What comes of connecting there, as errno has it; 0: somebody listens.
int knock(const std::string& path) {
  sockaddr_un at{};
  at.sun_family = AF_UNIX;
  path.copy(at.sun_path, sizeof at.sun_path - 1);
  const descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) return errno;
  return ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0 ? 0
                                                                                         : errno;
}

}  // namespace

void clear_the_way(const std::string& path) {
  const auto fail = [&path](int why) {
    throw std::system_error(why, std::generic_category(), path);
  };
  struct stat there{};
  if (::lstat(path.c_str(), &there) != 0) return;  // nothing, or binding says why not
  if (!S_ISSOCK(there.st_mode)) fail(EEXIST);
  switch (const int met = knock(path)) {
    case ECONNREFUSED: break;
    case ENOENT: return;
    // Its queue is full, or it is not for streams: it listens.
    case 0:
    case EAGAIN:
    case EPROTOTYPE: fail(EADDRINUSE); break;
    default: fail(met);
  }
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) fail(errno);
}

socket_file::socket_file(std::string path) {
  struct stat there{};
  if (::lstat(path.c_str(), &there) != 0) return;
  path_ = std::move(path);
  device_ = there.st_dev;
  number_ = there.st_ino;
}

socket_file::socket_file(socket_file&& other) noexcept
    : path_(std::exchange(other.path_, {})), device_(other.device_), number_(other.number_) {}

socket_file& socket_file::operator=(socket_file&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(device_, other.device_);
  std::swap(number_, other.number_);
  return *this;
}

void socket_file::remove() {
  if (path_.empty()) return;
  struct stat there{};
  if (::lstat(path_.c_str(), &there) == 0 && there.st_dev == device_ && there.st_ino == number_)
    ::unlink(path_.c_str());
  path_.clear();
}

}  // namespace gateway::sys
