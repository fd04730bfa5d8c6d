// SPDX-License-Identifier: Apache-2.0
#include "gateway/log/audit_log.hpp"

namespace gateway::log {

using core::observe::append_audit_line;

void audit_log::gateway(core::observe::audit_event event, core::base::instant at,
                        const core::observe::audit_facts& known) {
  of(steward_).append([&](std::string& out) { append_audit_line(out, event, at, known); });
}

void audit_log::refused(unsigned worker, const core::observe::record& r,
                        const core::observe::names& n) {
  if (!r.refused && !r.observed) return;
  if (const auto event = core::observe::audited(r.observed ? *r.observed : *r.refused))
    of(worker).append([&](std::string& out) { append_audit_line(out, *event, r, n); });
}

}  // namespace gateway::log
