// SPDX-License-Identifier: Apache-2.0
#include "gateway/sys/entropy.hpp"

#include <string.h>  // NOLINT(modernize-deprecated-headers): explicit_bzero is glibc's, not <cstring>'s
#include <sys/random.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace gateway::sys {

namespace {

void draw(std::span<char> out) {
  while (!out.empty()) {
    const ssize_t got = ::getrandom(out.data(), out.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) throw std::system_error(errno, std::generic_category(), "getrandom");
    out = out.subspan(static_cast<std::size_t>(got));
  }
}

}  // namespace

entropy::~entropy() { explicit_bzero(drawn_.data(), drawn_.size()); }

void entropy::fill(std::span<char> out) {
  if (out.size() > drawn_.size() / 4) {
    draw(out);
    return;
  }
  if (left_ < out.size()) {
    draw(drawn_);
    left_ = drawn_.size();
  }
  char* from = drawn_.data() + (drawn_.size() - left_);
  std::copy_n(from, out.size(), out.data());
  // What was given out must not be found here again.
  explicit_bzero(from, out.size());
  left_ -= out.size();
}

}  // namespace gateway::sys
