// SPDX-License-Identifier: Apache-2.0
#pragma once

// A worker with everything that its sessions share, from a configuration in a line or two. Its
// upstream is a listening socket of the test's own.

#include <boost/test/unit_test.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/admission/snapshot.hpp"
#include "gateway/metrics/registry.hpp"
#include "gateway/replay/store.hpp"
#include "gateway/session/worker.hpp"
#include "gateway/sys/clock.hpp"
#include "tests/core/config/sample.hpp"
#include "tests/gateway/net/loopback.hpp"

namespace tests {

namespace ses = gateway::session;

/// Counts what goes up and down, and keeps what was reported.
struct watcher final : ses::observer {
  void report(const core::observe::record& r, const ses::generation& by) override {
    began_on.push_back(&by);
    statuses.push_back(r.status);
    refusals.push_back(r.refused);
    bytes_in.push_back(r.bytes_in);
    if (const auto once = std::exchange(on_report, nullptr)) once();
  }
  void connection_opened() override {
    ++connections;
    if (const auto once = std::exchange(on_opened, nullptr)) once();
  }
  void connection_closed() override { --connections; }
  void request_started() override { ++requests; }
  void request_ended() override { --requests; }
  void accept_failed() override { ++failed_accepts; }
  void client_proven(const core::observe::record&, const ses::generation&) override { ++proofs; }
  void connection_refused() override {
    ++refused_connections;
    if (const auto once = std::exchange(on_refused, nullptr)) once();
  }
  void handshake_done(const core::observe::handshake& how) override { handshakes.push_back(how); }
  void handshake_failed(const gateway::net::handshake_problem& why, std::string_view) override {
    failed_handshakes.push_back(why.reason);
  }

  std::vector<const ses::generation*> began_on;
  std::vector<unsigned> statuses;
  std::vector<std::optional<core::base::errc>> refusals;
  std::vector<std::uint64_t> bytes_in;
  std::function<void()> on_report;   ///< called once, when the next exchange ends
  std::function<void()> on_opened;   ///< called once, when the next session begins
  std::function<void()> on_refused;  ///< called once, when the next connection is refused
  int connections = 0;
  int requests = 0;
  int failed_accepts = 0;
  int refused_connections = 0;
  int proofs = 0;
  std::vector<core::observe::handshake> handshakes;
  std::vector<core::observe::handshake_failure> failed_handshakes;
};

inline std::shared_ptr<const core::admission::snapshot> compile(std::string_view yaml) {
  return std::make_shared<const core::admission::snapshot>(config::model_of(yaml));
}

/// /open/ is forwarded as it is, /api/ takes signed messages. `more` adds keys at the top.
inline std::string small_configuration(const std::string& more = {}) {
  return "listen: 127.0.0.1:0\nclients: {billing: {token: my_key, secret: 0123456789abcdef}}\n"
         "upstreams: {orders: http://127.0.0.1:9}\n"
         "routes:\n"
         "  - {path: /api/, scheme: laravel, upstream: orders}\n"
         "  - {path: /open/, scheme: none, upstream: orders, content: any}\n" +
         more;
}

struct house : event_loop {
  explicit house(const std::string& more = {}) : rules(compile(small_configuration(more))) {
    ::gateway::metrics::catalog names;
    names.upstreams = {{"orders", {"orders"}}};
    counters = std::make_unique<::gateway::metrics::registry>(names, 1);
    worker = std::make_unique<ses::worker>(context, make(rules), marks, counters->worker(0), watch);
  }
  /// A generation with this house's service behind its upstream.
  std::shared_ptr<ses::generation> make(
      std::shared_ptr<const core::admission::snapshot> compiled) const {
    auto made = std::make_shared<ses::generation>();
    made->groups.push_back({compiled->model.upstreams[0], {{service.address(), "orders"}}});
    made->rules = std::move(compiled);
    made->places = counters->shared_places();
    return made;
  }
  // Whatever a test did: at the end nothing is left running, and every level is back at 0.
  ~house() {
    settle();  // clients that have gone are noticed
    worker->upstreams.close_idle();
    worker->deadlines.stop();
    worker->sockets.stop();
    end();
    BOOST_TEST(worker->sessions.empty());
    BOOST_TEST(watch.connections == 0);
    BOOST_TEST(watch.requests == 0);
    BOOST_TEST(counters->look().endpoints[0].connections == 0);
  }

  std::shared_ptr<const core::admission::snapshot> rules;
  listening service;
  ::gateway::replay::store marks{{1000, 100, {}, 300, 60, false},
                                 core::base::unix_seconds(::gateway::sys::now())};
  std::unique_ptr<::gateway::metrics::registry> counters;
  watcher watch;
  std::unique_ptr<ses::worker> worker;
};

}  // namespace tests
