// SPDX-License-Identifier: Apache-2.0
#include "core/admission/refusal.hpp"

namespace core::admission {

using base::errc;

namespace {

constexpr bool closes = true;
constexpr bool stays = false;

constexpr refusal unauthenticated{401, "unauthenticated", "The message could not be authenticated",
                                  stays, 0};
constexpr refusal malformed{400, "malformed", "The request is malformed", stays, 0};
constexpr refusal unframed{400, "malformed", "The request is malformed", closes, 0};
constexpr refusal out_of_window{401, "stale", "The timestamp is outside the accepted window", stays,
                                0};
constexpr refusal timed_out{408, "timeout", "The request did not arrive in time", closes, 0};

constexpr refusal unavailable(bool close, unsigned retry_after) {
  return {503, "unavailable", "The gateway can't take this request now", close, retry_after};
}

}  // namespace

// Switched without a default, so that a new reason doesn't compile until it has a place here.
refusal refusal_for(errc reason) {
  switch (reason) {
    // What could be read in two ways ends the connection: nothing after it can be trusted to be a
    // request.
    case errc::bad_http:
    case errc::bad_framing:
    case errc::bad_target:
    case errc::bad_host: return unframed;
    case errc::http_version:
      return {505, "http_version", "Only HTTP/1.0 and HTTP/1.1 are spoken here", closes, 0};
    case errc::unknown_method:
      return {501, "not_implemented", "The method is not implemented", closes, 0};
    case errc::headers_too_large:
      return {431, "headers_too_large", "The header fields are too large", closes, 0};
    case errc::target_too_long:
      return {414, "target_too_long", "The request target is too long", closes, 0};
    case errc::expectation_failed:
      return {417, "expectation_failed", "Only 100-continue can be expected", closes, 0};
    case errc::header_timeout:
    case errc::body_timeout: return timed_out;
    case errc::body_too_large: return {413, "too_large", "The body is too large", stays, 0};
    // Who is there may not speak HTTP.
    case errc::bad_proxy_header:
    case errc::client_closed: return {0, "", "", closes, 0};
    case errc::no_route: return {404, "no_route", "No such route", stays, 0};
    case errc::method_not_allowed:
      return {405, "method_not_allowed", "The route does not take this method", stays, 0};
    case errc::address_limited:
      return {429, "rate_limited", "Too many requests from this address were refused", stays, 1};
    case errc::missing_credential: return unauthenticated;
    case errc::missing_field:
    case errc::malformed_field:
    case errc::duplicate_field:
    case errc::not_covered:
    case errc::missing_payload: return malformed;
    case errc::stale:
    case errc::future: return out_of_window;
    case errc::unknown_client:
    case errc::client_disabled:
    case errc::no_secret_in_force:
    case errc::unknown_alg:
    case errc::bad_signature:
    case errc::bad_digest:
    case errc::bad_payload:
    case errc::bad_mac:
    case errc::decrypt_failed: return unauthenticated;
    case errc::unsupported_content:
      return {415, "unsupported_content", "The route does not take this kind of content", stays, 0};
    case errc::bad_plaintext:
    case errc::not_json: return {422, "not_json", "The message is not JSON", stays, 0};
    case errc::no_key:
      return {403, "no_key", "The route needs a key that this client does not have", stays, 0};
    case errc::route_forbidden:
      return {403, "forbidden", "This client may not use this route", stays, 0};
    case errc::address_forbidden:
      return {403, "forbidden", "This client may not call from here", stays, 0};
    case errc::rate_limited:
    case errc::concurrency_limited:
      return {429, "rate_limited", "This client sends more than it may", stays, 1};
    case errc::version_rejected:
      return {403, "version_retired", "This client version is no longer accepted", stays, 0};
    case errc::replay:
      return {401, "replayed", "The message may have been delivered before", stays, 0};
    case errc::replay_store_full:
    case errc::replay_store_unavailable: return unavailable(stays, 5);
    case errc::draining:
    case errc::overloaded: return unavailable(closes, 1);
    // Nothing is wrong with the connection, and opening it anew would cost more than this answer.
    case errc::upstream_busy:
    case errc::upstream_queue_timeout: return unavailable(stays, 1);
    // Until probes have seen it come back, or one that was ejected is tried again.
    case errc::upstream_down: return unavailable(stays, 5);
    case errc::upstream_unreachable:
      return {502, "upstream_unreachable", "The service can't be reached", stays, 0};
    case errc::upstream_invalid:
      return {502, "upstream_invalid", "The service did not answer properly", stays, 0};
    case errc::upstream_timeout:
      return {504, "upstream_timeout", "The service did not answer in time", stays, 0};
    case errc::reply_too_large:
      return {502, "reply_too_large", "The service's answer is too large to be signed or sealed",
              stays, 0};
    case errc::internal: break;
  }
  return {500, "internal", "Internal error", closes, 0};
}

bool blames_client(errc reason) {
  // What came before is to blame, and that may have been others'.
  if (reason == errc::address_limited) return false;
  const unsigned status = refusal_for(reason).status;
  // 501 and 505: methods and versions that the client chose.
  return (status >= 400 && status < 500) || status == 501 || status == 505;
}

bool is_failure(errc reason) {
  const unsigned status = refusal_for(reason).status;
  return status == 400 || status == 401 || status == 403;
}

// Switched without a default as well: whether a new reason may be waived is to be decided.
bool is_waivable(errc reason) {
  switch (reason) {
    case errc::missing_credential:
    case errc::missing_field:
    case errc::malformed_field:
    case errc::duplicate_field:
    case errc::not_covered:
    case errc::missing_payload:
    case errc::stale:
    case errc::future:
    case errc::unknown_client:
    case errc::client_disabled:
    case errc::no_secret_in_force:
    case errc::unknown_alg:
    case errc::bad_signature:
    case errc::bad_digest:
    case errc::unsupported_content:
    case errc::bad_payload:
    case errc::bad_mac:
    case errc::decrypt_failed:
    case errc::version_rejected:
    case errc::replay:
    case errc::replay_store_full:
    case errc::replay_store_unavailable: return true;
    case errc::bad_proxy_header:
    case errc::bad_http:
    case errc::http_version:
    case errc::bad_framing:
    case errc::bad_target:
    case errc::bad_host:
    case errc::unknown_method:
    case errc::headers_too_large:
    case errc::target_too_long:
    case errc::expectation_failed:
    case errc::header_timeout:
    case errc::body_timeout:
    case errc::body_too_large:
    case errc::client_closed:
    case errc::no_route:
    case errc::method_not_allowed:
    case errc::address_limited:
    // Proven and opened: what is proven is treated as anywhere else.
    case errc::bad_plaintext:
    case errc::not_json:
    case errc::no_key:
    case errc::route_forbidden:
    case errc::address_forbidden:
    case errc::rate_limited:
    case errc::concurrency_limited:
    case errc::draining:
    case errc::overloaded:
    case errc::upstream_busy:
    case errc::upstream_queue_timeout:
    case errc::upstream_down:
    case errc::upstream_unreachable:
    case errc::upstream_invalid:
    case errc::upstream_timeout:
    case errc::reply_too_large:
    case errc::internal: break;
  }
  return false;
}

}  // namespace core::admission
