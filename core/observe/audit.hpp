// SPDX-License-Identifier: Apache-2.0
#pragma once

// What an auditor asks for later: what became of the gateway, and messages that hint at misuse of a
// client's credentials. One line of JSON each. Rarer than exchanges, which the access log has.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/errc.hpp"
#include "core/base/instant.hpp"
#include "core/observe/record.hpp"

namespace core::observe {

enum class audit_event : std::uint8_t {
  start,             ///< clients are served from now on
  draining,          ///< told to stop; no new connections
  stop,              ///< nothing is served any more
  logs_reopened,     ///< SIGUSR1; what follows may be in another file
  handed_over,       ///< another process serves from now on
  reload,            ///< another configuration is in force
  reload_failed,     ///< it could not be put in force; nothing has changed
  client_added,      ///< by that configuration, as the next ones
  client_removed,    ///< and all of its secrets
  client_off,        ///< `enabled: false` from then on
  client_on,         ///< and no longer
  token_changed,     ///< what a client calls itself in its messages
  secret_added,      ///< one more proves messages, at once or from a time on
  secret_removed,    ///< it proves no more
  secret_changed,    ///< under the same name: the secret itself, or when it is in force
  admin_refused,     ///< somebody wanted to change something by the admin listener, and may not
  version_rejected,  ///< a client's version is below its minimum, or is taken nowhere
  replay,            ///< a message came again
  client_disabled,   ///< somebody names a client that is disabled
};

/// As it stands in the log.
std::string_view name(audit_event event);

/// Is a message that was refused for this, or would have been, of interest to an auditor?
std::optional<audit_event> audited(base::errc reason);

/// What is known of what the gateway did; what is empty is left out.
struct audit_facts {
  std::string_view detail{}, client_address{}, client{}, secret{};
};

/// Appends a line about the gateway.
void append_audit_line(std::string& out, audit_event event, base::instant at,
                       const audit_facts& known);
/// Appends a line about a message that was refused, or let pass by a route that observes.
void append_audit_line(std::string& out, audit_event event, const record& r, const names& n);

}  // namespace core::observe
