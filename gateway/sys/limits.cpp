// SPDX-License-Identifier: Apache-2.0
#include "gateway/sys/limits.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>

namespace gateway::sys {

std::uint64_t raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  const rlimit raised{limit.rlim_max, limit.rlim_max};
  if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) return raised.rlim_cur;
  return limit.rlim_cur;
}

void keep_memory_private() {
  // The limit alone doesn't bind a program that the kernel pipes core dumps to (core(5)).
  const rlimit none{};
  ::setrlimit(RLIMIT_CORE, &none);
  ::prctl(PR_SET_DUMPABLE, 0UL, 0UL, 0UL, 0UL);
}

}  // namespace gateway::sys
