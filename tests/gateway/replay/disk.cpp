// SPDX-License-Identifier: Apache-2.0
// The C library's function, so that a test can say when the disk is full.
#include <dlfcn.h>
#include <fcntl.h>

#include <atomic>
#include <cerrno>

#include "tests/gateway/replay/house.hpp"

namespace {
std::atomic<int> full{0};
}

extern "C" int posix_fallocate(int descriptor, off_t from, off_t bytes) {
  using function = int (*)(int, off_t, off_t);
  static const auto real =
      reinterpret_cast<function>(::dlsym(RTLD_NEXT, "posix_fallocate"));  // NOLINT
  return full.load() != 0 ? ENOSPC : real(descriptor, from, bytes);
}

namespace tests {

full_disk::full_disk() { ++full; }
full_disk::~full_disk() { --full; }

}  // namespace tests
