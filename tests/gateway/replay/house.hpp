// SPDX-License-Identifier: Apache-2.0
#pragma once

// Marks, stores and state files that the tests of this room begin with.

#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <csignal>
#include <cstdint>
#include <fstream>
#include <ostream>
#include <string>

#include "core/replay/mark.hpp"
#include "gateway/replay/store.hpp"
#include "tests/gateway/log/folder.hpp"

namespace core::replay {

inline std::ostream& boost_test_print_type(std::ostream& out, verdict v) {
  switch (v) {
    case verdict::fresh: return out << "fresh";
    case verdict::seen: return out << "seen";
    case verdict::full: return out << "full";
    case verdict::unavailable: return out << "unavailable";
  }
  return out;
}

}  // namespace core::replay

namespace tests {

namespace rep = gateway::replay;
using core::replay::mark;
using core::replay::verdict;

inline constexpr std::int64_t t0 = 1'700'000'000;
inline constexpr std::int64_t window = 300;
inline constexpr std::int64_t future = 60;

/// What a client said at `stamp`.
inline mark said(int what, std::int64_t stamp = t0, const std::string& client = "billing") {
  return mark::make(client, "laravel-payload", {std::to_string(what)}, stamp + window);
}

inline rep::store_settings settings(std::uint64_t capacity, const std::string& file = {},
                                    std::int64_t retention = 1000) {
  return {capacity, retention, file, window, future, false};
}

/// Runs `work` in a process of its own, which is then killed as by kill -9: no destructor runs.
template <class Work>
void killed_after(Work work) {
  const pid_t child = ::fork();
  BOOST_REQUIRE(child >= 0);
  if (child == 0) {
    if (!work()) ::_exit(1);
    ::kill(::getpid(), SIGKILL);
  }
  int status = 0;
  BOOST_REQUIRE_EQUAL(::waitpid(child, &status, 0), child);
  BOOST_REQUIRE(WIFSIGNALED(status));
  BOOST_REQUIRE_EQUAL(WTERMSIG(status), SIGKILL);
}

/// Every allocation on the disk fails while one of these lives (disk.cpp).
class full_disk {
 public:
  full_disk();
  ~full_disk();
  full_disk(const full_disk&) = delete;
  full_disk& operator=(const full_disk&) = delete;
};

inline std::string bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline void write_bytes(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

}  // namespace tests
