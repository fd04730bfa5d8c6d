// SPDX-License-Identifier: Apache-2.0
#include "gateway/session/forwarding.hpp"

#include <array>
#include <span>
#include <string_view>
#include <utility>

#include "core/admission/websocket.hpp"
#include "core/http/trace.hpp"
#include "gateway/upstream/place.hpp"

namespace gateway::session {

namespace admission = core::admission;
using core::base::errc;

namespace {

/// The id by which the request is called everywhere else, if a trace can be called so.
std::span<const char, 32> trace_id(const core::observe::record& r) {
  const std::string_view given = r.given_request_id;
  if (given.empty() || !core::http::is_trace_id(given)) return r.request_id;
  return std::span<const char, 32>(given);
}

}  // namespace

net::task<forwarding::outcome> forwarding::run(const admission::cleared* message, reservation* mark,
                                               admission::envelope_facts facts) {
  const auto group = static_cast<std::uint32_t>(message->request().policy().settings.upstream);
  record_.upstream = group;
  // Taken after the mark: whoever repeats a message must not stand in the line. Held until all of
  // the answer is with the client.
  upstream::member& service = held_.upstream(group);
  upstream::place place(*service.settings->places);
  const std::int64_t since_us = sys::steady_us();
  if (!place.take_now()) {
    // Nobody waits for a service that gets no requests.
    if (!upstream::pool::takes(service)) co_return errc::upstream_down;
    const auto granted = co_await place.wait({worker_.context, worker_.deadlines, client_.stream,
                                              service.settings->settings.connect_timeout});
    if (!granted) {
      record_.upstream_us = sys::steady_us() - since_us;
      co_return granted;
    }
  }
  upstream::endpoint_set tried;
  outcome last = errc::upstream_down;
  for (bool again = false;;) {
    // Whose place became free because of that is not sent any more.
    if (worker_.ending) co_return errc::draining;
    upstream::connection up = co_await worker_.upstreams.acquire(service, tried);
    record_.elsewhere += up.refused;
    if (!up.stream && again) {
      // There is no other endpoint: the one that failed may do better this time.
      tried.reset();
      up = co_await worker_.upstreams.acquire(service, tried);
      record_.elsewhere += up.refused;
    }
    if (!up.stream) {
      record_.upstream_us = sys::steady_us() - since_us;
      if (last.error() == errc::upstream_down && up.refused != 0)
        co_return errc::upstream_unreachable;
      co_return last;
    }
    record_.endpoint = up.endpoint;
    attempt_.how = core::upstream::attempt::answered;
    attempt_.reused = up.reused;
    last = co_await send(message, mark, &up, since_us, &facts);
    if (last) co_return last;
    switch (after_failure(*message, service.settings->settings)) {
      case core::upstream::retry::no: co_return last;
      case core::upstream::retry::anywhere: tried.reset(record_.endpoint); break;
      case core::upstream::retry::elsewhere: ++record_.elsewhere; break;
      case core::upstream::retry::again:
        again = true;
        ++record_.retries;
        scratch_.response.status = 0;
        break;
    }
  }
}

core::upstream::retry forwarding::after_failure(const admission::cleared& message,
                                                const core::config::upstream& service) {
  attempt_.answering = answering_;
  attempt_.allowed =
      message.request().policy().settings.retry == core::config::retry_rule::idempotent;
  attempt_.method = scratch_.request.method;
  attempt_.used = record_.retries;
  attempt_.most = service.retries;
  return core::upstream::decide(attempt_);
}

net::task<forwarding::outcome> forwarding::send(const admission::cleared* message,
                                                reservation* mark, upstream::connection* up,
                                                std::int64_t since_us,
                                                const admission::envelope_facts* facts) {
  using core::upstream::attempt;
  upstream::member& service = held_.upstream(record_.upstream);
  const upstream::group& group = *service.settings;
  const admission::routed& request = message->request();
  const core::config::limits& limits = held_.by().limits();
  const std::chrono::milliseconds patience =
      request.policy().settings.response_timeout.value_or(group.settings.response_timeout);
  const auto trace = worker_.new_trace_parent(trace_id(record_));
  const auto websocket_key = admission::websocket_key(request);
  const inbox& in = client_.in;
  const bool preserve = group.settings.preserve_host && !request.framing().host.empty();
  const admission::hop hop{preserve ? request.framing().host
                                    : upstream::host_field(group.endpoints[up->endpoint].authority),
                           client_.peer,
                           record_.request_id_text(),
                           {trace.data(), trace.size()},
                           websocket_key.has_value()};
  admission::write_upstream_head(scratch_.upstream_head, *message, hop);

  const std::array<std::string_view, 2> parts{scratch_.upstream_head, message->body()};
  up->stream->on_behalf_of(client_.stream);
  const auto sent = co_await up->stream->write_unless_answered(parts, patience);
  if (sent.error != net::io_error::none) record_.upstream_us = sys::steady_us() - since_us;
  if (sent.error == net::io_error::in_vain) {
    if (mark != nullptr && sent.bytes != 0) mark->keep();
    worker_.upstreams.give_back(service, std::move(*up), false);
    co_return errc::client_closed;
  }
  if (sent.bytes == 0 && sent.error != net::io_error::none) {
    attempt_.how = attempt::unsent;
    // That a kept connection has been closed says nothing of the endpoint.
    if (!up->reused) worker_.upstreams.note(service, up->endpoint, core::upstream::outcome::broken);
    worker_.upstreams.give_back(service, std::move(*up), false);
    co_return errc::upstream_unreachable;
  }
  if (mark != nullptr) mark->keep();
  const bool sent_whole = sent.bytes == parts[0].size() + parts[1].size();
  if (sent.error == net::io_error::timeout) {
    attempt_.how = attempt::timed_out;
    worker_.upstreams.note(service, up->endpoint, core::upstream::outcome::late);
    worker_.upstreams.give_back(service, std::move(*up), false);
    co_return errc::upstream_timeout;
  }

  // Even if it stopped reading, the upstream may have answered.
  const admission::outbound* sender = message->sender();
  const bool gathers = sender != nullptr && admission::gathers_reply(*sender);
  relay reply(worker_, client_, scratch_, *up->stream,
              {request.policy(), limits, scratch_.request.method,
               scratch_.request.minor_version == 0, patience, gathers, since_us, started_,
               websocket_key, std::string_view(in.memory.data() + used_, in.end - used_)},
              *facts);
  auto answered = co_await reply.hear();
  // How long an answer takes, or a WebSocket stays, says nothing of the endpoint; what is gathered
  // for the client may still fail.
  const bool told = service.chooses && answered && !gathers;
  if (told) note_outcome(service, reply, *up, answered);
  if (answered) answered = co_await reply.pass_on();
  answering_ = reply.answering();
  close_ = close_ || reply.client_must_close();
  record_.bytes_out = reply.bytes_out();
  record_.bytes_in = reply.bytes_in();
  record_.upstream_us = reply.waited_us();
  record_.upstream_status = scratch_.response.status;
  if (answering_) record_.status = scratch_.response.status;
  // Who only sends a message again when the service failed on it sends the same bytes. That the
  // client did not hear an answer is no failure of the service's: it has had the message.
  const bool failed = scratch_.response.status >= 500 ||
                      (!answered && (answered.error() == errc::upstream_invalid ||
                                     answered.error() == errc::upstream_timeout));
  if (mark != nullptr && failed && request.policy().releases_on_failure) mark->give_back();
  if (!answered && !answering_ && reply.cut_short()) attempt_.how = attempt::cut_short;
  if (!answered && answered.error() == errc::upstream_timeout) attempt_.how = attempt::timed_out;
  if (service.chooses && !told) note_outcome(service, reply, *up, answered);
  worker_.upstreams.give_back(service, std::move(*up),
                              answered.has_value() && sent_whole && reply.upstream_reusable());
  co_return answered;
}

/// What the endpoint is to be told apart by, once its answer has come or failed to.
void forwarding::note_outcome(upstream::member& service, const relay& reply,
                              const upstream::connection& up, const outcome& answered) {
  using verdict = core::upstream::outcome;
  // Who left in the middle has not seen how it would have been.
  if (!answered && answered.error() == errc::client_closed && !reply.answering()) return;
  verdict what = core::upstream::outcome_of(scratch_.response.status);
  if (!answered && !reply.answering()) {
    // A kept connection may have been closed while the request was on its way.
    if (up.reused && reply.cut_short() && !reply.heard()) return;
    if (answered.error() == errc::upstream_timeout) what = verdict::late;
    if (answered.error() == errc::upstream_invalid) what = verdict::broken;
  }
  worker_.upstreams.note(service, up.endpoint, what);
}

}  // namespace gateway::session
