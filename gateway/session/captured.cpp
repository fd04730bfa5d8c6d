// SPDX-License-Identifier: Apache-2.0
#include "gateway/session/captured.hpp"

#include "core/admission/refusal.hpp"
#include "core/observe/captured.hpp"

namespace gateway::session {

void keep_refused(log::capture& captures, const core::observe::record& r,
                  const refused_request& request) {
  using core::observe::captured_body;
  if (!core::admission::blames_client(request.reason)) return;
  if (!captures.takes(core::base::unix_seconds(r.at))) return;
  core::observe::captured one;
  one.at = r.at;
  one.reason = request.reason;
  one.head = request.head;
  if (request.reader != nullptr) {
    if (request.reader->size() > log::capture::most_bytes) return captures.lose();
    one.chunked = request.chunked;
    one.body = request.body;
    if (request.reader->complete())
      one.how = captured_body::whole;
    else if (!one.body.empty())
      one.how = captured_body::part;
  }
  captures.put(r.request_id_text(), one);
}

}  // namespace gateway::session
