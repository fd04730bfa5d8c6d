// SPDX-License-Identifier: Apache-2.0
#pragma once

// The configuration compiled: routes, keys and schemes as immutable objects. A request only looks
// things up here.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/config/model.hpp"
#include "core/http/forward.hpp"
#include "core/keys/key_ring.hpp"
#include "core/replay/window.hpp"
#include "core/route/table.hpp"
#include "core/scheme/laravel.hpp"

namespace core::admission {

/// What one route demands and does.
struct route_policy {
  std::uint32_t index = 0;
  config::route settings;
  std::optional<scheme::laravel> scheme;  ///< nothing: `scheme: none`
  config::laravel_preset preset;          ///< how the sealed body is read; meaningful with a scheme
  http::request_filter request_filter;    ///< which of the client's fields go upstream
  http::response_filter response_filter;  ///< which of the upstream's fields go to the client
};

struct snapshot {
  config::model model;
  replay::window window;
  keys::key_ring keys;
  std::vector<route_policy> policies;  ///< in the file's order
  route::table routes;                 ///< answers with positions in `policies`

  explicit snapshot(config::model m);
};

}  // namespace core::admission
