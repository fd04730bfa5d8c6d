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
#include "core/route/table.hpp"
#include "core/scheme/laravel.hpp"

namespace core::admission {

/// What proves who sent a message.
using proving_scheme = std::variant<scheme::laravel>;

/// What one route demands and does.
struct route_policy {
  std::uint32_t index = 0;
  config::route settings;
  std::optional<proving_scheme> scheme;  ///< nothing: `scheme: none`
  std::string scheme_name;               ///< as clients' `schemes` name it
  config::laravel_preset preset;         ///< how a Laravel payload is read
  std::string accept_signature;          ///< what a 401 asks for (RFC 9421, section 5), or nothing
  const keys::client* client = nullptr;  ///< whose messages these are, where they don't say it
  http::request_filter request_filter{{}};  ///< which of the client's fields go upstream
  http::response_filter response_filter{};  ///< which of the upstream's fields go to the client

  /// The scheme if it is the Laravel one, else null.
  [[nodiscard]] const scheme::laravel* laravel() const {
    return scheme ? std::get_if<scheme::laravel>(&*scheme) : nullptr;
  }
};

struct snapshot {
  config::model model;
  std::string_view external_scheme;  ///< of what clients address: "http" or "https"
  replay::window window;
  keys::key_ring keys;
  std::vector<route_policy> policies;  ///< in the file's order
  route::table routes;                 ///< answers with positions in `policies`

  explicit snapshot(config::model m);
};

}  // namespace core::admission
