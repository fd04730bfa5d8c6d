// SPDX-License-Identifier: Apache-2.0
// What the server does about endpoints that come and go.

#include <algorithm>
#include <utility>

#include "gateway/app/names.hpp"
#include "gateway/app/server.hpp"
#include "gateway/net/loop.hpp"
#include "gateway/net/resolve.hpp"
#include "gateway/sys/clock.hpp"

namespace gateway::app {

// On any thread; written by the steward, because whoever has it to say may not wait.
void server::say(upstream::news what) {
  net::post(steward_, [this, what = std::move(what)] {
    if (what.good)
      log_.info("{}", what.text);
    else
      log_.warning("{}", what.text);
  });
}

void server::watch_endpoints() {
  const auto& groups = state_.generation->groups;
  const bool wanted =
      std::ranges::any_of(groups, [](const auto& g) { return g.settings.health.has_value(); });
  if (!wanted && !prober_) return;
  if (!prober_)
    prober_ = std::make_unique<upstream::prober>([this](upstream::news n) { say(std::move(n)); });
  prober_->take_up(groups);
}

void server::follow_names() {
  std::vector<upstream::resolver::task> names = names_of(model());
  if (names.empty() && !resolver_) return;
  if (!resolver_) {
    resolver_ = std::make_unique<upstream::resolver>(
        [this](upstream::looked_up found) {
          net::post(steward_, [this, found = std::move(found)] { hear(found); });
        },
        net::resolve_all);
  }
  resolver_->take_up(std::move(names));
}

void server::hear(const upstream::looked_up& found) {
  if (phase_ == phase::draining) return;
  const std::string name = authority_of(found.name);
  if (!found.problem.empty()) {
    if (lost_names_.insert(name).second)
      log_.warning("{}; what it led to before is still used", found.problem);
    return;
  }
  if (lost_names_.erase(name) != 0) log_.info("the host {} is found again", found.name.host);
  const auto next = follow(*state_.generation, found, state_.heritage.shared);
  if (!next) return;
  next->places = counters_->take_up(describe(model(), next->groups, sys::now()));
  state_.heritage.share(next->groups);
  for (const std::string& text : crowded(next->groups, state_.generation->groups))
    log_.warning("{}", text);
  for (auto& w : workers_) w->take_up(next, {}, {});
  state_.generation = next;
  watch_endpoints();
  std::string all;
  for (const net::socket_address& one : found.addresses) all += ' ' + net::format_address(one);
  log_.info("{} leads to{}", name, all);
}

}  // namespace gateway::app
