// SPDX-License-Identifier: Apache-2.0
#include "core/http/forward.hpp"

namespace core::http {

namespace {

template <class Names>
void add_all(name_set& to, const Names& names) {
  for (const auto& name : names) to.add(name);
}

/// For one connection only, whether Connection lists them or not (RFC 9110, section 7.6.1). Trailer
/// goes with the trailers, which the decoder drops.
void add_hop_by_hop(name_set& to) {
  constexpr std::string_view names[] = {"Connection",
                                        "Keep-Alive",
                                        "Proxy-Connection",
                                        "Proxy-Authenticate",
                                        "Proxy-Authorization",
                                        "TE",
                                        "Trailer",
                                        "Transfer-Encoding",
                                        "Upgrade"};
  add_all(to, names);
}

/// Digests of a body: false once another body goes in its place.
void add_body_digests(name_set& to) {
  constexpr std::string_view names[] = {"Content-Digest", "Repr-Digest", "Digest", "Content-MD5"};
  add_all(to, names);
}

}  // namespace

request_filter::request_filter(const request_filter_settings& settings) {
  add_hop_by_hop(dropped_);
  constexpr std::string_view never[] = {"Content-Digest",
                                        // who it came from, and what it asks for: upstreams believe
                                        // these, so only the gateway may say them
                                        "Forwarded", "X-Real-IP", "X-Original-URL", "X-Rewrite-URL",
                                        "X-HTTP-Method", "X-HTTP-Method-Override",
                                        "X-Method-Override", "X-Request-Id",
                                        "Proxy",  // becomes HTTP_PROXY in CGI
                                        // set anew for the upstream
                                        "Host", "Content-Length", "Expect"};
  add_all(dropped_, never);
  dropped_.add_prefix("X-Client-");
  dropped_.add_prefix("X-Countersign-");
  dropped_.add_prefix("X-Forwarded-");
  add_all(dropped_, settings.credentials);

  constexpr std::string_view body[] = {"Content-Type", "Content-Encoding"};
  if (settings.payload_opened) {
    add_all(dropped_, body);
    add_body_digests(dropped_);
  }
  if (settings.reply_sealed) {
    dropped_.add("Accept-Encoding");
    dropped_.add("Range");
    dropped_.add_prefix("If-");
  }
  if (!settings.only) return;
  only_.emplace();
  add_all(*only_, *settings.only);
  add_all(*only_, body);
  only_->add("traceparent");
  only_->add("tracestate");
}

bool request_filter::passes(const field& f, const connection_options& options) const {
  // Most of a signed request's fields are dropped by name: that is asked first.
  if (dropped_.contains_lookalike(f.name, f.key) || f.name.find('_') != std::string_view::npos)
    return false;
  return !options.lists(f.name) && (!only_ || only_->contains(f.name, f.key));
}

response_filter::response_filter(const response_filter_settings& settings) {
  add_hop_by_hop(dropped_);
  dropped_.add("Content-Length");
  dropped_.add("X-Request-Id");
  dropped_.add_prefix("X-Countersign-");
  add_all(dropped_, settings.set_by_gateway);
  if (!settings.sealed) return;
  constexpr std::string_view body[] = {"Content-Type", "Content-Encoding", "Content-Range",
                                       "Accept-Ranges", "ETag"};
  add_all(dropped_, body);
  add_body_digests(dropped_);
}

bool response_filter::passes(const field& f, const connection_options& options) const {
  return !dropped_.contains(f.name, f.key) && !options.lists(f.name);
}

}  // namespace core::http
