// SPDX-License-Identifier: Apache-2.0
#pragma once

// What can only be said when all has been read: names that must exist, values that must fit each
// other, choices that are unsafe. link() first; then the checks, in any order.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/config/draft.hpp"
#include "core/config/report.hpp"

namespace core::config {

/// What a route can only mean when it has a scheme.
inline constexpr std::array<std::string_view, 6> proving_keys{
    "client", "client_version", "bodyless", "replay", "reply", "mode"};
/// What a route can only mean when its scheme is the Laravel one, or its bodies are sealed as
/// Laravel seals them.
inline constexpr std::array<std::string_view, 1> laravel_keys{"bodyless"};

/// The draft beside the document it came from: element i of a list is item or entry i of the
/// document.
struct reviewed {
  const node& root;
  draft& d;
  report& problems;
  bool every_client = true;  ///< false: some stand in a file that can't be had

  [[nodiscard]] spot top(std::string_view key) const { return spot{&root, {}}.key(key); }
  [[nodiscard]] spot client(std::size_t i) const { return named(top("clients"), i); }
  [[nodiscard]] spot upstream(std::size_t i) const { return named(top("upstreams"), i); }
  [[nodiscard]] spot scheme(std::size_t i) const { return named(top("schemes"), i); }
  [[nodiscard]] spot route(std::size_t i) const { return top("routes").item(i); }

 private:
  static spot named(const spot& map, std::size_t i) {
    const entry& e = map.at->entries[i];
    return {&e.value, join_path(map.path, e.key)};
  }
};

/// Turns names into indices, adds the scheme `laravel` if it is used and not among the file's own,
/// and names the routes that have no name.
void link(const reviewed& f);

void check_gateway(const reviewed& f);
void check_schemes(const reviewed& f);
void check_routes(const reviewed& f);
void check_clients(const reviewed& f);
/// Keys that don't fit an envelope, and digests that would tell a secret.
void check_client_keys(const reviewed& f);
/// Secrets that are no key for a template that they open.
void check_template_keys(const reviewed& f);
/// Enabled clients that have no secret in force, or soon will have none. Only worth saying of a
/// file without an error.
void check_times(const reviewed& f, std::int64_t now);
/// Things that nothing refers to. Only worth saying of a file without an error.
void check_unused(const reviewed& f);

/// What follows from a scheme's kind.
struct scheme_traits {
  bool laravel = false;
  bool names_client = true;   ///< else the route says whose messages these are
  bool signs_body = true;     ///< else only a sealed body is proven
  bool signs_replies = true;  ///< can a reply be signed with it?
  bool public_keys = false;   ///< does it take clients that have only a public key?
  bool shared_keys = true;    ///< does it take clients that share a secret?
};
scheme_traits traits_of(const scheme_settings& s);

/// The algorithm that a public key is for; nothing for RSA, which can be for two.
std::optional<crypto::signature_algorithm> algorithm_of(const crypto::public_key& key);

/// How bodies are sealed on this route.
envelope_kind envelope_of(const route_draft& r, const draft& d);

/// May this client's key be tried on this route? `client` is its place among the drafts.
bool opens(std::size_t client, const route_draft& r, const draft& d);

}  // namespace core::config
