// SPDX-License-Identifier: Apache-2.0
#pragma once

// One upstream as a configuration has it, with its addresses looked up. Shared by all workers.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/config/model.hpp"
#include "gateway/net/asio_types.hpp"
#include "gateway/net/tls_client.hpp"
#include "gateway/upstream/condition.hpp"
#include "gateway/upstream/slots.hpp"

namespace gateway::upstream {

/// An endpoint with its address looked up when the configuration was read. A name that has several
/// addresses is as many endpoints.
struct endpoint {
  net::socket_address address;
  std::string authority;  ///< host and port as the file has them, or unix:PATH
  std::uint32_t weight = 1;
  /// For all workers, and for each configuration in which the upstream of this name has it. Null:
  /// nobody else knows of it.
  std::shared_ptr<upstream::condition> condition = nullptr;
  bool tls = false;  ///< https
};

/// Of one upstream, the addresses of all of its names together: more are left out.
inline constexpr std::size_t most_endpoints = 256;

/// No host is written like that: it has no slash.
inline bool is_path(std::string_view authority) { return authority.starts_with("unix:/"); }

/// What stands in Host, which a path is none for.
inline std::string_view host_field(std::string_view authority) {
  return is_path(authority) ? "localhost" : authority;
}

/// The URL by which operators know it.
inline std::string url_of(const endpoint& e) {
  if (is_path(e.authority)) return e.authority;
  return (e.tls ? "https://" : "http://") + e.authority;
}

/// The host in an authority: without port and brackets.
std::string host_of(std::string_view authority);

struct group {
  group(core::config::upstream s = {}, std::vector<endpoint> e = {},
        std::shared_ptr<slots> shared = {})
      : settings(std::move(s)),
        endpoints(std::move(e)),
        places(shared ? std::move(shared)
                      : std::make_shared<slots>(settings.max_requests, settings.max_pending)) {}

  [[nodiscard]] core::upstream::ejection_rule ejection() const {
    return {settings.eject.failures, settings.eject.time};
  }

  core::config::upstream settings;
  std::vector<endpoint> endpoints;
  bool cut = false;  ///< had its names more addresses than most_endpoints?
  std::shared_ptr<const net::tls_client> tls;  ///< null: all are spoken to plainly
  /// For all workers, and for each configuration that has an upstream of this name.
  std::shared_ptr<slots> places;
};

/// How TLS is spoken to an endpoint of it. Null: not at all, as at a path.
inline std::shared_ptr<const net::tls_client> tls_to(const endpoint& e, const group& of) {
  return is_path(e.authority) ? nullptr : of.tls;
}

}  // namespace gateway::upstream
