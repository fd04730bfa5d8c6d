// SPDX-License-Identifier: Apache-2.0
#include "core/admission/upstream_head.hpp"

#include "core/http/forwarded.hpp"
#include "core/http/head_writer.hpp"
#include "core/http/trace.hpp"

namespace core::admission {

namespace {

void add_path(http::head_writer& out, const config::route& settings, std::string_view path) {
  if (!settings.strip_prefix.empty()) {
    std::string_view strip = settings.strip_prefix;
    if (strip.ends_with('/')) strip.remove_suffix(1);
    // On a segment border only: "/api" is no prefix of "/apix".
    if (path.starts_with(strip) && (path.size() == strip.size() || path[strip.size()] == '/'))
      path.remove_prefix(strip.size());
  }
  std::string_view add_prefix = settings.add_prefix;
  if (add_prefix.ends_with('/')) add_prefix.remove_suffix(1);
  out.text(add_prefix);
  // What was written in whole, for one path alone, gets no slash that nobody wrote.
  if (path.empty() && add_prefix.empty()) path = "/";
  out.text(path);
}

/// Where only what is signed goes on: does the signature cover this field?
bool is_covered(const outbound& sender, std::string_view name) {
  const route_policy& policy = sender.policy();
  if (policy.signatures() != nullptr)
    return scheme::rfc9421::covers_field(sender.signature_reading(), name);
  return policy.templated() != nullptr && policy.templated()->covers_field(name);
}

/// Of a body that goes on as it came: whoever gets the one needs the other.
bool describes_body(const http::field& f) {
  return f.named("content-type") || f.named("content-encoding");
}

// One valid traceparent passes with its tracestate; anything else is replaced by a fresh one (W3C
// Trace Context, section 3.2). `choosy` is the sender where only what is signed goes on, else null.
void add_trace(http::head_writer& out, const http::fields& fields, const outbound* choosy,
               std::string_view fresh) {
  const auto parent = fields.find("traceparent");
  if (parent.count != 1 || !http::is_trace_parent(parent.value) ||
      (choosy != nullptr && !is_covered(*choosy, "traceparent"))) {
    out.field("traceparent", fresh);
    return;
  }
  out.field("traceparent", parent.value);
  if (choosy != nullptr && !is_covered(*choosy, "tracestate")) return;
  for (const http::field& f : fields)
    if (f.named("tracestate")) out.field("tracestate", f.value);
}

// From whose word counts the chain goes on; from anybody else it begins here.
void add_forwarded(http::head_writer& out, const routed& request, std::string_view peer) {
  std::string_view scheme = request.external_scheme();
  std::string_view host = request.framing().host;
  if (!request.proxied()) {
    out.field("X-Forwarded-For", peer);
  } else {
    const http::fields& said = request.head().fields;
    std::string chain;
    http::append_chain(chain, said, peer);
    out.field("X-Forwarded-For", chain);
    if (const auto given = http::given_scheme(said); !given.empty()) scheme = given;
    if (const auto given = http::given_host(said); !given.empty()) host = given;
  }
  out.field("X-Forwarded-Proto", scheme);
  if (!host.empty()) out.field("X-Forwarded-Host", host);
}

/// What a client says in a handshake (RFC 6455, section 11.3).
bool is_handshake(const http::field& f) {
  return f.named("sec-websocket-key") || f.named("sec-websocket-version") ||
         f.named("sec-websocket-protocol") || f.named("sec-websocket-extensions");
}

// The handshake is asked for anew, and as a whole, whatever `forward` lets pass. Apart: the
// function that writes every head stays small, and what it calls is compiled into it.
template <class Passes>
[[gnu::noinline]] void add_handshake(http::head_writer& out, const http::fields& all,
                                     const Passes& passes) {
  out.field("Connection", "Upgrade");
  out.field("Upgrade", "websocket");
  for (const http::field& f : all)
    if (is_handshake(f) && !passes(f)) out.field(f.name, f.value);
}

bool is_trace(const http::field& f) { return f.named("traceparent") || f.named("tracestate"); }

}  // namespace

cleared::cleared(const reserved& r)
    : request_(&r), sender_(&r), has_body_(r.has_plaintext()), body_(r.content()) {}

cleared::cleared(const waived& w, std::string_view body)
    : request_(&w), has_body_(w.framing().body != http::body_kind::none), body_(body) {}

cleared::cleared(const observed& o, std::string_view body)
    : request_(&o),
      has_body_(o.framing().body != http::body_kind::none),
      body_(body),
      observed_for_(o.reason()) {}

void write_upstream_head(std::string& into, const cleared& message, const hop& h) {
  const routed& request = message.request();
  const route_policy& policy = request.policy();
  const http::request_head& head = request.head();
  http::head_writer out(into);
  out.text(head.method);
  out.text(" ");
  add_path(out, policy.settings, request.target().path);
  out.text(request.target().query);
  out.text(" HTTP/1.1\r\n");
  out.field("Host", h.authority);

  const outbound* sender = message.sender();
  const outbound* choosy = policy.settings.forward_covered ? sender : nullptr;
  const http::request_filter& filter =
      message.observed_for() ? policy.observed_request_filter : policy.request_filter;
  const auto passes = [&](const http::field& f) {
    if (!filter.passes(f, request.framing().connection) || is_trace(f)) return false;
    return choosy == nullptr || describes_body(f) || is_covered(*choosy, f.name);
  };
  for (const http::field& f : head.fields)
    if (passes(f)) out.field(f.name, f.value);

  if (sender != nullptr) {
    out.field("X-Client-Id", sender->client().id);
    if (!sender->claim().version.empty()) out.field("X-Client-Version", sender->claim().version);
    // What is not sealed, on a route that takes anything, has kept its own.
    const bool as_it_came = policy.settings.envelope == config::envelope_kind::none &&
                            policy.settings.content == config::content::any;
    if (message.has_body() && !as_it_came)
      out.field("Content-Type",
                sender->content_is_json() ? "application/json" : "application/octet-stream");
    if (policy.settings.reply.seal) out.field("Accept-Encoding", "identity");
  }
  if (message.observed_for())
    out.field("X-Countersign-Observed", base::name(*message.observed_for()));
  out.field("X-Request-Id", h.request_id);
  add_forwarded(out, request, h.peer);
  add_trace(out, head.fields, choosy, h.trace_parent);

  if (h.websocket) add_handshake(out, head.fields, passes);

  const bool expects_body = head.method == "POST" || head.method == "PUT" || head.method == "PATCH";
  if (message.has_body() || expects_body) out.field("Content-Length", message.body().size());
  out.end();
}

}  // namespace core::admission
