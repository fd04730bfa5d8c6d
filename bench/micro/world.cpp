// SPDX-License-Identifier: Apache-2.0
#include "bench/micro/world.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <variant>

#include "bench/load/composer.hpp"
#include "core/config/read.hpp"

namespace bench::micro {

namespace {

using core::config::model;

/// One client and one route as a configuration makes them, then copies of these: what is measured
/// is requests, not the reading of files.
model model_of(const sizes& s) {
  const auto read = core::config::read(
      "listen: 127.0.0.1:0\nclients: {c: {secret: 0123456789abcdef}}\n"
      "upstreams: {service: 'http://127.0.0.1:9'}\n"
      "routes: [{path: /, scheme: laravel, upstream: service}]\n",
      [](std::string_view, std::string_view) -> std::variant<core::base::secret, std::string> {
        return "there are no files here";
      });
  if (!read.value) throw std::logic_error("the configuration of the benchmark is wrong");
  model m = *read.value;
  m.replay.capacity = s.capacity;
  const core::config::client client = m.clients.front();
  m.clients.assign(s.clients, client);
  for (std::uint32_t i = 0; i < s.clients; ++i) {
    const std::string number = std::to_string(i);
    m.clients[i].id =
        "client-" + std::string(6 - std::min<std::size_t>(number.size(), 6), '0') + number;
    m.clients[i].token = "token-of-" + m.clients[i].id;
  }
  const core::config::route route = m.routes.front();
  m.routes.assign(s.routes, route);
  for (std::uint32_t i = 0; i < s.routes; ++i) {
    const std::string number = std::to_string(i);
    m.routes[i].name =
        "route-" + std::string(5 - std::min<std::size_t>(number.size(), 5), '0') + number;
    m.routes[i].path = "/api/" + m.routes[i].name + "/";
  }
  return m;
}

gateway::metrics::catalog describe(const model& m) {
  gateway::metrics::catalog names;
  for (const auto& r : m.routes) names.routes.push_back(r.name);
  for (const auto& c : m.clients) names.clients.push_back({c.id, {{c.secrets.front().id, {}}}});
  names.upstreams = {{"service", {"http://127.0.0.1:9"}}};
  names.named_clients = m.metrics_clients;
  return names;
}

}  // namespace

std::uint64_t counted_up::next() {
  std::uint64_t x = at_ += 0x9E3779B97F4A7C15u;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  return x ^ (x >> 31);
}

void counted_up::fill(std::span<char> out) {
  while (!out.empty()) {
    const std::uint64_t word = next();
    const std::size_t size = std::min(out.size(), sizeof word);
    std::memcpy(out.data(), &word, size);
    out = out.subspan(size);
  }
}

namespace {

std::shared_ptr<const gateway::session::generation> with_one_service(
    std::shared_ptr<const core::admission::snapshot> rules,
    std::shared_ptr<const gateway::metrics::layout> places) {
  auto made = std::make_shared<gateway::session::generation>();
  made->groups.emplace_back(rules->model.upstreams.front(),
                            std::vector<gateway::upstream::endpoint>{{{}, "127.0.0.1:9"}});
  made->rules = std::move(rules);
  made->places = std::move(places);
  return made;
}

}  // namespace

world::world(const sizes& s)
    : sizes_(s),
      rules_(std::make_shared<const core::admission::snapshot>(model_of(s))),
      marks_({s.capacity, 86'400, {}, 300, 60, false}, second - 3600),
      counters_(std::make_unique<gateway::metrics::registry>(describe(rules_->model), 1)),
      generation_(with_one_service(rules_, counters_->shared_places())),
      lines_("/dev/null", 1),
      reporter_(counters_->worker(0), lines_.sink(0)),
      worker_(std::make_unique<gateway::session::worker>(loop_, generation_, marks_,
                                                         counters_->worker(0), reporter_)) {
  fill_marks(s.marks);
}

// As an hour's traffic left them: all beyond their windows, kept as long as there is room.
void world::fill_marks(std::uint64_t count) {
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::int64_t then =
        second - 3600 + static_cast<std::int64_t>(i * 3200 / std::max<std::uint64_t>(count, 1));
    core::replay::mark m;
    const std::uint64_t low = random_.next();
    const std::uint64_t high = random_.next();
    std::memcpy(m.fingerprint.data(), &low, 8);
    std::memcpy(m.fingerprint.data() + 8, &high, 4);
    m.client = static_cast<std::uint32_t>(high >> 32U);
    m.window_end = then + 300;
    if (marks_.reserve(m, then) != core::replay::verdict::fresh)
      throw std::logic_error("a mark that was never made is not fresh");
  }
}

std::string world::request(std::uint32_t client, std::uint32_t route, load::spoiled how) {
  load::options o;
  o.size = sizes_.message;
  o.spoil = how;
  o.to.authority = "api.example.com";
  o.to.path = rules_->model.routes[route].path + "orders?page=1";
  load::subject s;
  s.rules = rules_;
  s.client = &rules_->keys.all()[client + 1];  // the dummy stands before them
  s.key = &s.client->generations.front();
  s.route = &rules_->policies[route];
  load::composer composer(o, s, [this](std::span<char> out) { random_.fill(out); });
  load::request made;
  composer.compose(made, second);
  return std::move(made.bytes);
}

}  // namespace bench::micro
