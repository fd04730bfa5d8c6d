// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the admin listener answers, as a pure function of the request and of what it shows or does.
// It knows no socket.

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace gateway::admin {

struct request {
  std::string_view method;
  std::string_view target;
  std::string_view host;                   ///< the Host field
  std::optional<std::string_view> origin;  ///< the Origin field, if there is one
  std::string_view authorization;          ///< the Authorization field
};

struct response {
  unsigned status = 200;
  std::string type;
  std::string body;
  std::string allow;            ///< for 405
  std::string challenge;        ///< for 401: WWW-Authenticate
  std::string policy{};         ///< for a page: Content-Security-Policy
  bool change_refused = false;  ///< somebody asked for a change who may not
};

/// What came of an attempt to put another configuration in force.
struct reloading {
  enum class outcome { done, refused, draining };
  outcome what = outcome::done;
  std::string members;  ///< of a JSON object, that say more
};

/// Where the pages come from; asked only when they are.
struct sources {
  std::function<std::string()> metrics;  ///< Prometheus text
  std::function<std::string()> config;   ///< the effective configuration as JSON, redacted
  std::function<reloading()> reload;     ///< puts the file's in force
  /// JSON of clients; nothing if the query is none.
  std::function<std::optional<std::string>(std::string_view query)> clients;
  std::function<std::string()> status;     ///< JSON of what the status page shows beside clients
  std::function<std::string()> not_ready;  ///< why /readyz says no; empty text: ready
  bool beyond_loopback = false;           ///< other machines reach the listener, by names of theirs
  std::string_view address;               ///< its IP address; empty: any of this machine's
  bool by_path = false;                   ///< it is a Unix-domain socket
  std::optional<std::string_view> token;  ///< who knows it may change things from there
};

/// GET and HEAD of /, /status.json, /clients, /metrics, /livez, /readyz and /config, and POST of
/// /reload; problem documents (RFC 9457) for the rest. No web page can drive it: `Host` must name
/// this machine by an address or as localhost, so that none can reach in through a name it controls
/// (DNS rebinding), and what changes anything takes no request that a page made (Origin). A
/// listener that other machines reach is found by names that only they know: there what machines
/// read (/clients, /metrics, /livez, /readyz) takes any, and whoever changes something must know
/// the token. A Unix-domain socket no page and no name leads to: there any `Host` will do.
response handle(const request& asked, const sources& from);

}  // namespace gateway::admin
