// SPDX-License-Identifier: Apache-2.0
#include "gateway/log/destination.hpp"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "gateway/sys/last_error.hpp"

namespace gateway::log {

namespace {

int open_to_append(const std::string& path) {
  return ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
}

bool is_regular(int descriptor) {
  struct stat about{};
  return ::fstat(descriptor, &about) == 0 && S_ISREG(about.st_mode);
}

}  // namespace

destination::destination(std::string path) : path_(std::move(path)) {
  if (path_ == "stdout" || path_ == "stderr") {
    descriptor_ = path_ == "stdout" ? STDOUT_FILENO : STDERR_FILENO;
  } else {
    descriptor_ = open_to_append(path_);
    if (descriptor_ < 0)
      throw std::runtime_error("can't open the log " + path_ + ": " + sys::last_error());
    owned_ = true;
  }
  regular_ = is_regular(descriptor_);
}

destination::~destination() {
  if (owned_) ::close(descriptor_);
}

std::optional<std::string> destination::reopen() {
  if (!owned_) return std::nullopt;
  const int fresh = open_to_append(path_);
  if (fresh < 0) return "can't open the log " + path_ + ": " + sys::last_error();
  ::close(std::exchange(descriptor_, fresh));
  regular_ = is_regular(descriptor_);
  torn_ = false;
  return std::nullopt;
}

bool destination::wait_until_writable() {
  constexpr int slice_ms = 50;
  while (!hurried_.load() || waited_ms_ < patience_ms) {
    pollfd one{descriptor_, POLLOUT, 0};
    const int ready = ::poll(&one, 1, slice_ms);
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
    if (hurried_.load()) waited_ms_ += slice_ms;
  }
  return false;
}

std::string_view destination::put(std::string_view text) {
  while (!text.empty()) {
    // A pipe that poll() calls writable takes this much without blocking (pipe(7), PIPE_BUF).
    const auto size = regular_ ? text.size() : std::min<std::size_t>(text.size(), PIPE_BUF);
    if (!regular_ && !wait_until_writable()) break;
    const auto written = ::write(descriptor_, text.data(), size);
    if (written > 0) {
      const auto count = static_cast<std::size_t>(written);
      torn_ = text[count - 1] != '\n';
      text.remove_prefix(count);
    } else if (errno != EINTR && errno != EAGAIN) {
      break;
    }
  }
  return text;
}

std::uint64_t destination::write(std::string_view lines) {
  // A full disk may have cut a line; what follows is not to be read as its end.
  const bool apart = lines.empty() || !torn_ || put("\n").empty();
  const auto lost = apart ? put(lines) : lines;
  return static_cast<std::uint64_t>(std::ranges::count(lost, '\n'));
}

}  // namespace gateway::log
