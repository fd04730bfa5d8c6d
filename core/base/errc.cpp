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

std::string_view sentence(errc reason) {
  switch (reason) {
    case errc::bad_http: return "the head is not HTTP/1.1";
    case errc::bad_proxy_header: return "no PROXY header came from somebody who may send one";
    case errc::http_version: return "neither HTTP/1.1 nor HTTP/1.0 is spoken";
    case errc::bad_framing: return "where the body ends is in doubt";
    case errc::bad_target: return "the path does not mean one thing only";
    case errc::bad_host: return "there is not exactly one Host that is a name or an address";
    case errc::unknown_method: return "no route may name this method";
    case errc::headers_too_large:
      return "the head is over limits.header_bytes, or has more than 100 fields";
    case errc::target_too_long: return "the request-target is over limits.target_bytes";
    case errc::expectation_failed: return "something else than 100-continue is expected";
    case errc::header_timeout: return "the head took longer than limits.header_timeout";
    case errc::body_timeout:
      return "the body took longer than limits.body_timeout, or is shorter than its Content-Length";
    case errc::body_too_large: return "the body is over the route's body_bytes";
    case errc::client_closed:
      return "the client went away before it was answered, or read nothing for limits.idle_timeout";
    case errc::no_route: return "no route has this host and path";
    case errc::method_not_allowed: return "a route has this path, and none of those this method";
    case errc::address_limited: return "too much of what came from this address was refused before";
    case errc::missing_credential: return "none of the scheme's fields is there";
    case errc::missing_field: return "some of the scheme's fields are there, and one is not";
    case errc::malformed_field: return "a field of the scheme's is outside its syntax";
    case errc::duplicate_field: return "a field that the scheme reads stands there twice";
    case errc::not_covered: return "the signature leaves out what it must cover";
    case errc::missing_payload:
      return "there is no sealed body, and the route or the method needs one";
    case errc::stale: return "the timestamp is older than the window";
    case errc::future:
      return "the timestamp is further ahead of the gateway's clock than the window allows";
    case errc::unknown_client:
      return "no client has this token, or its schemes leave this route's out";
    case errc::client_disabled: return "the client says enabled: false";
    case errc::no_secret_in_force:
      return "all of the client's secrets have ended or have not begun";
    case errc::unknown_alg: return "the signature's algorithm is none of the scheme's";
    case errc::bad_signature: return "none of the client's secrets in force makes this signature";
    case errc::bad_digest:
      return "the signature is right, and the body is another than it speaks of";
    case errc::unsupported_content:
      return "the route does not take this Content-Type or Content-Encoding";
    case errc::bad_payload: return "the signature is right, and the sealed body is not in its form";
    case errc::bad_mac: return "the signature is right, and the body was sealed with another key";
    case errc::decrypt_failed: return "the signature is right, and the body does not open";
    case errc::bad_plaintext: return "the body opened, and is not in the form that the route names";
    case errc::not_json: return "the body opened, and is not JSON";
    case errc::no_key: return "the client has no key of the kind that the route's scheme needs";
    case errc::route_forbidden: return "the client's routes leave this one out";
    case errc::address_forbidden: return "the client's addresses do not hold the one it calls from";
    case errc::rate_limited: return "the client sends more than its rate";
    case errc::concurrency_limited:
      return "the client has as many requests in flight as its concurrency allows";
    case errc::version_rejected:
      return "the client's version is below its minimum, or no route takes it";
    case errc::replay: return "the same message was sent before, and may have reached the service";
    case errc::replay_store_full:
      return "there is no room for the message's mark: replay.capacity, of which one client gets "
             "half";
    case errc::replay_store_unavailable:
      return "whether it was said before, the replay store cannot tell";
    case errc::draining: return "the gateway stops, and limits.drain_time is over";
    case errc::overloaded: return "there are more than limits.connections";
    case errc::upstream_busy: return "the service has max_requests, and max_pending wait";
    case errc::upstream_queue_timeout:
      return "it waited for one of max_requests longer than timeouts.connect";
    case errc::upstream_down: return "no endpoint of the upstream is up";
    case errc::upstream_unreachable:
      return "no endpoint took a connection, or one took no byte of the request";
    case errc::upstream_invalid:
      return "the service's answer is not HTTP, its length is in doubt, or it was cut off";
    case errc::upstream_timeout: return "the service did not answer within timeouts.response";
    case errc::reply_too_large:
      return "the answer is to be sealed or signed, and is over limits.reply_bytes";
    case errc::internal: return "a defect of ours, or out of memory";
  }
  return {};
}

}  // namespace core::base
