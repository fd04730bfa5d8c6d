// SPDX-License-Identifier: Apache-2.0
#pragma once

// A cleared message on its way upstream: its place among those that the service has at once, an
// endpoint, another one where that is safe, and the answer to the client. It decides nothing about
// who may send what.

#include <cstdint>

#include "core/admission/answer.hpp"
#include "core/admission/upstream_head.hpp"
#include "core/observe/record.hpp"
#include "core/upstream/retry.hpp"
#include "gateway/session/client_connection.hpp"
#include "gateway/session/relay.hpp"
#include "gateway/session/reservation.hpp"
#include "gateway/session/worker.hpp"
#include "gateway/sys/clock.hpp"

namespace gateway::session {

class forwarding {
 public:
  using outcome = core::base::result<void>;

  /// Writes down in `record` how it went. What is referred to outlives it. `used`: of the inbox, by
  /// this request and those before it.
  forwarding(worker& w, client_connection& client, scratch& space, const hold& held,
             core::observe::record& record, const sys::two_clocks& started, std::size_t used)
      : worker_(w),
        client_(client),
        scratch_(space),
        held_(held),
        record_(record),
        started_(started),
        used_(used) {}

  /// `mark` is null for what leaves none. @return upstream_busy, upstream_queue_timeout,
  /// upstream_down, upstream_unreachable, or as relay::run().
  net::task<outcome> run(const core::admission::cleared* message, reservation* mark,
                         core::admission::envelope_facts facts);

  /// Did a byte of an answer leave?
  [[nodiscard]] bool answering() const { return answering_; }
  [[nodiscard]] bool client_must_close() const { return close_; }

 private:
  net::task<outcome> send(const core::admission::cleared* message, reservation* mark,
                          upstream::connection* up, std::int64_t since_us,
                          const core::admission::envelope_facts* facts);
  core::upstream::retry after_failure(const core::admission::cleared& message,
                                      const core::config::upstream& service);
  void note_outcome(upstream::member& service, const relay& reply, const upstream::connection& up,
                    const outcome& answered);

  worker& worker_;
  client_connection& client_;
  scratch& scratch_;
  const hold& held_;
  core::observe::record& record_;
  const sys::two_clocks& started_;
  const std::size_t used_;
  core::upstream::attempt_facts attempt_;  ///< of the last time it was sent
  bool answering_ = false;
  bool close_ = false;  ///< must the client's connection end after the answer?
};

}  // namespace gateway::session
