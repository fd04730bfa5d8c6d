// SPDX-License-Identifier: Apache-2.0
#include "core/admission/observing.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "core/admission/refusal.hpp"

namespace core::admission {

namespace {

std::vector<std::string> tokens_of(const routed& r) {
  const http::fields& fields = r.head().fields;
  if (const auto* laravel = r.policy().laravel()) return laravel->tokens_in(fields);
  if (const auto* templated = r.policy().templated()) return templated->tokens_in(fields);
  return scheme::rfc9421::tokens_in(fields);
}

/// Read once more, and whatever else is wrong: a client that is enforced is so as well when the
/// rest of its credential is in no order.
bool names_an_enforced_client(const routed& r) {
  const auto is_enforced = [&r](const keys::client* c) {
    return c != nullptr && r.rules().model.clients[c->index - 1].enforced;
  };
  if (r.policy().client != nullptr) return is_enforced(r.policy().client);
  return std::ranges::any_of(tokens_of(r), [&](const std::string& token) {
    return is_enforced(r.rules().keys.find(token));
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
