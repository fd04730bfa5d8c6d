// SPDX-License-Identifier: Apache-2.0
#pragma once

// What one listener's clients are shown, and what of them: its certificates by name, versions,
// ciphers, whose certificates it takes. Immutable and shared by all workers; another configuration
// makes another one, and connections end on theirs.

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/config/model.hpp"
#include "gateway/net/tls_keys.hpp"
#include "gateway/net/tls_object.hpp"

namespace gateway::net {

class tls_server {
 public:
  /// Throws std::runtime_error with a sentence for the operator.
  tls_server(const core::config::listener_tls& settings, std::shared_ptr<ticket_keys> tickets);
  tls_server(const tls_server&) = delete;
  tls_server& operator=(const tls_server&) = delete;

  /// For one client. Throws std::bad_alloc.
  [[nodiscard]] tls_object begin() const;

  struct certificate {
    std::string path;        ///< as the configuration has it
    std::int64_t until = 0;  ///< Unix seconds
  };
  [[nodiscard]] const std::vector<certificate>& certificates() const { return shown_; }

  // For OpenSSL's callbacks.
  /// The context for a host, or null: a name that stands there before one with a wildcard.
  [[nodiscard]] ssl_ctx_st* find(std::string_view host) const;
  [[nodiscard]] ticket_keys& tickets() const { return *tickets_; }

 private:
  struct loaded;
  ssl_ctx_st* context_of(const std::vector<loaded>& all, std::size_t chosen,
                         const std::vector<std::string>& hosts,
                         const core::config::listener_tls& settings);

  std::shared_ptr<ticket_keys> tickets_;
  std::map<std::vector<std::size_t>, tls_context> contexts_;  ///< by what stands together in each
  ssl_ctx_st* first_ = nullptr;                               ///< for who names no known host
  std::unordered_map<std::string, ssl_ctx_st*> exact_, wildcard_;  ///< the latter without "*."
  std::vector<certificate> shown_;
};

}  // namespace gateway::net
