// SPDX-License-Identifier: Apache-2.0
#pragma once

// The upstream's answer on its way to the client: streamed as it comes, or gathered where the route
// seals or signs it. It knows nothing of how the request got there.

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/admission/answer.hpp"
#include "core/base/errc.hpp"
#include "core/http/chunked.hpp"
#include "core/http/framing.hpp"
#include "gateway/session/client_connection.hpp"
#include "gateway/session/worker.hpp"
#include "gateway/sys/clock.hpp"
#include "gateway/upstream/pool.hpp"

namespace gateway::session {

class relay {
 public:
  using outcome = core::base::result<void>;

  struct request_facts {
    const core::admission::route_policy& policy;
    const core::config::limits& limits;
    std::string_view method;
    bool http_1_0 = false;  ///< such a client gets no chunks
    std::chrono::milliseconds response_timeout{};
    bool gathers = false;       ///< the route seals or signs its answers
    std::int64_t since_us = 0;  ///< since when is the upstream waited for, by the steady clock?
    sys::two_clocks started{};  ///< when did the request come?
    /// Of a WebSocket's handshake: its key, which the answer must know.
    std::optional<std::string_view> websocket_key{};
    std::string_view sent_ahead{};  ///< what came from the client behind the request
  };

  relay(worker& w, client_connection& client, scratch& space, net::transport& upstream,
        const request_facts& request, const core::admission::envelope_facts& facts);

  /// Waits for the head of the final answer.
  /// @return upstream_timeout, upstream_invalid, client_closed.
  net::task<outcome> hear();
  /// The answer whose head was heard, to its end.
  /// @return upstream_timeout, upstream_invalid, reply_too_large, client_closed. Where
  /// `answering()`, the client has had part of an answer and nothing else can be said to it.
  net::task<outcome> pass_on();

  [[nodiscard]] bool answering() const { return answering_; }
  [[nodiscard]] bool client_must_close() const { return facts_.close; }
  [[nodiscard]] bool upstream_reusable() const { return reusable_; }
  /// Did the connection end before the answer was whole?
  [[nodiscard]] bool cut_short() const { return cut_short_; }
  /// Has the upstream said anything?
  [[nodiscard]] bool heard() const { return heard_; }
  [[nodiscard]] std::uint64_t bytes_out() const { return bytes_out_; }
  /// What the client said on a WebSocket.
  [[nodiscard]] std::uint64_t bytes_in() const { return bytes_in_; }
  [[nodiscard]] std::int64_t waited_us() const { return waited_us_; }

 private:
  /// Is the final answer's head in memory? Then its framing is known, and `begin_` is behind it.
  core::base::result<bool> take_head();
  net::task<outcome> stream();
  net::task<outcome> gather();
  /// The handshake's answer, and then what both sides say to each other, to its end.
  net::task<outcome> become_websocket();
  [[nodiscard]] core::base::result<core::http::response_framing> frame_head() const;
  net::transport::operation<net::io_result> read_more();
  net::task<outcome> fill();
  outcome received(const net::io_result& got);
  /// The next piece of the body, empty at its end.
  net::task<core::base::result<std::string_view>> next();
  core::base::result<std::string_view> take();
  net::transport::operation<net::io_result> send(std::string_view head, std::string_view piece,
                                                 bool last);
  [[nodiscard]] core::admission::outgoing outgoing_framing() const;

  worker& worker_;
  client_connection& client_;
  scratch& scratch_;
  net::transport& upstream_;
  request_facts request_;
  core::admission::envelope_facts facts_;
  core::http::response_framing framing_;
  core::http::chunked_decoder decoder_;
  net::buffer memory_;
  std::size_t begin_ = 0;           ///< first byte of the answer not yet used
  std::size_t end_ = 0;             ///< behind the last byte received
  int interim_ = 0;                 ///< how many answers were not the final one?
  std::array<char, 20> size_line_;  ///< of the chunk that is being sent
  core::admission::outgoing out_ = core::admission::outgoing::none;
  std::uint64_t left_ = 0;  ///< of a body with a length: how much is still to come?
  bool ended_ = false;      ///< has the body been read to its end?
  bool answering_ = false;
  bool reusable_ = false;
  bool cut_short_ = false;
  bool heard_ = false;
  std::uint64_t bytes_out_ = 0;
  std::uint64_t bytes_in_ = 0;
  std::int64_t waited_us_ = 0;
};

}  // namespace gateway::session
