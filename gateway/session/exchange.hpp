// SPDX-License-Identifier: Apache-2.0
#pragma once

// One request from its head to the last byte of its answer. Read exchange::proceed first: one line
// per step, each gives the next stage or refuses.

#include <cstddef>
#include <optional>

#include "core/admission/answer.hpp"
#include "core/admission/stages.hpp"
#include "core/admission/upstream_head.hpp"
#include "gateway/session/body.hpp"
#include "gateway/session/client_connection.hpp"
#include "gateway/session/reservation.hpp"
#include "gateway/session/worker.hpp"

namespace gateway::session {

class exchange {
 public:
  exchange(worker& w, client_connection& client, scratch& space);

  /// Answers the request whose head is in the scratch and takes `head_size` bytes of the inbox. The
  /// inbox then begins with what follows. @return true if the connection can take another request.
  net::task<bool> run(std::size_t head_size);

  /// Answers a head that could not be read; the connection ends.
  net::task<void> refuse_head(core::base::errc reason);

 private:
  using outcome = core::base::result<void>;

  net::task<outcome> proceed(std::size_t head_size);
  net::task<outcome> forward(const core::admission::cleared* message, reservation* mark);
  net::task<outcome> send(const core::admission::cleared* message, reservation* mark,
                          upstream::connection* up, std::int64_t since_us);
  net::task<void> answer_problem(core::base::errc reason);
  void report(const outcome& result);

  [[nodiscard]] core::admission::envelope_facts facts();

  worker& worker_;
  client_connection& client_;
  scratch& scratch_;
  core::observe::record record_;
  std::int64_t started_us_;
  std::optional<core::admission::arrival> arrived_;  ///< set once the head is in order
  std::optional<core::admission::opened> sender_;    ///< set once client and body are proven
  std::optional<body_reader> body_;                  ///< set once the body's framing is known
  bool deprecated_ = false;
  bool answering_ = false;  ///< did a byte of an answer leave? Then no problem document can
  bool close_ = true;       ///< must the connection end after the answer?
};

}  // namespace gateway::session
