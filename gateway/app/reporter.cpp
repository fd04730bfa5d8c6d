// SPDX-License-Identifier: Apache-2.0
#include "gateway/app/reporter.hpp"

namespace gateway::app {

void reporter::report(const core::observe::record& r, const session::generation& by) {
  using core::observe::record;
  counters_.count(r, *by.places);
  core::observe::names n;
  if (r.route != record::no_index) n.route = by.rules->policies[r.route].settings.name;
  if (r.client != record::no_index) {
    const core::keys::client& c = by.rules->keys.all()[r.client];
    n.client = c.id;
    if (r.secret >= 0) n.secret = c.generations[static_cast<std::size_t>(r.secret)].id;
  }
  if (r.upstream != record::no_index) {
    const upstream::group& g = by.groups[r.upstream];
    n.upstream = g.settings.name;
    if (r.endpoint != record::no_index) n.endpoint = g.endpoints[r.endpoint].authority;
  }
  lines_.append(r, n);
  if (audits_ != nullptr) audits_->refused(worker_, r, n);
}

}  // namespace gateway::app
