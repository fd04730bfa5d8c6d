// SPDX-License-Identifier: Apache-2.0
#include "bench/micro/staged.hpp"

#include <cstring>
#include <vector>

#include "gateway/net/head_parser.hpp"

namespace bench::micro {

namespace admission = core::admission;

namespace {

admission::envelope_facts facts(const core::observe::record& r, const admission::opened* sender) {
  return {r.request_id_text(),
          "Tue, 14 Nov 2023 22:13:20 GMT",
          world::second,
          false,
          false,
          sender,
          false};
}

}  // namespace

staged::staged(std::uint32_t routes)
    : world_({.clients = 1, .routes = routes}), message_(world_.request(0, routes - 1)) {
  const auto head = gateway::net::parse_request_head(message_, 16384, scratch_.request);
  expect(head && head->complete);
  head_size_ = head->size;
  expect(gateway::net::parse_response_head(answer_head, 16384, scratch_.response).has_value());
  answer_framing_ = core::http::frame_response(scratch_.response, "POST").value();
  arrived_ = admission::arrive(scratch_.request, world_.rules(), world_.now(), known_).value();
  finds_route();
  claimed_ = admission::inspect(*routed_).value();
  proven_ = admission::prove(*claimed_, world_.rules()).outcome.value();
  opened_ =
      admission::open(*proven_, std::span(message_).subspan(head_size_), world_.worker().space)
          .value();
  admits();
  reserved_ = admission::confirm(*leaving_, core::replay::verdict::fresh).value();
  cleared_.emplace(*reserved_);
  record_.at = world_.now();
  record_.request_id = world_.worker().new_request_id();
  record_.peer = "127.0.0.1";
  record_.method = scratch_.request.method;
  record_.host = arrived_->framing().host;
  record_.path = arrived_->target().path;
  record_.route = routed_->policy().index;
  record_.secret = 0;
  record_.client = proven_->client().index;
  record_.proven = true;
  record_.version = claimed_->claim().version;
  record_.stamp = world::second;
  record_.status = record_.upstream_status = 200;
  record_.bytes_in = 1600;
  record_.bytes_out = 15;
  record_.duration_us = 184;
  record_.upstream_us = 150;
  record_.upstream = record_.endpoint = 0;
}

void staged::frames() {
  const auto framing = core::http::frame_request(scratch_.request);
  expect(framing.has_value());
  keep(framing);
}

void staged::parses_target() {
  const auto target = core::http::parse_target(scratch_.request.target);
  expect(target.has_value());
  keep(target);
}

void staged::finds_route() {
  const auto routed = admission::find_route(*arrived_, world_.rules());
  expect(routed.has_value());
  routed_ = *routed;
}

void staged::inspects() {
  const auto claimed = admission::inspect(*routed_);
  expect(claimed.has_value());
  keep(claimed);
}

void staged::proves() {
  const auto proof = admission::prove(*claimed_, world_.rules());
  expect(proof.outcome.has_value());
  keep(proof);
}

void staged::admits() {
  const auto leaving = admission::admit(*opened_, world_.now(), world_.worker().space);
  expect(leaving.has_value());
  leaving_ = *leaving;
}

void staged::writes_upstream_head() {
  constexpr std::string_view trace = "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01";
  admission::write_upstream_head(scratch_.upstream_head, *cleared_,
                                 {"127.0.0.1:9", record_.peer, record_.request_id_text(), trace});
  keep(scratch_.upstream_head);
}

void staged::writes_streamed_head() {
  admission::write_streamed_head(scratch_.answer,
                                 {scratch_.response, answer_framing_, routed_->policy()},
                                 admission::outgoing::length, facts(record_, &*opened_));
  keep(scratch_.answer);
}

void staged::writes_problem() {
  admission::write_problem(scratch_.answer,
                           {core::base::errc::bad_signature, &routed_->policy(), {}, {}},
                           facts(record_, nullptr), {}, world_.worker().space);
  keep(scratch_.answer);
}

void staged::writes_line() {
  line_.clear();
  core::observe::append_json_line(
      line_, record_, {"route-00000", "client-000000", "secret", "service", "127.0.0.1:9"});
  keep(line_);
}

void staged::counts() {
  world_.counters().count_proof(record_, *world_.generation().places);
  world_.counters().count(record_, *world_.generation().places);
}

namespace {

class opening_operation final : public operation {
 public:
  explicit opening_operation(std::uint64_t message) : message_(message) {}

  void prepare(std::size_t count) override {
    bodies_.resize(count);
    for (std::string& body : bodies_) body = sealed();
  }
  void run(std::size_t number) override {
    const core::keys::client& client = world_.rules().keys.all()[1];
    const core::keys::generation& key = client.generations.front();
    const auto opened = core::envelope::open_laravel(
        bodies_[number], {client.cipher, key.encryption.reveal(), key.envelope_mac},
        world_.worker().space.contexts);
    expect(opened.has_value());
    keep(opened);
  }

 private:
  [[nodiscard]] std::string sealed() {
    const core::keys::client& client = world_.rules().keys.all()[1];
    const core::keys::generation& key = client.generations.front();
    const std::string plaintext(static_cast<std::size_t>(message_), 'x');
    std::array<char, 16> iv;
    world_.random().fill(iv);
    return core::envelope::seal_laravel(plaintext,
                                        {client.cipher, key.encryption.reveal(), key.envelope_mac},
                                        {iv.data(), iv.size()}, world_.worker().space.contexts);
  }

  world world_{sizes{}};
  std::uint64_t message_;
  std::vector<std::string> bodies_;
};

/// Marks that were never seen, as many as are prepared.
template <bool Released>
class reserving_operation final : public operation {
 public:
  void prepare(std::size_t count) override {
    marks_.resize(count);
    for (core::replay::mark& m : marks_) {
      std::array<char, 12> fingerprint;
      world_.random().fill(fingerprint);
      std::memcpy(m.fingerprint.data(), fingerprint.data(), fingerprint.size());
      m.client = 7;
      m.window_end = world::second + 300;
    }
  }
  void run(std::size_t number) override {
    const core::replay::mark& m = marks_[number];
    expect(world_.marks().reserve(m, world::second) == core::replay::verdict::fresh);
    if constexpr (Released)
      world_.marks().release(m);
    else
      world_.marks().keep(m);
  }

 private:
  world world_{sizes{}};
  std::vector<core::replay::mark> marks_;
};

}  // namespace

std::unique_ptr<operation> opening_of(std::uint64_t message) {
  return std::make_unique<opening_operation>(message);
}
std::unique_ptr<operation> reserving() { return std::make_unique<reserving_operation<false>>(); }
std::unique_ptr<operation> releasing() { return std::make_unique<reserving_operation<true>>(); }

}  // namespace bench::micro
