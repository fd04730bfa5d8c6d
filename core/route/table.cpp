// SPDX-License-Identifier: Apache-2.0
#include "core/route/table.hpp"

#include <algorithm>
#include <array>

#include "core/base/ascii.hpp"
#include "core/http/framing.hpp"
#include "core/http/host.hpp"
#include "core/http/target.hpp"

namespace core::route {

namespace {

/// As http::host_name leaves it: an IPv6 address has brackets there.
std::string host_key(std::string_view host) {
  std::string key = base::lower(host);
  if (key.find(':') != std::string::npos && !key.starts_with('[')) key = "[" + key + "]";
  if (key.ends_with('.')) key.pop_back();
  return key;
}

bool takes_method(const rule& r, std::string_view method) {
  return r.methods.empty() || std::ranges::find(r.methods, method) != r.methods.end();
}

/// May a prefix of this size end here?
bool on_border(std::string_view path, std::size_t size) {
  return size == path.size() || path[size] == '/' || path[size - 1] == '/';
}

/// How services may see a path that is not as plain as it could be.
using view = std::string (*)(std::string_view);
constexpr std::array<view, 3> views{
    [](std::string_view path) { return http::decoded(path); },
    [](std::string_view path) { return http::without_parameters(path); },
    [](std::string_view path) { return http::without_parameters(http::decoded(path)); }};

bool is_plain(std::string_view path) {
  return path.find('%') == path.npos && path.find(';') == path.npos;
}

}  // namespace

table::table(std::vector<rule> rules) : table(std::move(rules), as_they_stand{}) {
  const auto is_plain_rule = [](const rule& r) { return is_plain(r.path); };
  if (std::ranges::all_of(rules_, is_plain_rule)) return;
  for (const view see : views) {
    std::vector<rule> seen = rules_;
    for (rule& r : seen) r.path = see(r.path);
    seen_otherwise_.push_back(table(std::move(seen), as_they_stand{}));
  }
}

table::table(std::vector<rule> rules, as_they_stand) : rules_(std::move(rules)) {
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    const rule& r = rules_[i];
    paths& index = r.host.empty() ? any_host_ : hosts_[host_key(r.host)];
    (r.exact ? index.exact : index.prefixes)[r.path].push_back(i);
    if (!r.exact && !r.path.empty()) index.prefix_sizes.push_back(r.path.size());
  }
  const auto sort_sizes = [](std::vector<std::size_t>& sizes) {
    std::ranges::sort(sizes, std::greater<>{});
    sizes.erase(std::ranges::unique(sizes).begin(), sizes.end());
  };
  for (auto& [host, index] : hosts_) sort_sizes(index.prefix_sizes);
  sort_sizes(any_host_.prefix_sizes);
}

const std::vector<std::size_t>* table::paths::match(std::string_view path) const {
  if (!exact.empty())
    if (const auto found = exact.find(path); found != exact.end()) return &found->second;
  // Only sizes that configuration holds are hashed, so a path of a thousand segments costs no more
  // than a short one.
  for (const std::size_t size : prefix_sizes) {
    if (size > path.size() || !on_border(path, size)) continue;
    if (const auto found = prefixes.find(path.substr(0, size)); found != prefixes.end())
      return &found->second;
  }
  return nullptr;
}

const std::vector<std::size_t>* table::match(std::string_view host, std::string_view path) const {
  std::array<char, 256> lowered;
  const std::string_view name = http::host_name(host);
  if (!hosts_.empty() && name.size() <= lowered.size()) {  // a longer one is no host
    std::ranges::transform(name, lowered.begin(), base::to_lower);
    if (const auto found = hosts_.find(std::string_view(lowered.data(), name.size()));
        found != hosts_.end())
      if (const auto* best = found->second.match(path)) return best;
  }
  return any_host_.match(path);
}

bool table::reads_one_way(std::string_view host, std::string_view path,
                          const std::vector<std::size_t>& candidates) const {
  if (is_plain(path)) return true;
  for (std::size_t i = 0; i < views.size(); ++i) {
    const table& seen = seen_otherwise_.empty() ? *this : seen_otherwise_[i];
    const auto* found = seen.match(host, views[i](path));
    if (found == nullptr || *found != candidates) return false;
  }
  return true;
}

base::result<std::size_t> table::pick(const std::vector<std::size_t>& candidates,
                                      std::string_view version, std::string_view method) const {
  bool version_taken = false;
  for (const bool versioned : {true, false}) {
    for (const std::size_t i : candidates) {
      const rule& r = rules_[i];
      if (r.client_version.has_value() != versioned) continue;
      if (versioned && (version.empty() || !r.client_version->contains(version))) continue;
      if (takes_method(r, method)) return i;
      version_taken = true;
    }
  }
  return version_taken ? base::errc::method_not_allowed : base::errc::version_rejected;
}

std::size_t table::nearest(const std::vector<std::size_t>& candidates,
                           std::string_view method) const {
  const auto found = std::ranges::find_if(
      candidates, [&](std::size_t i) { return takes_method(rules_[i], method); });
  return found == candidates.end() ? candidates.front() : *found;
}

std::string table::allow(const std::vector<std::size_t>& candidates) const {
  std::vector<std::string_view> methods;
  const auto add = [&methods](std::string_view method) {
    if (std::ranges::find(methods, method) == methods.end()) methods.push_back(method);
  };
  for (const std::size_t i : candidates) {
    for (const std::string& method : rules_[i].methods) add(method);
    if (rules_[i].methods.empty()) std::ranges::for_each(http::known_methods, add);
  }
  std::string text;
  for (const std::string_view method : methods) {
    if (!text.empty()) text += ", ";
    text += method;
  }
  return text;
}

}  // namespace core::route
