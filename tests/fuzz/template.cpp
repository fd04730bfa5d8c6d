// SPDX-License-Identifier: Apache-2.0
// Heads made of lines "name:value" under a template with every kind of field: a claim is made only
// of fields that stand there once, and only a signature made with the key proves it.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/scheme/template_key.hpp"
#include "core/scheme/template_scheme.hpp"

using namespace core;

namespace {

scheme::template_settings settings() {
  scheme::template_settings s;
  s.fields = {{{"token", {}, {}, {}}, "token", "[a-z]{1,8}"},
              {{"sig", {}, scheme::kv_rule{.key = "t"}, {}}, "timestamp", {}},
              {{"nonce", "n-", {}, {}}, "nonce", "[a-z0-9]{1,16}"},
              {{"version", {}, {}, {}}, "version", {}, true}};
  s.signature = {{"sig", {}, scheme::kv_rule{.key = "s"}, {}}, scheme::text_encoding::hex};
  s.string_to_sign = "{token}{lf}{timestamp}{lf}{nonce}{lf}{version?}{lf}{header:x-a?}{lf}{body}";
  return s;
}

void check(bool what) {
  if (!what) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const scheme::template_scheme template_scheme{settings()};
  static const auto key = std::get<keys::scheme_key>(
      scheme::prepare_key(settings(), base::secret("0123456789abcdef"), "client"));
  static scheme::template_reading reading;
  const std::string text(data, data + size);
  http::request_head head;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    const std::size_t colon = std::min(line.find(':'), line.size());
    if (!head.fields.add(line.substr(0, colon), line.substr(std::min(colon + 1, line.size()))))
      break;
  }
  const scheme::request_view request{head, {}, {}, {}};
  const auto claim = template_scheme.inspect(request, reading);
  if (!claim) return 0;
  for (const std::string_view name : {"token", "sig", "nonce"})
    check(head.fields.find(name).count == 1);
  check(head.fields.find("version").count <= 1 && head.fields.find("x-a").count <= 1);
  check(claim->stamped && std::to_string(claim->timestamp) == claim->timestamp_text);
  check(reading.candidate_count >= 1 && reading.candidate_count <= scheme::most_values);
  const bool proven = template_scheme.verify(reading, request, "body", key);

  // Our own signature of the same is among those in the message, or it is not proven.
  const auto bytes = template_scheme.explain(reading, request, "body");
  const auto mac = key.proof->mac({bytes});
  bool among = false;
  for (std::size_t i = 0; i < reading.candidate_count; ++i) {
    const std::string_view candidate(reading.candidates[i].data(), mac.size);
    among = among || candidate == mac.view();
  }
  check(proven == among);
  return 0;
}
