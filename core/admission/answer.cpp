// SPDX-License-Identifier: Apache-2.0
#include "core/admission/answer.hpp"

#include <array>
#include <charconv>

#include "core/admission/reply.hpp"
#include "core/base/date.hpp"
#include "core/http/forward.hpp"
#include "core/http/head_writer.hpp"
#include "core/json/check.hpp"

namespace core::admission {

namespace {

void begin(http::head_writer& out, unsigned status, std::string_view reason) {
  std::array<char, 10> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), status).ptr;
  out.text("HTTP/1.1 ");
  out.text({digits.data(), static_cast<std::size_t>(end - digits.data())});
  out.text(" ");
  out.text(reason.empty() ? reason_phrase(status) : reason);
  out.text("\r\n");
}

// What is to be announced to a client whose version goes away; null where there is nothing to say.
const keys::version_policy* announced(const envelope_facts& facts) {
  return facts.sender != nullptr && facts.deprecated ? &facts.sender->client().versions : nullptr;
}

void add_facts(http::head_writer& out, const envelope_facts& facts) {
  out.field("X-Request-Id", facts.request_id);
  if (facts.close) out.field("Connection", "close");
  if (facts.standing != nullptr) {
    out.field("RateLimit-Policy", limit::policy_field(facts.standing->limit));
    out.field("RateLimit", limit::standing_field(*facts.standing));
  }
  const keys::version_policy* announcing = announced(facts);
  if (announcing == nullptr) return;
  // RFC 9745: Deprecation is a date as a structured field, "@" and Unix seconds; RFC 8594: Sunset
  // is an HTTP-date.
  const keys::version_policy& versions = *announcing;
  if (versions.deprecated_since != 0)
    out.field("Deprecation", "@" + std::to_string(versions.deprecated_since));
  else
    out.field("Deprecation", "@" + std::to_string(facts.now));
  if (versions.sunset != 0)
    out.field("Sunset", base::format_imf_fixdate(base::from_unix_seconds(versions.sunset)));
}

// The upstream's fields without those that are about the hop or that we set ourselves. A second
// Date is dropped: it is a field of one value (RFC 9110, section 6.6.1); and so is a second
// Content-Type where `one_type`: a signature covers the first.
void add_passing(http::head_writer& out, const upstream_answer& upstream,
                 const envelope_facts& facts, bool one_type = false) {
  const keys::version_policy* announcing = announced(facts);
  const auto said_by_us = [announcing, &facts](const http::field& f) {
    if (facts.standing != nullptr && (f.named("ratelimit") || f.named("ratelimit-policy")))
      return true;
    return announcing != nullptr &&
           (f.named("deprecation") || (announcing->sunset != 0 && f.named("sunset")));
  };
  // For nobody who is proven nothing is sealed, whatever the route says.
  const http::response_filter& filter = facts.sender == nullptr
                                            ? upstream.policy.observed_response_filter
                                            : upstream.policy.response_filter;
  bool dated = false;
  bool typed = false;
  for (const http::field& f : upstream.head.fields) {
    if (!filter.passes(f, upstream.framing.connection)) continue;
    if (said_by_us(f)) continue;
    if (one_type && f.named("content-type")) {
      if (typed) continue;
      typed = true;
    }
    const bool is_date = f.named("date");
    if (is_date && dated) continue;
    dated = dated || is_date;
    out.field(f.name, f.value);
  }
  if (!dated) out.field("Date", facts.date);
}

// Nothing of a field that is for the hop alone.
std::string_view sent_value(const upstream_answer& upstream, std::string_view name) {
  if (upstream.framing.connection.lists(name)) return {};
  return upstream.head.fields.find(name).value;
}

// What is done to an answer, and for whom.
struct protection {
  const proven* receiver = nullptr;
  bool seal = false;
  bool sign = false;
};

// Ends the head and adds the body, sealed and signed as demanded.
void finish(http::head_writer& out, std::string& into, const reply_content& answer, bool has_body,
            const protection& how, const envelope_facts& facts, std::string_view random,
            workspace& space) {
  reply_content sent = answer;
  std::string sealed;
  if (has_body && how.seal) sent = seal_reply(answer, *how.receiver, random, sealed, space);
  if (!sent.described) {
    if (!sent.type.empty()) out.field("Content-Type", sent.type);
    if (!sent.coding.empty()) out.field("Content-Encoding", sent.coding);
  }
  if (how.sign) {
    reply_content signed_part = sent;
    if (!has_body || facts.head_only) signed_part.body = {};
    add_reply_signature(out, signed_part, *how.receiver, facts.now);
  }
  if (has_body) out.field("Content-Length", sent.body.size());
  out.end();
  if (has_body && !facts.head_only) into.append(sent.body);
}

