// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the sessions of one worker thread share. Everything here is used on that thread only, but
// for the replay store and the upstreams' places, which all workers share and which lock for
// themselves.

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "core/admission/stages.hpp"
#include "core/base/instant.hpp"
#include "core/observe/handshake.hpp"
#include "core/observe/record.hpp"
#include "gateway/log/capture.hpp"
#include "gateway/net/buffers.hpp"
#include "gateway/net/deadlines.hpp"
#include "gateway/net/loop.hpp"
#include "gateway/net/readiness.hpp"
#include "gateway/net/tls_stream.hpp"
#include "gateway/replay/store.hpp"
#include "gateway/session/generation.hpp"
#include "gateway/sys/entropy.hpp"
#include "gateway/upstream/pool.hpp"

namespace gateway::session {

/// Large things that an exchange needs while it runs, borrowed from the worker so that waiting
/// connections and coroutine frames stay small and nothing is allocated per request.
struct scratch {
  core::http::request_head request;
  core::http::response_head response;
  std::string upstream_head;
  std::string answer;
};

/// Counters that the exchange moves and somebody else shows.
class observer {
 public:
  virtual ~observer() = default;
  /// Once for every exchange, on every way out. `by`: the generation that it began on.
  virtual void report(const core::observe::record& r, const generation& by) = 0;
  /// A client proved that it sent this message, whatever becomes of it; so that a secret that is in
  /// use for long, on a WebSocket or by an endless answer, is known to be in use.
  virtual void client_proven(const core::observe::record& r, const generation& by) = 0;
  virtual void connection_opened() = 0;
  virtual void connection_closed() = 0;
  virtual void request_started() = 0;
  virtual void request_ended() = 0;
  /// The kernel had no connection to give, e.g. for want of descriptors.
  virtual void accept_failed() = 0;
  /// One more than its address may have; it was closed at once.
  virtual void connection_refused() = 0;
  /// A client and we agreed on TLS, or could not.
  virtual void handshake_done(const core::observe::handshake& how) = 0;
  virtual void handshake_failed(const net::handshake_problem& why, std::string_view peer) = 0;
};

class session;

struct worker {
  worker(net::event_loop& io, std::shared_ptr<const generation> first, replay::store& store,
         metrics::shard& counters, observer& watcher);

  net::event_loop& context;
  net::readiness sockets;
  net::deadlines deadlines;
  net::buffer_pool buffers;
  core::admission::workspace space;
  upstream::pool upstreams;
  replay::store& marks;
  observer& watch;
  log::capture* captures = nullptr;  ///< where refused requests go; null: nowhere
  sys::entropy random;
  std::unordered_set<session*> sessions;
  bool draining = false;  ///< no new requests on kept connections
  bool ending = false;    ///< no new sessions: nobody would end them
  /// Takes a generation that no request of this worker's goes by any more, to be destroyed where
  /// that holds up nobody; where there is none, that is here.
  std::function<void(std::shared_ptr<const generation>)> discard;

  /// What new requests go by.
  [[nodiscard]] const generation& current() const { return *lease_->held; }
  [[nodiscard]] const core::config::limits& limits() const { return current().limits(); }
  /// From now on requests go by this one; those that have begun end on theirs.
  void take_up(std::shared_ptr<const generation> next);

  std::unique_ptr<scratch> borrow_scratch();
  void give_back(std::unique_ptr<scratch> used);

  /// 32 hex digits, unique: 64 random bits of this worker and a counter stirred by them.
  std::array<char, 32> new_request_id();
  /// A traceparent for an attempt: of this trace, with a span of its own.
  std::array<char, 55> new_trace_parent(std::span<const char, 32> trace);
  /// IMF-fixdate of `now`, written once a second.
  std::string_view date(core::base::instant now);

 private:
  friend class hold;

  void retire(const lease& ended);
  void forget(lease& ended);
  void make_id_ahead();

  metrics::shard& counters_;
  std::unique_ptr<lease> lease_;
  std::vector<std::unique_ptr<lease>> earlier_;  // those that requests still go by
  std::vector<std::unique_ptr<scratch>> free_scratch_;
  std::array<std::uint64_t, 2> id_seed_{};
  std::uint64_t ids_ = 0;            ///< how many were made
  std::array<char, 16> id_ahead_{};  ///< the next one
  std::uint64_t spans_ = 0;          ///< how many were made
  std::int64_t date_second_ = -1;
  std::array<char, 29> date_{};
};

/// A request's hold on the generation that is in force when it begins. A count of the worker's own:
/// taking and leaving it cost next to nothing.
class hold {
 public:
  explicit hold(worker& w) : worker_(w), lease_(*w.lease_) { ++lease_.requests; }
  hold(const hold&) = delete;
  hold& operator=(const hold&) = delete;
  ~hold() {
    if (--lease_.requests == 0 && &lease_ != worker_.lease_.get()) worker_.retire(lease_);
  }

  [[nodiscard]] const generation& by() const { return *lease_.held; }
  [[nodiscard]] const core::admission::snapshot& rules() const { return *by().rules; }
  [[nodiscard]] upstream::member& upstream(std::uint32_t group) const {
    return lease_.upstreams[group];
  }

 private:
  worker& worker_;
  lease& lease_;
};

}  // namespace gateway::session
