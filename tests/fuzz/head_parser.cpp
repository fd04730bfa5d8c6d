// SPDX-License-Identifier: Apache-2.0
// A head is the same however much follows it, its views lie in its own bytes, and what the strict
// framing passes has one meaning. Half a head is never taken for a whole one.

#include "gateway/net/head_parser.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <string>

#include "core/http/framing.hpp"
#include "core/http/syntax.hpp"

namespace {

bool within(std::string_view part, std::string_view whole) {
  const std::less_equal<> not_after;
  return part.empty() || (not_after(whole.data(), part.data()) &&
                          not_after(part.data() + part.size(), whole.data() + whole.size()));
}

template <class Parse, class Head>
bool check(Parse parse, std::string_view bytes, Head& head) {
  constexpr std::size_t limit = 256;
  const auto parsed = parse(bytes, limit, head);
  if (!parsed || !parsed->complete) return false;
  if (parsed->size == 0 || parsed->size > std::min(bytes.size(), limit)) std::abort();
  for (const core::http::field& f : head.fields) {
    if (!within(f.name, bytes.substr(0, parsed->size)) || !core::http::is_token(f.name))
      std::abort();
    if (!within(f.value, bytes.substr(0, parsed->size))) std::abort();
  }
  // A line each: nothing was folded, and nothing was left out.
  std::size_t lines = 0;
  for (std::size_t at = 0; at < parsed->size; at = bytes.find('\n', at) + 1) ++lines;
  if (lines != head.fields.size() + 2) std::abort();
  Head part;
  const auto cut = parse(bytes.substr(0, parsed->size - 1), limit, part);
  if (cut && cut->complete) std::abort();
  const auto alone = parse(bytes.substr(0, parsed->size), limit, part);
  if (!alone || alone->size != parsed->size || part.fields.size() != head.fields.size())
    std::abort();
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  core::http::request_head request;
  core::http::response_head response;
  if (check(gateway::net::parse_request_head, text, request)) {
    if (request.method.empty() || request.target.empty()) std::abort();
    if (core::http::frame_request(request) && !core::http::is_known_method(request.method))
      std::abort();
  }
  if (check(gateway::net::parse_response_head, text, response)) {
    const auto framing = core::http::frame_response(response, "GET");
    if (framing && (response.status < 100 || response.status > 999)) std::abort();
  }
  return 0;
}
