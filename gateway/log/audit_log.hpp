// SPDX-License-Identifier: Apache-2.0
#pragma once

// The audit log: lines about the gateway from its steward, and about refused messages from its
// workers. How they get to the file, and what happens if they can't, is as for the access log.

#include "core/observe/audit.hpp"
#include "gateway/log/lines.hpp"

namespace gateway::log {

class audit_log : public lines {
 public:
  audit_log(const std::string& path, unsigned workers)
      : lines(path, workers + 1), steward_(workers) {}

  /// By the steward alone.
  void gateway(core::observe::audit_event event, core::base::instant at,
               const core::observe::audit_facts& known = {});
  /// By that worker alone: a line if an auditor asks for what was refused like this.
  void refused(unsigned worker, const core::observe::record& r, const core::observe::names& n);

 private:
  unsigned steward_;  // the place of its buffer
};

}  // namespace gateway::log
