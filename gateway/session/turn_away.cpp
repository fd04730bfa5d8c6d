// SPDX-License-Identifier: Apache-2.0
#include "gateway/session/turn_away.hpp"

#include <string>

#include "core/admission/answer.hpp"
#include "core/admission/refusal.hpp"
#include "gateway/sys/clock.hpp"

namespace gateway::session {

void turn_away(worker& w, net::transport& client, std::string_view peer, core::base::errc reason) {
  core::observe::record r;
  r.at = sys::now();
  r.request_id = w.new_request_id();
  r.peer = peer;
  r.refused = reason;
  const unsigned status = core::admission::refusal_for(reason).status;
  if (!client.secured() && status != 0) {
    r.status = status;
    std::string text;
    const core::admission::envelope_facts facts{r.request_id_text(), w.date(r.at),
                                                core::base::unix_seconds(r.at), true};
    core::admission::write_problem(text, {reason}, facts, {}, w.space);
    client.write_now(text);
    client.finish_sending();
  }
  w.watch.report(r, w.current());
}

}  // namespace gateway::session
