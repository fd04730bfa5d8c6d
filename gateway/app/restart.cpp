// SPDX-License-Identifier: Apache-2.0
#include "gateway/app/restart.hpp"

#include <tuple>

namespace gateway::app {

namespace {

using core::config::model;

auto values(const core::config::access_log& a) {
  return std::tie(a.path, a.format, a.fields, a.sample);
}
auto values(const core::config::audit_log& a) { return std::tie(a.path); }
auto values(const core::config::capture& c) { return std::tie(c.path, c.requests, c.until); }

template <class Section>
bool same(const std::optional<Section>& a, const std::optional<Section>& b) {
  return a && b ? values(*a) == values(*b) : a.has_value() == b.has_value();
}

bool same_address(const std::optional<core::config::admin>& a,
                  const std::optional<core::config::admin>& b) {
  using core::config::address;
  return a && b ? static_cast<const address&>(*a) == static_cast<const address&>(*b)
                : a.has_value() == b.has_value();
}

}  // namespace

std::vector<std::string> keep_what_needs_a_restart(const model& in_force, model& wanted) {
  std::vector<std::string> keys;
  const auto keep = [&keys](const char* key, bool same_value, const auto& old, auto& other) {
    if (same_value) return;
    keys.emplace_back(key);
    other = old;
  };
  const auto keep_value = [&keep](const char* key, const auto& old, auto& other) {
    keep(key, old == other, old, other);
  };
  // Its token may change, and does even if its address can't: a token that was taken out of the
  // file is good for nothing any more.
  if (!same_address(in_force.admin, wanted.admin)) {
    keys.emplace_back("admin");
    core::config::admin kept = in_force.admin ? *in_force.admin : core::config::admin{};
    if (wanted.admin) kept.token = wanted.admin->token;
    wanted.admin.reset();
    if (in_force.admin) wanted.admin = std::move(kept);
  }
  keep_value("workers", in_force.workers, wanted.workers);
  keep("access_log", values(in_force.access_log) == values(wanted.access_log), in_force.access_log,
       wanted.access_log);
  keep("audit_log", same(in_force.audit_log, wanted.audit_log), in_force.audit_log,
       wanted.audit_log);
  keep("capture", same(in_force.capture, wanted.capture), in_force.capture, wanted.capture);
  keep_value("replay.retention", in_force.replay.retention, wanted.replay.retention);
  keep_value("replay.capacity", in_force.replay.capacity, wanted.replay.capacity);
  keep_value("replay.state", in_force.replay.state, wanted.replay.state);
  return keys;
}

}  // namespace gateway::app
