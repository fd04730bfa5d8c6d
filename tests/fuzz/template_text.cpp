// SPDX-License-Identifier: Apache-2.0
// A template's text, and with it the text of a character set: what compiles names only what is
// there, and makes exactly the bytes that its pieces say.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "core/scheme/charset.hpp"
#include "core/scheme/template_render.hpp"
#include "core/scheme/template_text.hpp"

using namespace core::scheme;

namespace {

void check(bool what) {
  if (!what) std::abort();
}

void check_charset(std::string_view text) {
  const auto parsed = charset::parse(text);
  const auto* set = std::get_if<charset>(&parsed);
  if (set == nullptr) {
    check(!std::get<std::string>(parsed).empty());
    return;
  }
  for (std::size_t c = 0; c < 256; ++c)
    if (set->bytes()[c]) check(c >= 0x20 && c < 0x7F);
  check(set->bytes().any());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::vector<std::string> names{"timestamp", "nonce", "id"};
  const std::string text(data, data + size);
  check_charset(text);
  for (const bool reply : {false, true}) {
    const auto parsed = parse_template_text(text, {names, reply});
    const auto* whole = std::get_if<template_text>(&parsed);
    if (whole == nullptr) {
      check(!std::get<std::string>(parsed).empty());
      continue;
    }
    std::string literals;
    bool before = false;
    for (const text_piece& p : whole->pieces) {
      const bool literal = p.what == input::literal;
      check(!(before && literal));
      before = literal;
      if (literal) literals += p.text;
      check(p.what != input::field || p.field < names.size());
      check(!literal || p.filters.empty());
    }
    const core::http::request_head head{};
    const request_view request{head, {}, {}, {}};
    const std::vector<std::optional<std::string_view>> absent(names.size());
    std::string out;
    render(*whole, {.request = &request, .fields = absent, .body = {}}, out);
    // Nothing is lost of what stands there as it is.
    check(out.size() >= literals.size());
  }
  return 0;
}
