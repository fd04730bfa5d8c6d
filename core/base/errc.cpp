// SPDX-License-Identifier: Apache-2.0
#include "core/base/errc.hpp"

namespace core::base {

std::string_view name(errc reason) {
  switch (reason) {
    case errc::bad_http: return "bad_http";
    case errc::bad_proxy_header: return "bad_proxy_header";
    case errc::http_version: return "http_version";
    case errc::bad_framing: return "bad_framing";
    case errc::bad_target: return "bad_target";
    case errc::bad_host: return "bad_host";
    case errc::unknown_method: return "unknown_method";
    case errc::headers_too_large: return "headers_too_large";
    case errc::target_too_long: return "target_too_long";
    case errc::expectation_failed: return "expectation_failed";
    case errc::header_timeout: return "header_timeout";
    case errc::body_timeout: return "body_timeout";
    case errc::body_too_large: return "body_too_large";
    case errc::client_closed: return "client_closed";
    case errc::no_route: return "no_route";
    case errc::method_not_allowed: return "method_not_allowed";
    case errc::address_limited: return "address_limited";
    case errc::missing_credential: return "missing_credential";
    case errc::missing_field: return "missing_field";
    case errc::malformed_field: return "malformed_field";
    case errc::duplicate_field: return "duplicate_field";
    case errc::not_covered: return "not_covered";
    case errc::missing_payload: return "missing_payload";
    case errc::stale: return "stale";
    case errc::future: return "future";
    case errc::unknown_client: return "unknown_client";
    case errc::client_disabled: return "client_disabled";
    case errc::no_secret_in_force: return "no_secret_in_force";
    case errc::unknown_alg: return "unknown_alg";
    case errc::bad_signature: return "bad_signature";
    case errc::bad_digest: return "bad_digest";
    case errc::unsupported_content: return "unsupported_content";
    case errc::bad_payload: return "bad_payload";
    case errc::bad_mac: return "bad_mac";
    case errc::decrypt_failed: return "decrypt_failed";
    case errc::bad_plaintext: return "bad_plaintext";
    case errc::not_json: return "not_json";
    case errc::no_key: return "no_key";
    case errc::route_forbidden: return "route_forbidden";
    case errc::address_forbidden: return "address_forbidden";
    case errc::rate_limited: return "rate_limited";
    case errc::concurrency_limited: return "concurrency_limited";
    case errc::version_rejected: return "version_rejected";
    case errc::replay: return "replay";
    case errc::replay_store_full: return "replay_store_full";
    case errc::replay_store_unavailable: return "replay_store_unavailable";
    case errc::draining: return "draining";
    case errc::overloaded: return "overloaded";
    case errc::upstream_busy: return "upstream_busy";
    case errc::upstream_queue_timeout: return "upstream_queue_timeout";
    case errc::upstream_down: return "upstream_down";
    case errc::upstream_unreachable: return "upstream_unreachable";
    case errc::upstream_invalid: return "upstream_invalid";
    case errc::upstream_timeout: return "upstream_timeout";
    case errc::reply_too_large: return "reply_too_large";
    case errc::internal: return "internal";
  }
  return "unknown";
}

}  // namespace core::base
