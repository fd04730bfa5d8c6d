// SPDX-License-Identifier: Apache-2.0
#pragma once

// The head that goes upstream: only what was proven or is harmless passes, identity is set by us,
// once.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/admission/observing.hpp"
#include "core/admission/stages.hpp"

namespace core::admission {

/// What the shell adds that core can't know.
struct hop {
  std::string_view authority;  ///< the endpoint's, for Host
  std::string_view peer;       ///< the client's address
  std::string_view request_id;
  std::string_view trace_parent;  ///< a fresh one, used where the client sent no valid one
  bool websocket = false;         ///< the request is a handshake, see websocket_key()
};

/// A message that may go upstream: reserved, waived or observed. There is no other way to get one.
class cleared {
 public:
  explicit cleared(const reserved& r);
  cleared(const waived& w, std::string_view body);
  /// `body` as it came.
  cleared(const observed& o, std::string_view body);

  [[nodiscard]] const routed& request() const { return *request_; }
  [[nodiscard]] const outbound* sender() const { return sender_; }  ///< null if none is proven
  /// Of one that is let pass all the same: what it would be refused for.
  [[nodiscard]] const std::optional<base::errc>& observed_for() const { return observed_for_; }
  [[nodiscard]] bool has_body() const { return has_body_; }
  [[nodiscard]] std::string_view body() const { return body_; }

 private:
  const routed* request_;
  const outbound* sender_ = nullptr;
  bool has_body_;
  std::string_view body_;
  std::optional<base::errc> observed_for_;
};

/// Replaces `into`'s content by the head, its empty line included.
void write_upstream_head(std::string& into, const cleared& message, const hop& h);

}  // namespace core::admission
