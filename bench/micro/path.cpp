// SPDX-License-Identifier: Apache-2.0
#include "bench/micro/path.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string_view>

#include "gateway/net/head_parser.hpp"
#include "gateway/session/reservation.hpp"
#include "gateway/sys/clock.hpp"
#include "gateway/upstream/place.hpp"

namespace bench::micro {

namespace admission = core::admission;
using core::base::errc;

namespace {

constexpr std::string_view answer =
    "HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Tue, 14 Nov 2023 22:13:20 GMT\r\n"
    "Content-Type: application/json\r\nContent-Length: 15\r\n\r\n{\"status\":\"ok\"}";

// What a refusal is to be, so that a path which ends early does not pass for a cheap one.
constexpr std::array<errc, 3> expected{errc{}, errc::bad_signature, errc::unknown_client};

}  // namespace

request_path::request_path(const sizes& s, load::spoiled how, bool drawn)
    : world_(s), sizes_(s), how_(how), drawn_(drawn) {
  // Counters are made when somebody is counted for the first time: that is none of a request's
  // cost.
  for (std::uint32_t i = 0; drawn && i < std::max(s.clients, s.routes); ++i) {
    core::observe::record met;
    met.client = i % s.clients + 1;
    met.route = i % s.routes;
    met.at = world_.now();
    met.status = 200;
    met.proven = true;
    met.secret = 0;
    met.version = "1.0.0";
    world_.counters().count_proof(met, *world_.generation().places);
    world_.counters().count(met, *world_.generation().places);
  }
}

void request_path::prepare(std::size_t count) {
  // Here the writer's thread would take them away.
  world_.lines().flush();
  messages_.resize(count);
  for (std::string& message : messages_) {
    const auto client = drawn_ ? world_.random().next() % sizes_.clients : sizes_.clients - 1;
    const auto route = drawn_ ? world_.random().next() % sizes_.routes : sizes_.routes - 1;
    message =
        world_.request(static_cast<std::uint32_t>(client), static_cast<std::uint32_t>(route), how_);
  }
}

void request_path::touch() {
  for (const std::string& message : messages_)
    for (std::size_t at = 0; at < message.size(); at += 64) keep(message[at] == '\0');
}

// Clocks are read where the gateway reads them; the wall clock stands.
core::base::instant request_path::now() const {
  keep(gateway::sys::now());
  return world_.now();
}

gateway::sys::two_clocks request_path::read_clocks() const {
  return {now(), gateway::sys::steady_us()};
}

void request_path::run(std::size_t number) {
  std::string& message = messages_[number];
  gateway::session::worker& worker = world_.worker();
  const auto& limits = world_.rules().model.limits;
  worker.watch.request_started();
  const gateway::session::hold held(worker);
  const auto head =
      gateway::net::parse_request_head(message, limits.header_bytes, scratch_.request);
  if (!head || !head->complete) throw std::logic_error("the benchmark's request is no HTTP");

  core::observe::record record;
  const gateway::sys::two_clocks started = read_clocks();
  record.at = started.at;
  record.request_id = worker.new_request_id();
  record.peer = "127.0.0.1";
  const outcome result = proceed(message, head->size, started, record);
  if (!result) refuse(result.error(), record);
  if (record.refused.value_or(errc{}) != expected[static_cast<std::size_t>(how_)])
    throw std::logic_error("a request of the benchmark met another end than it should");
  record.bytes_in = message.size() - head->size;
  record.duration_us = gateway::sys::steady_us() - started.us;
  worker.watch.report(record, world_.generation());
  worker.watch.request_ended();
}

request_path::outcome request_path::proceed(std::string& message, std::size_t head_size,
                                            const gateway::sys::two_clocks& started,
                                            core::observe::record& record) {
  const admission::snapshot& rules = world_.rules();
  admission::workspace& space = world_.worker().space;
  record.method = scratch_.request.method;
  admission::findings known;
  const auto arrived = admission::arrive(scratch_.request, rules, record.at, known);
  if (!arrived) return arrived.error();
  record.host = arrived->framing().host;
  record.path = arrived->target().path;

  const auto route = admission::find_route(*arrived, rules);
  if (!route) return route.error();
  record.route = route->policy().index;
  if (admission::waive(*route)) return errc::internal;

  const auto claim = admission::inspect(*route);
  if (!claim) return claim.error();
  record.stamp = claim->claim().timestamp;
  record.version = claim->claim().version;

  const auto proof = admission::prove(*claim, rules);
  if (proof.client != nullptr) record.client = proof.client->index;
  if (proof.key != nullptr) {
    record.proven = true;
    record.secret = static_cast<std::int32_t>(proof.key - proof.client->generations.data());
    world_.worker().watch.client_proven(record, world_.generation());
  }
  if (!proof.outcome) return proof.outcome.error();

  const auto opened = admission::open(*proof.outcome, std::span(message).subspan(head_size), space);
  if (!opened) return opened.error();
  if (opened->mark()) world_.marks().expect(*opened->mark());
  const core::base::instant then = record.at;  // nobody waited for the body
  const auto leaving = admission::admit(*opened, then, space);
  if (!leaving) return leaving.error();
  gateway::session::reservation mark(world_.marks(), leaving->mark(),
                                     core::base::unix_seconds(then));
  const auto reserved = admission::confirm(*leaving, mark.answer());
  if (!reserved) return reserved.error();
  if (world_.worker().current().allowances.of(leaving->client().index - 1) != nullptr)
    throw std::logic_error("the benchmark's client is not limited");
  mark.keep();
  forward(admission::cleared(*reserved), *opened, started, record);
  return {};
}

void request_path::forward(const admission::cleared& message, const admission::opened& sender,
                           const gateway::sys::two_clocks& started, core::observe::record& record) {
  gateway::session::worker& worker = world_.worker();
  record.upstream = 0;
  gateway::upstream::place place(*world_.service().places);
  if (!place.take_now()) throw std::logic_error("the benchmark's service is never busy");
  record.endpoint = 0;
  const std::int64_t before = gateway::sys::steady_us();
  const auto trace = worker.new_trace_parent(record.request_id);
  const admission::hop hop{world_.service().endpoints[record.endpoint].authority,
                           record.peer,
                           record.request_id_text(),
                           {trace.data(), trace.size()}};
  admission::write_upstream_head(scratch_.upstream_head, message, hop);
  keep(scratch_.upstream_head);

  const auto head = gateway::net::parse_response_head(
      answer, world_.rules().model.limits.header_bytes, scratch_.response);
  const auto framing = core::http::frame_response(scratch_.response, scratch_.request.method);
  if (!head || !framing) throw std::logic_error("the benchmark's answer is no HTTP");
  const std::int64_t heard = gateway::sys::steady_us();
  record.upstream_us = heard - before;
  admission::write_streamed_head(
      scratch_.answer, {scratch_.response, *framing, message.request().policy()},
      admission::outgoing::length, facts(&sender, record, started.when(heard)));
  keep(scratch_.answer);
  record.bytes_out = answer.size() - head->size;
  record.upstream_status = record.status = scratch_.response.status;
}

void request_path::refuse(errc reason, core::observe::record& record) {
  gateway::session::worker& worker = world_.worker();
  record.refused = reason;
  record.status = admission::refusal_for(reason).status;
  const auto& route = world_.rules().policies.at(record.route);
  admission::write_problem(scratch_.answer, {reason, &route, {}, {}}, facts(nullptr, record, now()),
                           {}, worker.space);
  keep(scratch_.answer);
}

admission::envelope_facts request_path::facts(const admission::opened* sender,
                                              const core::observe::record& record,
                                              core::base::instant then) {
  return {record.request_id_text(),
          world_.worker().date(then),
          core::base::unix_seconds(then),
          false,
          scratch_.request.method == "HEAD",
          sender,
          false};
}

}  // namespace bench::micro
