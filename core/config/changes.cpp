// SPDX-License-Identifier: Apache-2.0
#include "core/config/changes.hpp"

#include <optional>
#include <string_view>
#include <unordered_map>

#include "core/crypto/digest.hpp"

namespace core::config {

namespace {

using observe::audit_event;

bool same(const base::secret& a, const base::secret& b) {
  return crypto::equal(a.reveal(), b.reveal());
}

bool same(const std::optional<base::secret>& a, const std::optional<base::secret>& b) {
  return a && b ? same(*a, *b) : !a && !b;
}

bool same(const secret_generation& a, const secret_generation& b) {
  return a.from == b.from && a.until == b.until && same(a.value, b.value);
}

const secret_generation* find(const client& in, std::string_view id) {
  for (const secret_generation& g : in.secrets)
    if (g.id == id) return &g;
  return nullptr;
}

class comparison {
 public:
  std::vector<client_change> found;

  void compare(const client& before, const client& after) {
    if (before.enabled != after.enabled)
      add(after.enabled ? audit_event::client_on : audit_event::client_off, after);
    if (before.token != after.token) add(audit_event::token_changed, after);
    for (const secret_generation& g : before.secrets)
      if (find(after, g.id) == nullptr) add(audit_event::secret_removed, after, g.id);
    for (const secret_generation& g : after.secrets) {
      const secret_generation* was = find(before, g.id);
      if (was == nullptr)
        add(audit_event::secret_added, after, g.id);
      else if (!same(*was, g))
        add(audit_event::secret_changed, after, g.id);
    }
    if (!same(before.signing_secret, after.signing_secret))
      add(audit_event::secret_changed, after, "signing_secret");
    if (!same(before.encryption_key, after.encryption_key))
      add(audit_event::secret_changed, after, "encryption_key");
    if (before.public_key != after.public_key)
      add(audit_event::secret_changed, after, "public_key");
  }
  void add(audit_event what, const client& whose, std::string_view secret = {}) {
    found.push_back({what, whose.id, std::string(secret)});
  }
};

}  // namespace

std::vector<client_change> client_changes(const model& before, const model& after) {
  std::unordered_map<std::string_view, const client*> gone;
  for (const client& c : before.clients) gone.emplace(c.id, &c);
  comparison all;
  for (const client& c : after.clients) {
    const auto was = gone.extract(c.id);
    if (was)
      all.compare(*was.mapped(), c);
    else
      all.add(audit_event::client_added, c);
  }
  for (const client& c : before.clients)
    if (gone.contains(c.id)) all.add(audit_event::client_removed, c);
  return std::move(all.found);
}

}  // namespace core::config
