// SPDX-License-Identifier: Apache-2.0
#pragma once

// From a model to what workers go by: a generation, made whole before anything of it is in force.

#include <map>
#include <memory>
#include <string>
#include <tuple>

#include "core/base/instant.hpp"
#include "core/config/model.hpp"
#include "core/replay/window_history.hpp"
#include "gateway/metrics/registry.hpp"
#include "gateway/net/resolve.hpp"
#include "gateway/session/generation.hpp"
#include "gateway/upstream/resolver.hpp"

namespace gateway::app {

/// What outlives a configuration in which it is named, found as long as requests have some of it.
struct shared_by_name {
  /// Places of each upstream.
  std::map<std::string, std::weak_ptr<upstream::slots>> places;
  /// Of each endpoint: its upstream, its authority, and its address.
  using endpoint = std::tuple<std::string, std::string, net::socket_address>;
  std::map<endpoint, std::weak_ptr<upstream::condition>> conditions;
};

/// Where the names of a configuration lead.
struct destinations {
  std::vector<upstream::group> groups;
  /// Of those that can't be found now: where they led before, which still holds, and the problem.
  std::vector<upstream::looked_up> lost;
};

/// Looks names up, which blocks. One that can't be found, and that `in_force` has, leads where it
/// did: a name server that fails must not keep a secret in force. Throws std::runtime_error with a
/// sentence for the operator.
destinations look_up(const core::config::model& model, const shared_by_name& known,
                     const std::vector<upstream::group>& in_force = {},
                     const upstream::resolver::lookup& look = net::resolve_all);

/// What an operator calls the endpoint: host and port, without the scheme's own, or unix:PATH.
std::string authority_of(const core::config::address& a, bool tls = false);

/// What is known of an endpoint; a new condition if nothing is.
std::shared_ptr<upstream::condition> condition_of(const std::string& name,
                                                  const upstream::endpoint& e,
                                                  const shared_by_name& known);

/// What the clients of each listener that speaks TLS are met with. `numbers`: of `listeners`, in
/// their order. Throws std::runtime_error likewise.
std::vector<session::secured_listener> secure(const std::vector<core::config::listener>& listeners,
                                              const std::vector<std::uint32_t>& numbers,
                                              const std::shared_ptr<net::ticket_keys>& tickets);

/// The numbers of those where a PROXY header comes first.
std::vector<std::uint32_t> introducing(const std::vector<core::config::listener>& listeners,
                                       const std::vector<std::uint32_t>& numbers);

/// What the metrics call it all.
metrics::catalog describe(const core::config::model& model,
                          const std::vector<upstream::group>& groups, core::base::instant now);

/// What is in force of what one generation leaves to the next. For the steward.
struct succession {
  core::replay::window_history windows;
  shared_by_name shared;

  /// It is in force from `now` on.
  void put_in_force(const session::generation& next, std::int64_t now);
  /// The same for another one of the same configuration: whose names lead elsewhere.
  void share(const std::vector<upstream::group>& groups);
};

/// The windows as they are when all that is in force ends at `now`.
core::replay::window_history ended(core::replay::window_history windows, std::int64_t now);

}  // namespace gateway::app
