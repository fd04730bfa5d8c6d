// SPDX-License-Identifier: Apache-2.0
#pragma once

// Whether an endpoint is up, as probes tell. It sends none and waits for nothing.

#include <chrono>
#include <cstdint>

namespace core::upstream {

/// So many probes in a row that say the other thing change an endpoint's health.
struct health_rule {
  std::uint32_t rise = 1;  ///< good ones, of one that is down; at least 1
  std::uint32_t fall = 1;  ///< failed ones, of one that is up; at least 1
};

class health {
 public:
  /// What a probe changes.
  enum class change {
    none,
    went_down,  ///< it gets no new requests
    came_up,    ///< it gets requests again
  };

  change resume(bool good, const health_rule& by);

  /// Up until probes have said otherwise: a gateway that has just begun serves at once.
  [[nodiscard]] bool up() const { return up_; }

 private:
  bool up_ = true;
  std::uint32_t against_ = 0;  ///< how many in a row said the other thing?
};

/// Is it one that a probe may get?
constexpr bool is_good(unsigned status) { return status >= 200 && status < 400; }

/// How long until the next probe: `interval`, a tenth more or less as `random` says, so that many
/// gateways don't ask all at once.
std::chrono::milliseconds until_next(std::chrono::milliseconds interval, std::uint32_t random);

}  // namespace core::upstream
