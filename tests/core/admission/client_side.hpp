// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the tests of the client's side share: a configuration's snapshot, a clock, and messages
// taken apart again.

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>

#include "core/admission/client_request.hpp"
#include "core/http/head.hpp"
#include "tests/core/config/sample.hpp"

namespace tests::client_side {

inline constexpr std::int64_t now = 1'700'000'000;
inline constexpr std::string_view iv = "0123456789ABCDEF";

inline core::base::instant moment(std::int64_t later = 0) {
  return core::base::from_unix_seconds(now + later);
}

inline core::admission::snapshot compile(std::string_view text) {
  return core::admission::snapshot(tests::config::model_of(text));
}

/// POST /api/orders by billing, now.
inline core::admission::client_message message(std::string_view body = R"({"id":7})") {
  core::admission::client_message m;
  m.client = "billing";
  m.method = "POST";
  m.authority = "127.0.0.1:8080";
  m.target = "/api/orders";
  m.body = body;
  m.timestamp = now;
  m.now = now;
  return m;
}

inline core::admission::client_request make(const core::admission::client_message& m,
                                            const core::admission::snapshot& rules) {
  core::admission::workspace space;
  auto made = core::admission::make_client_request(m, iv, rules, space);
  if (const auto* why = std::get_if<std::string>(&made)) throw std::runtime_error(*why);
  return std::get<core::admission::client_request>(std::move(made));
}

/// Why there is no request; empty if there is one.
inline std::string why_not(const core::admission::client_message& m,
                           const core::admission::snapshot& rules) {
  core::admission::workspace space;
  const auto made = core::admission::make_client_request(m, iv, rules, space);
  const auto* why = std::get_if<std::string>(&made);
  return why == nullptr ? std::string() : *why;
}

/// The text of a message, its first line in three parts, its fields, and what follows the empty
/// line.
struct taken_apart {
  explicit taken_apart(std::string bytes) : text(std::move(bytes)) {
    std::string_view rest = text;
    const std::string_view line = take(rest, "\r\n");
    const auto blank = line.find(' ');
    const auto second = line.find(' ', blank + 1);
    parts[0] = line.substr(0, blank);
    parts[1] = line.substr(blank + 1, second - blank - 1);
    parts[2] = line.substr(second + 1);
    while (!rest.starts_with("\r\n")) {
      const std::string_view field = take(rest, "\r\n");
      const auto colon = field.find(": ");
      fields.add(field.substr(0, colon), field.substr(colon + 2));
    }
    body = rest.substr(2);
  }
  taken_apart(const taken_apart&) = delete;

  static std::string_view take(std::string_view& rest, std::string_view end) {
    const auto at = rest.find(end);
    if (at == std::string_view::npos) throw std::runtime_error("no whole message");
    const std::string_view piece = rest.substr(0, at);
    rest.remove_prefix(at + end.size());
    return piece;
  }

  std::string text;
  std::string_view parts[3];
  core::http::fields fields;
  std::string body;
};

inline core::http::request_head request_head(const taken_apart& t) {
  core::http::request_head head;
  head.method = t.parts[0];
  head.target = t.parts[1];
  head.fields = t.fields;
  return head;
}

inline core::http::response_head response_head(const taken_apart& t) {
  core::http::response_head head;
  head.status = static_cast<unsigned>(std::stoul(std::string(t.parts[1])));
  head.reason = t.parts[2];
  head.fields = t.fields;
  return head;
}

}  // namespace tests::client_side
