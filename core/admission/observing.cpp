// SPDX-License-Identifier: Apache-2.0
#include "core/admission/observing.hpp"

#include <algorithm>

#include "core/admission/naming.hpp"
#include "core/admission/refusal.hpp"

namespace core::admission {

namespace {

/// Read once more, and whatever else is wrong: a client that is enforced is so as well when the
/// rest of its credential is in no order.
bool names_an_enforced_client(const routed& r) {
  return std::ranges::any_of(clients_named(r), [&r](const keys::client* c) {
    return r.rules().model.clients[c->index - 1].enforced;
  });
}

bool takes_method(const config::route& route, std::string_view method) {
  return route.methods.empty() || std::ranges::find(route.methods, method) != route.methods.end();
}

}  // namespace

std::optional<observed> observe(const routed& r, base::errc reason) {
  const config::route& route = r.policy().settings;
  if (route.mode != config::mode::observe || !is_waivable(reason)) return std::nullopt;
  // Whose version no route takes was not asked for its method.
  if (!takes_method(route, r.head().method)) return std::nullopt;
  if (names_an_enforced_client(r)) return std::nullopt;
  return observed(r, reason);
}

}  // namespace core::admission
