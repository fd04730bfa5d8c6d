// SPDX-License-Identifier: Apache-2.0
// Schemes: settings that must fit each other, and those that are weak.

#include <algorithm>
#include <array>
#include <set>

#include "core/base/ascii.hpp"
#include "core/config/checks.hpp"

namespace core::config {

namespace {

// Fields without which a message could not be framed or routed, or that mean something else.
constexpr std::array<std::string_view, 7> taken{
    "host", "content-length", "content-type", "transfer-encoding", "connection", "expect", "date"};

void check_laravel(const reviewed& f, const laravel_preset& p, const spot& at) {
  if (p.scheme.construction == scheme::laravel_construction::a3 && !p.allow_weak) {
    f.problems.error(at.key("construction"),
                     "A3 is a plain hash: one message is enough to guess a weak secret offline; "
                     "if clients can't do A1, say allow_weak: true");
  } else if (p.scheme.construction == scheme::laravel_construction::a3) {
    f.problems.warn(at.key("construction"),
                    "A3 is a plain hash: one message is enough to guess a weak secret offline");
  }
  const std::array<std::pair<std::string_view, const std::string*>, 4> fields{
      {{"timestamp", &p.scheme.timestamp_field},
       {"version", &p.scheme.version_field},
       {"token", &p.scheme.token_field},
       {"signature", &p.scheme.signature_field}}};
  std::set<std::string> seen;
  for (const auto& [key, name] : fields) {
    const std::string lower = base::lower(*name);
    if (std::ranges::find(taken, lower) != taken.end()) {
      f.problems.error(at.key("headers").key(key),
                       quoted(*name) + " has a meaning of its own in HTTP");
    }
    if (!seen.insert(lower).second) {
      f.problems.error(at.key("headers").key(key),
                       quoted(*name) + " is the name of another of the four fields as well");
    }
  }
}

}  // namespace

void check_schemes(const reviewed& f) {
  const node* own = f.root.find("schemes");
  for (std::size_t i = 0; own && i < own->entries.size(); ++i) {
    const scheme_settings& s = f.d.schemes[i];
    const spot at = f.scheme(i);
    if (s.name == "none")
      f.problems.error(at,
                       "none is not a name to give: on a route it says that there is no scheme");
    if (const auto* p = std::get_if<laravel_preset>(&s.what)) check_laravel(f, *p, at);
  }
}

}  // namespace core::config
