// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a route that observes lets pass although nobody proved it. A type of its own beside the
// stages: made of a request and of what it would be refused for, and of nothing else.

#include <optional>

#include "core/admission/stages.hpp"

namespace core::admission {

/// A request on a route that observes: it passes as it came, without an identity.
class observed : public routed {
 public:
  /// What it would be refused for.
  [[nodiscard]] base::errc reason() const { return reason_; }

 private:
  friend std::optional<observed> observe(const routed&, base::errc);
  observed(const routed& r, base::errc reason) : routed(r), reason_(reason) {}

  base::errc reason_;
};

/// Nothing unless the route says `mode: observe` and such a route waives the reason. Nor where the
/// message, or else the route, names a client that is `mode: enforce`: named, and not proven, for
/// what proves itself needs no waiver. Who names another one, or none, gets as far as anybody.
std::optional<observed> observe(const routed& r, base::errc reason);

}  // namespace core::admission
