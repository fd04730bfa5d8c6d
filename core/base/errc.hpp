// SPDX-License-Identifier: Apache-2.0
#pragma once

// Every reason for which a message can be refused or an exchange can fail, as log and metrics name
// it. What the client is told is decided elsewhere, in one table: core/admission/refusal.hpp.

#include <boost/system/result.hpp>
#include <stdexcept>
#include <string>
#include <string_view>

namespace core::base {

enum class errc {
  // HTTP, before any scheme runs
  bad_http = 1,        ///< the head is not HTTP/1.x
  bad_proxy_header,    ///< no PROXY header from somebody who may send one
  http_version,        ///< HTTP, but neither 1.0 nor 1.1
  bad_framing,         ///< the length of the body is in doubt (RFC 9112, section 6.3)
  bad_target,          ///< request-target that is not a clean origin form
  bad_host,            ///< no Host, more than one, or one outside its syntax
  unknown_method,      ///< a method that no route may name
  headers_too_large,   ///< the head is over `limits.header_bytes`, or has too many fields
  target_too_long,     ///< the request-target is over `limits.target_bytes`
  expectation_failed,  ///< an Expect other than 100-continue
  header_timeout,      ///< the head did not arrive within `limits.header_timeout`
  body_timeout,        ///< the body did not arrive within `limits.body_timeout`
  body_too_large,      ///< declared or received more than `body_bytes`
  client_closed,       ///< the client went away before it was answered
  // routing
  no_route,            ///< no route matches host and path
  method_not_allowed,  ///< a route matches the path, none this method
  // the address
  address_limited,  ///< too much that came from there was refused
  // the credential
  missing_credential,   ///< none of the scheme's fields is there
  missing_field,        ///< some of the scheme's fields are there, one is not
  malformed_field,      ///< a field is outside its syntax
  duplicate_field,      ///< a field that the scheme reads stands there twice
  not_covered,          ///< the signature leaves out what it must cover
  missing_payload,      ///< the route or the method needs a sealed body and there is none
  stale,                ///< the stamp is older than the window
  future,               ///< the stamp is further ahead than the window allows
  unknown_client,       ///< no client has this token
  client_disabled,      ///< the client is configured `enabled: false`
  no_secret_in_force,   ///< the client is known, but none of its secrets is valid now
  unknown_alg,          ///< the message names an algorithm that nobody here signs by
  bad_signature,        ///< no secret in force makes this signature
  bad_digest,           ///< the signature is right, the body another than it speaks of
  unsupported_content,  ///< a Content-Type or Content-Encoding the route does not take
  bad_payload,          ///< form field, base64, JSON members or lengths of the sealed body
  bad_mac,              ///< the sealed body's MAC is wrong
  decrypt_failed,       ///< authentication tag or padding is wrong
  bad_plaintext,        ///< proven, but not in the plaintext form that the route names
  not_json,             ///< proven and opened, but not JSON
  // policy, for proven clients
  no_key,                    ///< the route's scheme needs a key that this client has not
  route_forbidden,           ///< the client's `routes` do not name this one
  address_forbidden,         ///< the client's `addresses` do not hold the one it calls from
  rate_limited,              ///< beyond the client's `rate`
  concurrency_limited,       ///< the client has `concurrency` requests already
  version_rejected,          ///< the client's version is below its minimum
  replay,                    ///< the same message may have reached the service before
  replay_store_full,         ///< the store, or this client's half of it, has no room
  replay_store_unavailable,  ///< the store can't answer
  // us and the upstream
  draining,                ///< the gateway is shutting down
  overloaded,              ///< over `limits.connections`
  upstream_busy,           ///< the upstream has `max_requests`, and `max_pending` wait for a place
  upstream_queue_timeout,  ///< waited for such a place longer than `timeouts.connect`
  upstream_down,           ///< no endpoint is up: probes say so, or it failed too often
  upstream_unreachable,    ///< no endpoint accepts a connection
  upstream_invalid,  ///< the upstream's answer is not HTTP, lies about its length, or broke off
  upstream_timeout,  ///< no answer within `timeouts.response`
  reply_too_large,   ///< a reply to be sealed is over `limits.reply_bytes`
  internal,          ///< a defect of ours
};

inline constexpr errc last_errc = errc::internal;

/// The reason's name in logs and metrics, e.g. "bad_signature".
std::string_view name(errc reason);

/// What has happened, for whoever reads the log; without a full stop.
std::string_view sentence(errc reason);

template <class T>
using result = boost::system::result<T, errc>;

/// Called by result<T>::value() on an error; a use of value() without a check is a defect of ours.
[[noreturn]] inline void throw_exception_from_error(errc reason, const boost::source_location&) {
  throw std::logic_error(std::string("unchecked result: ").append(name(reason)));
}

}  // namespace core::base
