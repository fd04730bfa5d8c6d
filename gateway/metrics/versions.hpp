// SPDX-License-Identifier: Apache-2.0
#pragma once

// The versions that one client's proven messages named, as one worker saw them: the only label that
// comes from outside, so it is bounded. The least recently seen makes room for a new one, and its
// count goes on under "other".

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/metrics/tally.hpp"

namespace gateway::metrics {

struct version_figures {
  std::string version;
  std::uint64_t requests = 0;
  std::int64_t last_seen_us = 0;  ///< since 1970
};

class versions {
 public:
  static constexpr std::size_t most = 64;
  static constexpr std::size_t longest = 32;

  /// Writer only. No lock and no allocation once the version is known.
  void count(std::string_view version, std::int64_t now_us);
  /// Any thread. "other" is there if anything was counted under it.
  [[nodiscard]] std::vector<version_figures> look() const;

 private:
  struct entry {
    std::array<char, longest> text{};
    std::uint8_t size = 0;
    tally requests;
    std::atomic<std::int64_t> last_seen_us{0};

    [[nodiscard]] std::string_view name() const { return {text.data(), size}; }
    void rename(std::string_view version);
    void count(std::int64_t now_us);
  };

  entry* find(std::string_view version);
  entry& least_recent();

  // Held by the writer when a name comes or changes, and by readers: an entry's text may be
  // exchanged under a reader otherwise.
  mutable std::mutex names_;
  std::vector<std::unique_ptr<entry>> entries_;
  entry other_;
};

/// Joins the same version of several workers and keeps the `versions::most` seen last; the rest
/// goes to "other", which comes last.
std::vector<version_figures> merge(std::vector<version_figures> all);

}  // namespace gateway::metrics
