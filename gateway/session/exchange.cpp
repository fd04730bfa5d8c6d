// SPDX-License-Identifier: Apache-2.0
#include "gateway/session/exchange.hpp"

#include <array>
#include <optional>

#include "core/admission/answer.hpp"
#include "core/admission/naming.hpp"
#include "core/admission/stages.hpp"
#include "core/base/date.hpp"
#include "core/http/forwarded.hpp"
#include "gateway/session/body.hpp"
#include "gateway/session/captured.hpp"
#include "gateway/session/forwarding.hpp"
#include "gateway/session/kept_body.hpp"
#include "gateway/session/reservation.hpp"
#include "gateway/sys/clock.hpp"

namespace gateway::session {

namespace admission = core::admission;
using core::base::errc;
using core::base::result;

namespace {

// An unread body up to this size is read, so that the connection can go on; more is not worth it.
constexpr std::uint64_t drained_bytes = 64 * 1024;

/// Read proceed() first: one line per step, each gives the next stage or refuses.
class exchange {
 public:
  using outcome = core::base::result<void>;

  exchange(worker& w, client_connection& client, scratch& space);

  net::task<outcome> proceed(std::size_t head_size);
  /// Does the route observe, and let pass what proceed() refused for this?
  [[nodiscard]] bool observes(core::base::errc reason);
  /// Then it goes on as it came, for nobody.
  net::task<outcome> pass_on(std::size_t head_size);
  /// Says why there is no answer of the upstream's. Not while answering().
  net::task<void> answer_problem(core::base::errc reason);
  /// Keeps what was refused, where that is wanted. Before it is answered, because the rest of the
  /// body is read over what is here of it.
  void capture(core::base::errc reason, std::size_t head_size);
  void report(const outcome& result);

  /// Can the connection go on, once the rest of the body has been drained?
  [[nodiscard]] bool keeps() const { return !close_ && !(way_ && way_->client_must_close()); }
  /// Did a byte of an answer leave? Then no problem document can.
  [[nodiscard]] bool answering() const { return way_ && way_->answering(); }
  /// There is one once the body's framing is known.
  std::optional<body_reader>& body() { return body_; }
  [[nodiscard]] std::chrono::milliseconds patience_for_body() const {
    const std::chrono::milliseconds usual = limits().body_timeout;
    return route_ ? route_->policy().settings.body_timeout.value_or(usual) : usual;
  }

 private:
  [[nodiscard]] const core::config::limits& limits() const { return held_.by().limits(); }
  net::task<outcome> forward(const admission::cleared* message, reservation* mark);
  [[nodiscard]] admission::envelope_facts facts() const;
  void keep_sealed(std::string_view body);

