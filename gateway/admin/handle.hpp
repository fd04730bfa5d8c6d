// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the admin listener answers, as a pure function of the request and of what it shows. It knows
// no socket.

#include <functional>
#include <string>
#include <string_view>

namespace gateway::admin {

struct request {
  std::string_view method;
  std::string_view target;
  std::string_view host;  ///< the Host field
};

struct response {
  unsigned status = 200;
  std::string type;
  std::string body;
  std::string allow;  ///< for 405
};

/// Where the pages come from; asked only when they are.
struct sources {
  std::function<std::string()> metrics;  ///< Prometheus text
  std::function<std::string()> config;   ///< the effective configuration as JSON, redacted
  std::string_view not_ready;            ///< why /readyz says no; empty: ready
  bool beyond_loopback = false;          ///< other machines reach the listener, by names of theirs
};

/// GET and HEAD of /metrics, /livez, /readyz and /config; problem documents (RFC 9457) for the
/// rest. `Host` must name this machine by an address or as localhost, so that no web page can reach
/// in through a name it controls (DNS rebinding). A listener that other machines reach is found by
/// names that only they know: there /metrics, /livez and /readyz take any.
response handle(const request& asked, const sources& from);

}  // namespace gateway::admin
