// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which addresses are not listened to, as a configuration says it. A trusted proxy's own is never
// among them: whoever is behind it would be too.

#include <cstdint>
#include <memory>
#include <string_view>

#include "core/admission/refusal.hpp"
#include "core/base/errc.hpp"
#include "core/config/model.hpp"
#include "core/http/forwarded.hpp"
#include "gateway/limit/address_failures.hpp"

namespace gateway::limit {

class address_limits {
 public:
  /// None is limited.
  address_limits() = default;
  /// `before`, if there is one, is what held until now: where `failures` and `per` are the same,
  /// what was counted counts on.
  explicit address_limits(const core::config::model& m, const address_limits* before = nullptr);

  /// Whole seconds for which what comes from there is refused; 0: it is listened to. `now` in
  /// nanoseconds of the steady clock, as below. No address has no limit.
  [[nodiscard]] unsigned wait(std::string_view address, std::int64_t now) const {
    return failures_ ? look(address, now) : 0;
  }
  /// Something that came from there was, which counts if it is a failure.
  void refused(std::string_view address, core::base::errc reason, std::int64_t now) const {
    if (failures_ && core::admission::is_failure(reason)) count(address, now);
  }

 private:
  [[nodiscard]] unsigned look(std::string_view address, std::int64_t now) const;
  void count(std::string_view address, std::int64_t now) const;

  std::shared_ptr<address_failures> failures_;  // null: there is no limit
  core::http::trusted_peers trusted_;
};

}  // namespace gateway::limit