  worker& worker_;
  const hold held_;  ///< what it goes by, to its end
  client_connection& client_;
  scratch& scratch_;
  core::observe::record record_;
  sys::two_clocks started_;
  admission::findings known_;
  std::optional<admission::arrival> arrived_;    ///< set once the head is in order
  std::optional<admission::routed> route_;       ///< set once there is one
  std::optional<admission::proven> sender_;      ///< set once the client is
  std::optional<admission::observed> observed_;  ///< set if nobody is, and it passes all the same
  limit::turn turn_;                             ///< until all of the answer is with the client
  std::optional<body_reader> body_;
  std::optional<forwarding> way_;  ///< once it goes upstream
  std::string signed_digest_;      ///< of what a client that may know should have signed
  unsigned retry_after_ = 0;       ///< seconds for which its address is not listened to
  bool deprecated_ = false;
  kept_body sealed_;   ///< before it was opened, where somebody wants it as it came
  bool close_ = true;  ///< must the connection end after the answer?
};

}  // namespace

exchange::exchange(worker& w, client_connection& client, scratch& space)
    : worker_(w), held_(w), client_(client), scratch_(space), started_(w.sockets.heard()) {
  record_.at = started_.at;
  record_.request_id = w.new_request_id();
  record_.peer = client.peer;
  scratch_.response.status = 0;
  worker_.watch.request_started();
}

// The itinerary. Stages live in this frame: what they view (head, body) outlives it.
net::task<exchange::outcome> exchange::proceed(std::size_t head_size) {
  const admission::snapshot& rules = held_.rules();

  // Is it HTTP that can be understood in one way only?
  record_.head = &scratch_.request;
  record_.method = scratch_.request.method;
  const auto arrived = admission::arrive(scratch_.request, rules, record_.at, known_, client_.peer,
                                         client_.scheme());
  if (!arrived) co_return arrived.error();
  arrived_ = *arrived;
  record_.peer = arrived->client_address();
  if (arrived->proxied())
    record_.given_request_id = core::http::given_request_id(scratch_.request.fields);
  record_.host = arrived->framing().host;
  record_.path = arrived->target().path;
  body_.emplace(client_.stream, worker_.buffers, client_.in, head_size, arrived->framing());
  close_ = !arrived->framing().keep_alive || scratch_.request.minor_version == 0 || client_.leaving;

  // Which route is responsible?
  const auto route = admission::find_route(*arrived, rules);
  if (!route) co_return route.error();
  route_ = *route;
  record_.route = route->policy().index;
  const std::uint64_t body_limit = route->policy().settings.body_bytes;
  const std::chrono::milliseconds body_timeout = patience_for_body();

  // A route that says `scheme: none` is a plain proxy.
  if (const auto pass = admission::waive(*route)) {
    const auto body = co_await body_->gather(body_limit, body_timeout);
    if (!body) co_return body.error();
    const admission::cleared message(*pass, {body->data(), body->size()});
    client_.settled = true;
    co_return co_await forward(&message, nullptr);
  }

  // Was too much refused of what came from its address? Then nothing of it is proven.
  retry_after_ = held_.by().addresses.wait(record_.peer, started_.us * 1000);
  if (retry_after_ != 0) co_return errc::address_limited;

  // What does it claim? Nothing is trusted yet.
  const auto claim = admission::inspect(*route);
  if (!claim) {
    if (const auto* named = admission::client_named(*route, claim.error()))
      record_.client = named->index;
    co_return claim.error();
  }
  if (claim->claim().stamped) record_.stamp = claim->claim().timestamp;
  record_.version = claim->claim().version;

  // A signature over the body needs it there; a stale message isn't worth reading it.
  std::span<char> body;
  if (claim->signs_body()) {
    if (const auto fresh = admission::check_time(*claim, record_.at); !fresh)
      co_return fresh.error();
    const auto whole = co_await body_->gather(body_limit, body_timeout);
    if (!whole) co_return whole.error();
    body = *whole;
  }

  // Is it fresh, and did a client with a secret in force sign it?
  const auto proof = admission::prove(*claim, rules, {body.data(), body.size()});
  if (proof.client != nullptr) record_.client = proof.client->index;
  if (proof.key != nullptr) {
    record_.proven = true;
    record_.secret = static_cast<std::int32_t>(proof.key - proof.client->generations.data());
    worker_.watch.client_proven(record_, held_.by());
  }
  if (!proof.outcome) {
    signed_digest_ = admission::signed_digest(*claim, proof, {body.data(), body.size()});
    co_return proof.outcome.error();
  }

  sender_ = *proof.outcome;
  // The body, bounded; authenticated and opened with the key that proved the head.
  if (!claim->signs_body()) {
    const auto whole = co_await body_->gather(body_limit, body_timeout);
    if (!whole) co_return whole.error();
    body = *whole;
  }
  keep_sealed({body.data(), body.size()});
  const auto message = admission::open(*proof.outcome, body, worker_.space);
  if (!message) co_return message.error();
  // The store is large and its places are spread over memory: it is there once it is asked.
  if (message->mark()) worker_.marks.expect(*message->mark());

  // Is it what the route takes, and may this client do this?
  const core::base::instant now = body_->waited() ? sys::now() : record_.at;
  const auto leaving = admission::admit(*message, now, worker_.space);
  if (!leaving) co_return leaving.error();
  deprecated_ = record_.deprecated = leaving->deprecated();

  // Was it said before? Nothing goes out before that is known.
  reservation mark(worker_.marks, leaving->mark(), core::base::unix_seconds(now));
  client_.settled = true;
  const auto reserved = admission::confirm(*leaving, mark.answer());
  if (!reserved) co_return reserved.error();

  // Does its client keep to its rate? Whoever repeats a message uses up nothing; what is refused
  // here gives its mark back, and may come again.
  if (const auto* limited = held_.by().allowances.of(leaving->client().index - 1)) {
    const auto allowed = turn_.take(*limited, sys::steady_us() * 1000);
    if (!allowed) co_return allowed.error();
  }
  const admission::cleared cleared(*reserved);
  co_return co_await forward(&cleared, &mark);
}

bool exchange::observes(errc reason) {
  if (!route_ || record_.upstream != core::observe::record::no_index) return false;  // it was sent
  observed_ = admission::observe(*route_, reason);
  return observed_.has_value();
}

net::task<exchange::outcome> exchange::pass_on(std::size_t head_size) {
  // Whoever was proven in part is nobody here: nothing is said, signed or sealed for them.
  sender_.reset();
  deprecated_ = record_.deprecated = false;
  if (!body_->complete()) {
    const auto whole =
        co_await body_->gather(observed_->policy().settings.body_bytes, patience_for_body());
    if (!whole) co_return whole.error();
  }
  record_.observed = observed_->reason();
  if (worker_.captures != nullptr) capture(observed_->reason(), head_size);
  client_.settled = true;
  const admission::cleared message(*observed_, sealed_.or_else(body_->gathered()));
  co_return co_await forward(&message, nullptr);
}

/// To the route's upstream, and its answer to the client.
net::task<exchange::outcome> exchange::forward(const admission::cleared* message,
                                               reservation* mark) {
  way_.emplace(worker_, client_, scratch_, held_, record_, started_, body_->used());
  return way_->run(message, mark, facts());
}

net::task<void> exchange::answer_problem(errc reason) {
  turn_.end();  // it is over for the service; how long the client reads is the client's to say
  const admission::refusal r = admission::refusal_for(reason);
  held_.by().addresses.refused(record_.peer, reason, sys::steady_us() * 1000);
  close_ = !keeps() || r.close || client_.leaving;
  record_.status = r.status;
  if (r.status == 0) {
    close_ = true;
    co_return;
  }
  // What can't be drained ends the connection, and the client is told so.
  if (body_ && !body_->drainable(drained_bytes)) close_ = true;
  const std::string allow = reason == errc::method_not_allowed
                                ? admission::allowed_methods(*arrived_, held_.rules())
                                : std::string();
  const auto* route = record_.route == core::observe::record::no_index
                          ? nullptr
                          : &held_.rules().policies[record_.route];
  const core::base::instant now = sys::now();
  admission::envelope_facts said = facts();
  std::array<char, admission::random_size> random;
  // Nobody else's problem is sealed.
  if (admission::addressee(r, said.sender) != nullptr) worker_.random.fill(random);
  said.date = worker_.date(now);
  said.now = core::base::unix_seconds(now);
  admission::write_problem(scratch_.answer, {reason, route, allow, signed_digest_, retry_after_},
                           said, {random.data(), random.size()}, worker_.space);
  const std::array<std::string_view, 1> parts{scratch_.answer};
  const auto sent = co_await client_.stream.write(parts, limits().idle_timeout);
  if (sent.error == net::io_error::none) co_return;
  close_ = true;
  if (sent.bytes == 0) record_.status = 0;
}

// What opens a body writes over it.
void exchange::keep_sealed(std::string_view body) {
  const core::config::route& route = route_->policy().settings;
  if (route.envelope == core::config::envelope_kind::none) return;
  const bool captured = worker_.captures != nullptr && body.size() <= log::capture::most_bytes &&
                        worker_.captures->takes(core::base::unix_seconds(record_.at));
  if (captured || route.mode == core::config::mode::observe) sealed_.keep(body, worker_.buffers);
}

void exchange::capture(errc reason, std::size_t head_size) {
  keep_refused(*worker_.captures, record_,
               {reason, client_.in.unread().substr(0, head_size), body_ ? &*body_ : nullptr,
                body_ ? sealed_.or_else(body_->gathered()) : std::string_view(),
                body_ && arrived_->framing().body == core::http::body_kind::chunked});
}

/// All but what time it is.
admission::envelope_facts exchange::facts() const {
  return {record_.request_id_text(),
          {},
          0,
          close_,
          scratch_.request.method == "HEAD",
          sender_ ? &*sender_ : nullptr,
          deprecated_,
          turn_.standing() ? &*turn_.standing() : nullptr};
}

void exchange::report(const outcome& result) {
  if (!result) record_.refused = result.error();
  record_.bytes_in += body_ ? body_->size() : 0;
  record_.duration_us = sys::steady_us() - started_.us;
  worker_.watch.report(record_, held_.by());
  worker_.watch.request_ended();
}

namespace {

/// At our own end all waits are over, and all clients are cut off: that is nobody else's doing.
errc reason_at_the_end(errc reason) {
  switch (reason) {
    case errc::client_closed:
    case errc::header_timeout:
    case errc::body_timeout:
    case errc::upstream_queue_timeout:
    case errc::upstream_timeout:
    case errc::upstream_unreachable: return errc::draining;
    default: return reason;
  }
}

}  // namespace

net::task<bool> serve(worker* w, client_connection* client, scratch* space,
                      result<std::size_t> head) {
  exchange one(*w, *client, *space);
  exchange::outcome outcome = errc::internal;
  try {
    if (head)
      outcome = co_await one.proceed(*head);
    else
      outcome = head.error();
    if (!outcome && one.observes(outcome.error())) outcome = co_await one.pass_on(*head);
  } catch (const std::exception&) {
    outcome = errc::internal;  // a defect of ours ends this exchange, not the process
  }
  if (!outcome && w->ending) outcome = reason_at_the_end(outcome.error());
  bool keep = one.keeps() && (outcome || !one.answering());
  if (!outcome && !one.answering()) {
    if (head && w->captures != nullptr) one.capture(outcome.error(), *head);
    co_await one.answer_problem(outcome.error());
    keep = one.keeps();
  }
  one.report(outcome);
  if (keep && one.body()) {
    keep = co_await one.body()->drain(drained_bytes, one.patience_for_body());
    client->in.begin = one.body()->used();
  }
  co_return keep;
}

}  // namespace gateway::session
