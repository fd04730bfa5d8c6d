// SPDX-License-Identifier: Apache-2.0
#include "gateway/net/unsent.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>

namespace gateway::net {

unsent::unsent(std::span<const std::string_view> parts) {
  for (const std::string_view part : parts) {
    if (part.empty()) continue;
    assert(count_ < most_parts);
    // sendmsg(2) only reads; its type is older than const.
    parts_[count_++] = {const_cast<char*>(part.data()), part.size()};
  }
}

ssize_t unsent::send_to(int socket) const {
  // A list of parts costs the kernel more than it costs us to copy little ones together.
  static constexpr std::size_t little = 4096;
  const std::span<const iovec> parts = std::span(parts_).subspan(first_, count_ - first_);
  std::size_t total = 0;
  for (const iovec& part : parts) total += part.iov_len;
  if (parts.size() == 1) return ::send(socket, parts[0].iov_base, total, MSG_NOSIGNAL);
  if (total <= little) {
    std::array<char, little> together;
    char* end = together.data();
    for (const iovec& part : parts)
      end = static_cast<char*>(std::memcpy(end, part.iov_base, part.iov_len)) + part.iov_len;
    return ::send(socket, together.data(), total, MSG_NOSIGNAL);
  }
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(parts.data());
  message.msg_iovlen = parts.size();
  return ::sendmsg(socket, &message, MSG_NOSIGNAL);
}

std::string_view unsent::next(std::span<char> together) const {
  const std::span<const iovec> parts = std::span(parts_).subspan(first_, count_ - first_);
  const std::size_t most = together.size();
  if (parts.size() == 1 || parts[0].iov_len >= most)
    return {static_cast<const char*>(parts[0].iov_base), std::min(parts[0].iov_len, most)};
  std::size_t size = 0;
  for (const iovec& part : parts) {
    const std::size_t fits = std::min(part.iov_len, most - size);
    std::memcpy(together.data() + size, part.iov_base, fits);
    size += fits;
  }
  return {together.data(), size};
}

void unsent::took(std::size_t bytes) {
  while (first_ < count_ && bytes >= parts_[first_].iov_len) bytes -= parts_[first_++].iov_len;
  if (first_ == count_) return;
  iovec& part = parts_[first_];
  part.iov_base = static_cast<char*>(part.iov_base) + bytes;
  part.iov_len -= bytes;
}

}  // namespace gateway::net
