// SPDX-License-Identifier: Apache-2.0
#include "gateway/net/unsent.hpp"

#include <cassert>

namespace gateway::net {

unsent::unsent(std::span<const std::string_view> parts) {
  for (const std::string_view part : parts) {
    if (part.empty()) continue;
    assert(count_ < most_parts);
    // sendmsg(2) only reads; its type is older than const.
    parts_[count_++] = {const_cast<char*>(part.data()), part.size()};
  }
}

void unsent::took(std::size_t bytes) {
  while (first_ < count_ && bytes >= parts_[first_].iov_len) bytes -= parts_[first_++].iov_len;
  if (first_ == count_) return;
  iovec& part = parts_[first_];
  part.iov_base = static_cast<char*>(part.iov_base) + bytes;
  part.iov_len -= bytes;
}

}  // namespace gateway::net
