// SPDX-License-Identifier: Apache-2.0
// Messages made of a line "method target authority", lines "name:value", an empty line and the
// body: what is read has a base with one line for each component, the lines of what must be covered
// say what the message says, and only the base's own MAC proves it.

#include "core/scheme/rfc9421.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/crypto/digest.hpp"
#include "core/http/target.hpp"

using namespace core;

namespace {

void must(bool what) {
  if (!what) std::abort();
}

std::string_view until(std::string_view& rest, char end) {
  const std::string_view part = rest.substr(0, rest.find(end));
  rest.remove_prefix(std::min(part.size() + 1, rest.size()));
  return part;
}

scheme::rfc9421_settings open_settings() {
  scheme::rfc9421_settings s;
  s.required = {"@method"};
  s.tag = "";
  s.parameters = {true, true, true};
  s.other_signatures = s.any_nonce = true;
  s.content_digest = s.cover_content_type = s.created = s.nonce = false;
  return s;
}

bool has_line(const std::string& base, std::string_view name, std::string_view value) {
  const std::string line = "\"" + std::string(name) + "\": " + std::string(value) + "\n";
  return base.starts_with(line) || base.find("\n" + line) != std::string::npos;
}

void check(const scheme::rfc9421& profile, const scheme::request_view& request,
           std::string_view body, bool closed) {
  static scheme::rfc9421_reading reading;
  static const keys::scheme_key key = [] {
    keys::scheme_key made;
    made.proof = crypto::hmac(crypto::hash::sha256, "0123456789abcdef");
    return made;
  }();
  const auto claim = profile.inspect(request, reading);
  if (!claim) return;
  const std::string& base = reading.base;
  must(!claim->token.empty());
  must(claim->stamped == !claim->timestamp_text.empty());
  must(!claim->stamped || std::to_string(claim->timestamp) == claim->timestamp_text ||
       !claim->timestamp_text.starts_with('0'));
  must(std::ranges::all_of(
      base, [](char c) { return (c >= 0x20 && c < 0x7F) || c == '\n' || c == '\t'; }));
  must(has_line(base, "@method", request.head.method));
  const std::size_t last = base.rfind('\n');
  must(base.substr(last + 1).starts_with("\"@signature-params\": ("));
  if (closed) {
    must(has_line(base, "@authority", request.authority));
    must(has_line(base, "@path", request.target.path));
    must(claim->stamped && claim->nonce.size() >= 16 && reading.digest_covered);
  }
  const auto mac = key.proof->mac({base});
  must(profile.verify(reading, key) ==
       (reading.signature() == mac.view() &&
        (!reading.algorithm || *reading.algorithm == crypto::signature_algorithm::hmac_sha256)));
  static_cast<void>(scheme::rfc9421::check_digest(reading, body));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const scheme::rfc9421 closed{scheme::rfc9421_settings{}};
  static const scheme::rfc9421 open{open_settings()};
  const std::string text(data, data + size);
  std::string_view rest = text;
  std::string_view first = until(rest, '\n');
  http::request_head head;
  head.method = until(first, ' ');
  head.target = until(first, ' ');
  const auto target = http::parse_target(head.target);
  if (!target) return 0;
  while (!rest.empty()) {
    std::string_view line = until(rest, '\n');
    if (line.empty()) break;
    const std::string_view name = until(line, ':');
    if (!head.fields.add(name, line)) break;
  }
  const scheme::request_view request{head, *target, first, "https"};
  check(closed, request, rest, true);
  check(open, request, rest, false);
  return 0;
}
