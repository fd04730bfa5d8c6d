// SPDX-License-Identifier: Apache-2.0
#include "gateway/metrics/versions.hpp"

#include <algorithm>
#include <map>

#include "gateway/metrics/catalog.hpp"

namespace gateway::metrics {

void versions::entry::rename(std::string_view version) {
  version.copy(text.data(), text.size());
  size = static_cast<std::uint8_t>(version.size());
}

void versions::entry::count(std::int64_t now_us) {
  requests.add();
  last_seen_us.store(now_us, std::memory_order_relaxed);
}

versions::entry* versions::find(std::string_view version) {
  const auto found =
      std::ranges::find_if(entries_, [version](const auto& e) { return e->name() == version; });
  return found == entries_.end() ? nullptr : found->get();
}

versions::entry& versions::least_recent() {
  return **std::ranges::min_element(
      entries_, {}, [](const auto& e) { return e->last_seen_us.load(std::memory_order_relaxed); });
}

void versions::count(std::string_view version, std::int64_t now_us) {
  // A client may well call itself "other"; two series of one name would be a broken exposition.
  if (version.size() > longest || version == others) return other_.count(now_us);
  if (entry* known = find(version)) return known->count(now_us);

  const std::lock_guard lock(names_);
  if (entries_.size() < most) {
    auto& made = entries_.emplace_back(std::make_unique<entry>());
    made->rename(version);
    return made->count(now_us);
  }
  entry& oldest = least_recent();
  other_.requests.add(oldest.requests.value());
  other_.last_seen_us.store(std::max(other_.last_seen_us.load(), oldest.last_seen_us.load()));
  oldest.requests.reset();
  oldest.rename(version);
  oldest.count(now_us);
}

std::vector<version_figures> versions::look() const {
  std::vector<version_figures> out;
  const std::lock_guard lock(names_);
  const auto add = [&out](std::string_view name, const entry& e) {
    out.push_back(
        {std::string(name), e.requests.value(), e.last_seen_us.load(std::memory_order_relaxed)});
  };
  for (const auto& e : entries_) add(e->name(), *e);
  if (other_.requests.value() > 0) add(others, other_);
  return out;
}

std::vector<version_figures> merge(std::vector<version_figures> all) {
  std::map<std::string, version_figures> joined;
  for (auto& one : all) {
    auto& sum = joined[one.version];
    sum.version = one.version;
    sum.requests += one.requests;
    sum.last_seen_us = std::max(sum.last_seen_us, one.last_seen_us);
  }
  version_figures rest{others};
  if (const auto found = joined.find(others); found != joined.end()) {
    rest = found->second;
    joined.erase(found);
  }
  std::vector<version_figures> out;
  for (auto& [name, figures] : joined) out.push_back(std::move(figures));
  std::ranges::stable_sort(out, std::ranges::greater{}, &version_figures::last_seen_us);
  for (; out.size() > versions::most; out.pop_back()) {
    rest.requests += out.back().requests;
    rest.last_seen_us = std::max(rest.last_seen_us, out.back().last_seen_us);
  }
  if (rest.requests > 0) out.push_back(std::move(rest));
  return out;
}

}  // namespace gateway::metrics
