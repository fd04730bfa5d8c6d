// SPDX-License-Identifier: Apache-2.0
#include "core/http/framing.hpp"

#include <algorithm>
#include <optional>

#include "core/base/ascii.hpp"
#include "core/http/host.hpp"
#include "core/http/syntax.hpp"

namespace core::http {

namespace {

using base::errc;

/// The fields that decide about a connection, gathered in one pass over a head.
struct deciding_fields {
  fields::lookup host, length, coding, expect;
  connection_options connection;
};

void note(fields::lookup& found, std::string_view value) {
  if (++found.count == 1) found.value = value;
}

/// @return false if a field is outside its syntax; there Beast is laxer than we are.
bool gather(const fields& all, deciding_fields& into) {
  for (const field& f : all) {
    if (!is_token(f.name) || !is_field_value(f.value)) return false;
    switch (f.key) {
      case key_of("host"):
        if (base::iequals(f.name, "host")) note(into.host, f.value);
        break;
      case key_of("expect"):
        if (base::iequals(f.name, "expect")) note(into.expect, f.value);
        break;
      case key_of("connection"):
        if (base::iequals(f.name, "connection") && !into.connection.add(f.value)) return false;
        break;
      case key_of("content-length"):
        if (base::iequals(f.name, "content-length")) note(into.length, f.value);
        break;
      case key_of("transfer-encoding"):
        if (base::iequals(f.name, "transfer-encoding")) note(into.coding, f.value);
        break;
      default: break;
    }
  }
  return true;
}

/// 1*DIGIT and nothing else (RFC 9110, section 8.6), up to 2^63 - 1, so that it fits wherever a
/// signed size is used.
std::optional<std::uint64_t> parse_length(std::string_view digits) {
  constexpr std::uint64_t limit = 0x7FFFFFFFFFFFFFFF;
  if (digits.empty()) return {};
  std::uint64_t length = 0;
  for (const char c : digits) {
    if (!base::is_digit(c)) return {};
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (length > (limit - digit) / 10) return {};
    length = length * 10 + digit;
  }
  return length;
}

struct declared_body {
  body_kind body = body_kind::none;
  std::uint64_t length = 0;
};

/// What the head declares, or nothing where two parsers could differ (RFC 9112, section 6.3). Both
/// directions.
std::optional<declared_body> declared(const deciding_fields& f, int minor_version) {
  if (f.coding.count > 0) {
    const bool clear = f.coding.count == 1 && f.length.count == 0 && minor_version == 1 &&
                       base::iequals(f.coding.value, "chunked");
    if (!clear) return {};
    return declared_body{body_kind::chunked, 0};
  }
  if (f.length.count == 0) return declared_body{};
  if (f.length.count > 1)
    return {};  // even equal ones: who dropped one of them further on would be blind to a third
  const std::optional<std::uint64_t> length = parse_length(f.length.value);
  if (!length) return {};
  return declared_body{body_kind::length, *length};
}

constexpr bool is_version(int minor_version) { return minor_version == 0 || minor_version == 1; }

bool good_host(const fields::lookup& host, int minor_version) {
  if (minor_version == 0 && (host.count == 0 || (host.count == 1 && host.value.empty())))
    return true;
  return host.count == 1 && is_host(host.value);
}

}  // namespace

bool is_known_method(std::string_view method) {
  return std::ranges::find(known_methods, method) != known_methods.end();
}

base::result<request_framing> frame_request(const request_head& head) {
  if (!is_version(head.minor_version)) return errc::http_version;
  deciding_fields f;
  if (!is_token(head.method) || !gather(head.fields, f)) return errc::bad_http;

  const std::optional<declared_body> body = declared(f, head.minor_version);
  if (!body) return errc::bad_framing;
  if (!good_host(f.host, head.minor_version)) return errc::bad_host;
  if (!is_known_method(head.method)) return errc::unknown_method;

  const bool expects =
      f.expect.count > 0 &&
      head.minor_version == 1;  // an Expect on 1.0 means nothing (RFC 9110, 10.1.1)
  if (expects && (f.expect.count > 1 || !base::iequals(f.expect.value, "100-continue")))
    return errc::expectation_failed;

  request_framing framing;
  framing.body = body->body;
  framing.length = body->length;
  framing.keep_alive = f.connection.persists(head.minor_version);
  framing.expect_continue = expects && (body->body == body_kind::chunked || body->length > 0);
  framing.host = f.host.value;
  framing.connection = f.connection;
  return framing;
}

base::result<response_framing> frame_switching(const response_head& head) {
  deciding_fields f;
  if (head.status != 101 || head.minor_version != 1) return errc::upstream_invalid;
  if (!is_field_value(head.reason) || !gather(head.fields, f)) return errc::upstream_invalid;
  // Neither may stand there (RFC 9110, section 8.6; RFC 9112, section 6.1).
  if (f.length.count > 0 || f.coding.count > 0) return errc::upstream_invalid;
  response_framing framing;
  framing.keep_alive = false;
  framing.connection = f.connection;
  return framing;
}

base::result<response_framing> frame_response(const response_head& head, std::string_view method) {
  deciding_fields f;
  // A 101 that nobody asked for would turn the connection into something that nobody checks; other
  // 1xx are the caller's to skip.
  if (!is_version(head.minor_version) || head.status < 200 || head.status > 599)
    return errc::upstream_invalid;
  if (!is_field_value(head.reason) || !gather(head.fields, f)) return errc::upstream_invalid;
  const std::optional<declared_body> body = declared(f, head.minor_version);
  if (!body) return errc::upstream_invalid;

  response_framing framing;
  framing.keep_alive = f.connection.persists(head.minor_version);
  framing.connection = f.connection;
  framing.length = body->length;
  framing.length_declared = body->body == body_kind::length;
  if (method == "HEAD" || head.status == 304) return framing;
  if (head.status == 204) {
    // It can't have a body. If it says otherwise, bytes may follow that would be read as the next
    // answer.
    if (body->body == body_kind::chunked || body->length > 0) framing.keep_alive = false;
    framing.length = 0;
    framing.length_declared = false;  // must not be sent on (RFC 9110, section 8.6)
    return framing;
  }
  framing.body = body->body == body_kind::none ? body_kind::until_close : body->body;
  if (framing.body == body_kind::until_close) framing.keep_alive = false;
  return framing;
}

}  // namespace core::http