std::string problem_text(const refusal& r, std::string_view request_id) {
  std::string text = R"({"type":"about:blank","title":)";
  json::append_string(text, r.title);
  text.append(R"(,"status":)").append(std::to_string(r.status));
  text.append(R"(,"code":)");
  json::append_string(text, r.code);
  text.append(R"(,"request_id":)");
  json::append_string(text, request_id);
  text.append("}");
  return text;
}

}  // namespace

void write_streamed_head(std::string& into, const upstream_answer& upstream, outgoing how,
                         const envelope_facts& facts) {
  http::head_writer out(into);
  begin(out, upstream.head.status, upstream.head.reason);
  add_passing(out, upstream, facts);
  add_facts(out, facts);
  switch (how) {
    case outgoing::none:
      // HEAD and 304 may tell the length that a GET would have had (RFC 9110, section 8.6).
      if (upstream.framing.length_declared && upstream.head.status != 204)
        out.field("Content-Length", upstream.framing.length);
      break;
    case outgoing::length: out.field("Content-Length", upstream.framing.length); break;
    case outgoing::chunked: out.field("Transfer-Encoding", "chunked"); break;
    case outgoing::until_close: break;
    case outgoing::websocket:
      out.field("Connection", "Upgrade");
      out.field("Upgrade", "websocket");
      break;
  }
  out.end();
}

const proven* addressee(const refusal& r, const proven* sender) {
  return sender != nullptr && (r.status != 401 || sender->body_opened()) ? sender : nullptr;
}

void write_problem(std::string& into, const problem& why, const envelope_facts& facts,
                   std::string_view random, workspace& space) {
  const refusal r = refusal_for(why.reason);
  http::head_writer out(into);
  begin(out, r.status, {});
  out.field("Date", facts.date);
  add_facts(out, facts);
  if (r.status == 401) {
    if (why.route != nullptr) {
      out.field("WWW-Authenticate", why.route->scheme_name);
      if (!why.route->accept_signature.empty())
        out.field("Accept-Signature", why.route->accept_signature);
    }
    out.field("Cache-Control", "no-store");
    if (!why.signed_digest.empty()) out.field("Countersign-Signed-Digest", why.signed_digest);
  }
  if (r.status == 405) out.field("Allow", why.allow);
  if (why.reason == base::errc::rate_limited && facts.standing != nullptr)
    out.field("Retry-After", limit::retry_after(facts.standing->now));
  else if (why.retry_after != 0)
    out.field("Retry-After", why.retry_after);
  else if (r.retry_after != 0)
    out.field("Retry-After", r.retry_after);
  const std::string text = problem_text(r, facts.request_id);
  protection how;
  how.receiver = addressee(r, facts.sender);
  if (how.receiver != nullptr) {
    const config::reply& demanded = how.receiver->policy().settings.reply;
    how.sign = demanded.sign;
    how.seal = demanded.seal && how.receiver->can_seal();
  }
  finish(out, into, {r.status, text, "application/problem+json", {}, false}, true, how, facts,
         random, space);
}

bool gathers_reply(const opened& sender) {
  const config::reply& how = sender.policy().settings.reply;
  return how.seal || how.sign;
}

void write_gathered(std::string& into, const upstream_answer& upstream, std::string_view body,
                    const envelope_facts& facts, std::string_view random, workspace& space) {
  http::head_writer out(into);
  begin(out, upstream.head.status, upstream.head.reason);
  add_passing(out, upstream, facts, true);
  add_facts(out, facts);
  const bool has_body = upstream.framing.body != http::body_kind::none;
  const config::reply& how = facts.sender->policy().settings.reply;
  reply_content answer{upstream.head.status, body, {}, {}, true};
  // What is signed is what is sent: nothing of this where there is no body to be sealed, because
  // the fields that describe the other one don't pass.
  if (has_body || !how.seal) {
    answer.type = sent_value(upstream, "content-type");
    answer.coding = sent_value(upstream, "content-encoding");
  }
  finish(out, into, answer, has_body, {facts.sender, how.seal, how.sign}, facts, random, space);
}

std::string_view reason_phrase(unsigned status) {
  switch (status) {
    case 200: return "OK";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    default: return "";
  }
}

}  // namespace core::admission
