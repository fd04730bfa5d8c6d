// SPDX-License-Identifier: Apache-2.0
#pragma once

// What one worker's exchanges turn into: counters, a line in the access log and seldom one in the
// audit log, all from the one record.

#include "gateway/app/handshake_log.hpp"
#include "gateway/log/access_log.hpp"
#include "gateway/log/audit_log.hpp"
#include "gateway/metrics/shard.hpp"
#include "gateway/session/worker.hpp"
#include "gateway/sys/clock.hpp"

namespace gateway::app {

class reporter final : public session::observer {
 public:
  reporter(metrics::shard& counters, log::access_log::worker_sink& lines)
      : counters_(counters), lines_(lines) {}

  /// From now on what an auditor asks for goes there as well. `worker` is whose exchanges these
  /// are.
  void audit_to(log::audit_log& audits, unsigned worker) {
    audits_ = &audits;
    worker_ = worker;
  }

  /// From now on TLS handshakes that fail are told there.
  void tell_of_handshakes(handshake_log& to) { handshakes_ = &to; }

  void report(const core::observe::record& r, const session::generation& by) override;
  void client_proven(const core::observe::record& r, const session::generation& by) override {
    counters_.count_proof(r, *by.places);
  }
  void connection_opened() override { counters_.connection_opened(); }
  void connection_closed() override { counters_.connection_closed(); }
  void request_started() override { counters_.request_began(); }
  void request_ended() override { counters_.request_ended(); }
  void accept_failed() override { counters_.accept_failed(); }
  void connection_refused() override { counters_.connection_refused(); }
  void handshake_done(const core::observe::handshake& how) override {
    counters_.handshake_done(how);
  }
  void handshake_failed(const net::handshake_problem& why, std::string_view peer) override {
    counters_.handshake_failed(why.reason);
    if (handshakes_ != nullptr) handshakes_->failed(why, peer, sys::steady_us());
  }

 private:
  metrics::shard& counters_;
  log::access_log::worker_sink& lines_;
  handshake_log* handshakes_ = nullptr;  // null: nobody hears of them
  log::audit_log* audits_ = nullptr;     // null: there is none
  unsigned worker_ = 0;
};

}  // namespace gateway::app
