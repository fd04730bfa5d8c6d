// SPDX-License-Identifier: Apache-2.0
#include "core/admission/websocket.hpp"

#include "core/base/ascii.hpp"
#include "core/base/encoding.hpp"
#include "core/crypto/digest.hpp"

namespace core::admission {

namespace {

/// The value of a field that stands there once; else empty.
std::string_view only(const http::fields& all, std::string_view name) {
  const auto found = all.find(name);
  return found.count == 1 ? found.value : std::string_view();
}

}  // namespace

std::optional<std::string_view> websocket_key(const routed& request) {
  const http::request_head& head = request.head();
  const http::request_framing& framing = request.framing();
  if (!request.policy().settings.websocket || !framing.connection.lists("upgrade")) return {};
  if (head.method != "GET" || head.minor_version != 1) return {};
  if (framing.body != http::body_kind::none) return {};
  if (!base::iequals(only(head.fields, "upgrade"), "websocket")) return {};
  if (only(head.fields, "sec-websocket-version") != "13") return {};
  const std::string_view key = only(head.fields, "sec-websocket-key");
  const auto bytes = base::unbase64(key);
  if (!bytes || bytes->size() != 16) return {};
  return key;
}

bool accepts_websocket(const http::response_head& head, const http::response_framing& framing,
                       std::string_view key) {
  if (!framing.connection.lists("upgrade")) return false;
  if (!base::iequals(only(head.fields, "upgrade"), "websocket")) return false;
  const auto digest = crypto::sha1({key, "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"});
  return only(head.fields, "sec-websocket-accept") == base::base64({digest.data(), digest.size()});
}

}  // namespace core::admission
