// SPDX-License-Identifier: Apache-2.0
#pragma once

// The one record of what happened in an exchange: access log and metrics are both written from it,
// once, on every way out. Views are valid until the exchange ends.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/errc.hpp"
#include "core/base/instant.hpp"
#include "core/http/head.hpp"

namespace core::observe {

struct record {
  static constexpr std::uint32_t no_index = 0xFFFFFFFF;

  base::instant at{};                 ///< when the head was complete
  std::array<char, 32> request_id{};  ///< our own, hex
  std::string_view given_request_id;  ///< of a proxy whose word counts; it goes before ours
  std::string_view request_id_text() const {
    if (!given_request_id.empty()) return given_request_id;
    return {request_id.data(), request_id.size()};
  }
  std::string_view peer;  ///< the client's address, without port; a proxy's word counts
  std::string_view method, host,
      path;  ///< as sent; empty if the head could not be read. The query is never logged.
  const http::request_head* head = nullptr;  ///< all of it, for who wants more; null as above
  std::uint32_t route = no_index;            ///< position in the configuration
  std::uint32_t client = no_index;           ///< index in the key ring, once a token named it
  bool proven = false;                       ///< the signature was right
  std::string_view version;                  ///< as the message says; in metrics only if proven
  std::int32_t secret = -1;                  ///< which generation proved it
  std::optional<std::int64_t> stamp;         ///< the message's own time, Unix seconds
  std::optional<base::errc> refused;
  std::optional<base::errc> observed;         ///< would have been refused, and was let pass
  unsigned status = 0;                        ///< sent to the client; 0: nothing could be sent
  std::uint64_t bytes_in = 0, bytes_out = 0;  ///< bodies
  std::int64_t duration_us = 0;               ///< from the head to the last byte of the answer
  std::int64_t upstream_us = 0;               ///< of that, waiting for the upstream
  std::uint32_t upstream = no_index, endpoint = no_index;
  unsigned upstream_status = 0;
  std::uint32_t elsewhere = 0;  ///< so often an endpoint took nothing, and another one was tried
  std::uint32_t retries = 0;    ///< so often it was sent again, because no answer came
  bool deprecated = false;      ///< the version passed, but is below `deprecated_below`
};

/// Names for what a record holds as indices.
struct names {
  std::string_view route, client, secret, upstream, endpoint;
};

/// Appends one line of JSON with a final newline, with every member that has a value.
void append_json_line(std::string& out, const record& r, const names& n);

}  // namespace core::observe
