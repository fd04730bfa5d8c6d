// SPDX-License-Identifier: Apache-2.0
#pragma once

// Owns one shard of counters for each worker, adds them up and writes them as Prometheus' text.
// Owned by the application: there is no global. It reads no clock and no store; what it can't know
// itself comes in with `readings`.

#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/instant.hpp"
#include "gateway/metrics/catalog.hpp"
#include "gateway/metrics/directory.hpp"
#include "gateway/metrics/layout.hpp"
#include "gateway/metrics/shard.hpp"
#include "gateway/metrics/snapshot.hpp"
#include "gateway/sys/process.hpp"

namespace gateway::metrics {

struct replay_figures {
  std::uint64_t marks = 0;
  std::uint64_t capacity = 0;
  std::int64_t retention_held = 0;  ///< seconds
};

struct place_figures {
  std::string_view upstream;
  std::uint64_t taken = 0;    ///< requests that the upstream has
  std::uint64_t waiting = 0;  ///< for a place among them
};

/// One endpoint, all of its addresses together.
struct endpoint_reading {
  std::string_view upstream;
  std::string endpoint;
  bool up = true;  ///< it gets requests, as far as is known
  std::uint64_t ejections = 0;
  /// Good and failed ones; nothing where nobody probes.
  std::optional<std::pair<std::uint64_t, std::uint64_t>> probes;
};

struct certificate_figures {
  std::string_view listener, certificate;
  std::int64_t until = 0;  ///< Unix seconds
};

struct capture_figures {
  std::uint64_t written = 0;
  std::uint64_t dropped = 0;
};

/// What others count, as it is at the moment of a scrape.
struct readings {
  std::vector<place_figures> upstreams;
  std::vector<std::string_view> observing_routes;  ///< their names
  std::vector<endpoint_reading> endpoints;
  std::vector<certificate_figures> certificates;
  std::optional<replay_figures> replay;
  std::optional<sys::process_figures> process;
  std::uint64_t log_lines_dropped = 0;
  std::optional<std::uint64_t> log_lines_sampled_out;  ///< where not every exchange has a line
  std::optional<std::uint64_t> audit_lines_dropped;    ///< where there is an audit log
  std::optional<capture_figures> captured;
};

/// Does the endpoint get requests, as far as is known? Who knows more of it than connections tell
/// has the word.
[[nodiscard]] bool is_up(const endpoint_figures& e, const readings& now);

class registry {
 public:
  registry(const catalog& names, unsigned workers);
  ~registry();
  registry(const registry&) = delete;
  registry& operator=(const registry&) = delete;

  /// That worker's own; the reference stays valid as long as the registry.
  [[nodiscard]] shard& worker(unsigned i) { return *shards_[i]; }

  // All that follows is for one thread, which may be another than the workers', and leaves these
  // undisturbed.

  /// A configuration was read that may have other names. Workers count by the layout once their
  /// shards have room for it.
  std::shared_ptr<const layout> take_up(const catalog& names);
  /// The last one.
  [[nodiscard]] const layout& places() const { return *places_; }
  [[nodiscard]] std::shared_ptr<const layout> shared_places() const { return places_; }
  /// The configuration was read again, or could not be.
  void reloaded(bool successful, core::base::instant at);

  // Names in what these return are valid until take_up().
  [[nodiscard]] snapshot look() const;
  /// Of what look() sees, requests and refusals alone.
  [[nodiscard]] snapshot look_at_requests() const;
  /// The figures of one client, or nothing if there was none of this id. Those beyond
  /// `named_clients` have only their secrets' figures.
  [[nodiscard]] std::optional<client_figures> client(std::string_view id) const;
  /// The exposition (text format 0.0.4).
  [[nodiscard]] std::string text(const readings& now) const;

  static constexpr const char* content_type = "text/plain; version=0.0.4; charset=utf-8";

 private:
  [[nodiscard]] client_figures look_at_client(std::uint32_t place) const;
  void look_at_secrets(client_figures& into, const directory::client& known) const;
  void look_at_clients(snapshot& into) const;
  void look_at_handshakes(snapshot& into) const;
  void look_at_requests(snapshot& into) const;
  void look_at_routes(snapshot& into) const;
  void look_at_endpoints(snapshot& into) const;
  void look_at_upstreams(snapshot& into) const;

  directory names_;
  std::shared_ptr<const layout> places_;
  std::vector<std::unique_ptr<shard>> shards_;
  prometheus::Registry rare_;  // what changes with the configuration alone
  prometheus::Gauge* reload_successful_;
  prometheus::Gauge* reload_time_;
};

}  // namespace gateway::metrics
