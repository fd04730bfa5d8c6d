// SPDX-License-Identifier: Apache-2.0
#include "core/admission/answer.hpp"

#include <array>
#include <charconv>

#include "core/base/date.hpp"
#include "core/base/encoding.hpp"
#include "core/envelope/php_serialized.hpp"
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
// Date is dropped: it is a field of one value (RFC 9110, section 6.6.1).
void add_passing(http::head_writer& out, const upstream_answer& upstream,
                 const envelope_facts& facts) {
  const keys::version_policy* announcing = announced(facts);
  const auto said_by_us = [announcing](const http::field& f) {
    return announcing != nullptr &&
           (f.named("deprecation") || (announcing->sunset != 0 && f.named("sunset")));
  };
  bool dated = false;
  for (const http::field& f : upstream.head.fields) {
    if (!upstream.policy.response_filter.passes(f, upstream.framing.connection)) continue;
    if (said_by_us(f)) continue;
    const bool is_date = f.named("date");
    if (is_date && dated) continue;
    dated = dated || is_date;
    out.field(f.name, f.value);
  }
  if (!dated) out.field("Date", facts.date);
}

std::string seal(std::string_view body, const opened& sender, std::string_view iv,
                 workspace& space) {
  const config::reply& how = sender.policy().settings.reply;
  std::string plaintext;
  switch (how.plaintext) {
    case config::reply_plaintext::raw: plaintext = body; break;
    case config::reply_plaintext::string: plaintext = envelope::php_serialize_string(body); break;
    case config::reply_plaintext::array:
      // What isn't JSON has no array to become: it is sealed as the string it is.
      plaintext = envelope::php_serialize_json(body).value_or(std::string());
      if (plaintext.empty()) plaintext = envelope::php_serialize_string(body);
      break;
  }
  const keys::generation& key = sender.key();
  const crypto::cipher cipher = sender.client().cipher;
  const envelope::laravel_key reply_key{cipher, key.reply.reveal(), key.reply_mac};
  return envelope::seal_laravel(plaintext, reply_key, iv.substr(0, crypto::iv_size(cipher)),
                                space.contexts);
}

// What identified the request, in hex: ties the reply's signature to it. Bodyless requests have
// none.
std::string request_mark(const opened& sender) {
  return sender.has_plaintext() ? base::hex(sender.identity().view()) : std::string();
}

struct sealed_body {
  std::string text;
  std::string_view type;
};

sealed_body seal_as_configured(std::string_view body, const opened& sender, std::string_view iv,
                               workspace& space) {
  std::string payload = seal(body, sender, iv, space);
  if (sender.policy().settings.reply.form == config::reply_form::text)
    return {std::move(payload), "text/plain"};
  std::string text = "{";
  json::append_string(text, sender.policy().preset.field);
  text.append(":\"").append(payload).append("\"}");
  return {std::move(text), "application/json"};
}

// The four fields as the client's own requests carry them (wire-formats of the Laravel scheme,
// replies).
void add_signature(http::head_writer& out, unsigned status, std::string_view body,
                   const envelope_facts& facts) {
  const opened& sender = *facts.sender;
  const auto names = sender.policy().laravel()->credential_fields();
  out.field(names[0], std::to_string(facts.now));
  out.field(names[1], sender.claim().version);
  out.field(names[2], sender.claim().token);
  out.field(names[3], scheme::laravel::sign_reply(facts.now, status, request_mark(sender), body,
                                                  sender.key()));
}

// Ends the head and adds the body. `seals` and `signs` are decided by the caller.
void finish(http::head_writer& out, std::string& into, unsigned status, std::string_view body,
            bool has_body, std::string_view type, const envelope_facts& facts, std::string_view iv,
            workspace& space) {
  const config::reply* how =
      facts.sender == nullptr ? nullptr : &facts.sender->policy().settings.reply;
  sealed_body sealed;
  if (has_body && how != nullptr && how->seal) {
    sealed = seal_as_configured(body, *facts.sender, iv, space);
    body = sealed.text;
    type = sealed.type;
  }
  if (!type.empty()) out.field("Content-Type", type);
  if (how != nullptr && how->sign)
    add_signature(out, status, has_body && !facts.head_only ? body : "", facts);
  if (has_body) out.field("Content-Length", body.size());
  out.end();
  if (has_body && !facts.head_only) into.append(body);
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
  }
  out.end();
}

void write_problem(std::string& into, base::errc reason, std::string_view allow,
                   std::string_view authenticate, const envelope_facts& facts, std::string_view iv,
                   workspace& space) {
  const refusal r = refusal_for(reason);
  http::head_writer out(into);
  begin(out, r.status, {});
  out.field("Date", facts.date);
  add_facts(out, facts);
  if (r.status == 401) {
    out.field("WWW-Authenticate", authenticate);
    out.field("Cache-Control", "no-store");
  }
  if (r.status == 405) out.field("Allow", allow);
  if (r.retry_after != 0) out.field("Retry-After", r.retry_after);
  finish(out, into, r.status, problem_text(r, facts.request_id), true, "application/problem+json",
         facts, iv, space);
}

bool gathers_reply(const opened& sender) {
  const config::reply& how = sender.policy().settings.reply;
  return how.seal || how.sign;
}

void write_gathered(std::string& into, const upstream_answer& upstream, std::string_view body,
                    const envelope_facts& facts, std::string_view iv, workspace& space) {
  http::head_writer out(into);
  begin(out, upstream.head.status, upstream.head.reason);
  add_passing(out, upstream, facts);
  add_facts(out, facts);
  const bool has_body = upstream.framing.body != http::body_kind::none;
  finish(out, into, upstream.head.status, body, has_body, {}, facts, iv, space);
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
