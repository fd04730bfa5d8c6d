// SPDX-License-Identifier: Apache-2.0
#include "core/admission/naming.hpp"

#include <string>

namespace core::admission {

namespace {

std::vector<std::string> tokens_of(const routed& r) {
  const http::fields& fields = r.head().fields;
  if (const auto* laravel = r.policy().laravel()) return laravel->tokens_in(fields);
  if (const auto* templated = r.policy().templated()) return templated->tokens_in(fields);
  return scheme::rfc9421::tokens_in(fields);
}

}  // namespace

std::vector<const keys::client*> clients_named(const routed& r) {
  if (r.policy().client != nullptr) return {r.policy().client};
  std::vector<const keys::client*> out;
  for (const std::string& token : tokens_of(r))
    if (const keys::client* one = r.rules().keys.find(token)) out.push_back(one);
  return out;
}

const keys::client* client_named(const routed& r, base::errc refused) {
  if (refused == base::errc::missing_credential) return nullptr;
  const keys::client* found = nullptr;
  for (const keys::client* one : clients_named(r)) {
    if (found != nullptr && one != found) return nullptr;
    found = one;
  }
  return found;
}

}  // namespace core::admission
