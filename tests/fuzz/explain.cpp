// SPDX-License-Identifier: Apache-2.0
// Captured requests as text: whatever they hold, what is said of them is visible text without a
// secret, an advice is given, and a message is called right only if the stages take it.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/config/read.hpp"
#include "core/explain/report.hpp"
#include "gateway/cli/captured.hpp"

using namespace core;

namespace {

constexpr std::string_view configuration = R"(listen: 127.0.0.1:8080
clients:
  billing: {token: my_key, schemes: [laravel], secret: 0123456789abcdef}
  client-1:
    schemes: [rfc9421, gw1]
    secret: hex:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
  code: {secret: nobody-may-see-this-one}
upstreams: {orders: http://127.0.0.1:9001}
routes:
  - {path: /api/, scheme: laravel, upstream: orders}
  - {path: /v1/, scheme: rfc9421, upstream: orders}
  - {path: /sealed/, scheme: rfc9421, envelope: jwe, upstream: orders}
  - {path: /small/, scheme: gw1, upstream: orders}
  - {path: =/hooks/github, scheme: github, client: code, upstream: orders}
)";

void must(bool what) {
  if (!what) std::abort();
}

void must_be_fit_to_see(std::string_view text, std::string_view captured) {
  must(std::ranges::none_of(text, [](char c) { return c >= 0 && c < 0x20; }));
  for (const std::string_view secret : {"0123456789abcdef", "nobody-may-see-this-one"})
    must(text.find(secret) == std::string_view::npos ||
         captured.find(secret) != std::string_view::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const admission::snapshot rules = [] {
    const config::secret_resolver nowhere = [](std::string_view, std::string_view) {
      return std::variant<base::secret, std::string>(std::string("is nowhere"));
    };
    auto read = config::read(configuration, nowhere, 0);
    must(read.value.has_value());
    return admission::snapshot(std::move(*read.value));
  }();
  static admission::workspace space;
  const std::string text(data, data + size);
  const auto parsed = gateway::cli::read_captured(text, rules.model.limits.header_bytes);
  const auto* request = std::get_if<gateway::cli::captured>(&parsed);
  if (request == nullptr || request->refused) return 0;
  const base::instant now = base::from_unix_seconds(request->at.value_or(1'700'000'000));
  const auto report = explain::explain(request->message, rules, now, space);
  must(!report.advice.empty());
  must_be_fit_to_see(report.advice, text);
  must(report.taken.refused == explain::take(request->message, rules, now, space).refused);
  must(report.taken.refused.has_value() == (report.taken.reached != explain::step::passed));
  for (const auto& step : report.taken.steps)
    for (const auto& fact : step.facts) must_be_fit_to_see(fact.value, text);
  if (report.where) {
    must_be_fit_to_see(report.where->gateway, text);
    must_be_fit_to_see(report.where->client, text);
  }
  must_be_fit_to_see(explain::visible(report.taken.signed_text), text);
  return 0;
}
