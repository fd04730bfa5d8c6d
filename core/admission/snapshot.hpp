// SPDX-License-Identifier: Apache-2.0
#pragma once

// The configuration compiled: routes, keys and schemes as immutable objects. A request only looks
// things up here.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/config/model.hpp"
#include "core/http/forward.hpp"
#include "core/keys/key_ring.hpp"
#include "core/replay/window.hpp"
#include "core/replay/window_history.hpp"
#include "core/route/table.hpp"
#include "core/scheme/laravel.hpp"
#include "core/scheme/rfc9421.hpp"
#include "core/scheme/template_scheme.hpp"

namespace core::admission {

/// What proves who sent a message.
using proving_scheme = std::variant<scheme::laravel, scheme::rfc9421, scheme::template_scheme>;

/// What one route demands and does.
struct route_policy {
  std::uint32_t index = 0;
  config::route settings;
  std::optional<proving_scheme> scheme;  ///< nothing: `scheme: none`
  std::string scheme_name;               ///< as clients' `schemes` name it
  config::laravel_preset preset;         ///< how a Laravel payload is read
  std::string version_field;             ///< where the client says its version; empty: nowhere
  std::string accept_signature;          ///< what a 401 asks for (RFC 9421, section 5), or nothing
  const keys::client* client = nullptr;  ///< whose messages these are, where they don't say it
  replay::window window;                 ///< the scheme's own, or that of all
  bool releases_on_failure = false;      ///< a message that the service failed on may come again
  http::request_filter request_filter{{}};  ///< which of the client's fields go upstream
  http::response_filter response_filter{};  ///< which of the upstream's fields go to the client
  // The same of what a route that observes lets pass: neither body nor answer is another one then.
  http::request_filter observed_request_filter{{}};
  http::response_filter observed_response_filter{};  ///< also where there is no scheme

  /// The scheme if it is the Laravel one, else null.
  [[nodiscard]] const scheme::laravel* laravel() const {
    return scheme ? std::get_if<scheme::laravel>(&*scheme) : nullptr;
  }
  /// Likewise.
  [[nodiscard]] const scheme::rfc9421* signatures() const {
    return scheme ? std::get_if<scheme::rfc9421>(&*scheme) : nullptr;
  }
  /// Likewise.
  [[nodiscard]] const scheme::template_scheme* templated() const {
    return scheme ? std::get_if<scheme::template_scheme>(&*scheme) : nullptr;
  }
};

/// Is there a key to seal with in this way? A public key is none.
inline bool has_sealing_key(const keys::generation& key, config::envelope_kind how) {
  switch (how) {
    case config::envelope_kind::laravel: return !key.encryption.empty();
    case config::envelope_kind::jwe: return !key.jwe.reply.empty();
    case config::envelope_kind::aes128gcm: return !key.aes128gcm.reply.empty();
    case config::envelope_kind::none: break;
  }
  return false;
}

struct snapshot {
  config::model model;
  /// The gateway's own key, for replies to clients that have only a public key.
  std::optional<crypto::private_key> identity;
  /// Of what clients usually address, "http" or "https": as the file says, or as all listeners do.
  std::string_view external_scheme;
  replay::window window;  ///< of schemes that have none of their own
  keys::key_ring keys;
  std::vector<route_policy> policies;  ///< in the file's order
  route::table routes;                 ///< answers with positions in `policies`

  /// `before`: the windows of the configurations that this one follows.
  explicit snapshot(config::model m, const replay::window_history& before = {});
  // Policies point at clients.
  snapshot(const snapshot&) = delete;
  snapshot& operator=(const snapshot&) = delete;

  /// The windows in which its routes let messages through, one for each kind of mark.
  [[nodiscard]] std::vector<replay::window_history::entry> windows() const;
};

}  // namespace core::admission
