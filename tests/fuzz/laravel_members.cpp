// SPDX-License-Identifier: Apache-2.0
// Members are read only from what is JSON to the general parser too, and each is the text that the
// general parser finds.

#include "core/envelope/laravel_members.hpp"

#include <boost/json/parse.hpp>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <string>

namespace {

bool same(const boost::json::value* other, std::span<const char> text) {
  return other && other->is_string() &&
         std::string_view(other->get_string()) == std::string_view(text.data(), text.size());
}

/// How often `"name":` stands in a text without escapes.
std::size_t count(std::string_view text, std::string_view name) {
  std::size_t n = 0;
  for (std::size_t at = 0; (at = text.find(name, at)) != std::string_view::npos;) {
    at += name.size();
    const std::size_t next = text.find_first_not_of(" \t\r\n", at);
    if (next != std::string_view::npos && text[next] == ':') ++n;
  }
  return n;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string text(data, data + size);
  boost::json::error_code error;
  const boost::json::value other = boost::json::parse(text, error);
  const bool flat = text.find_first_of("\\{[", 1) == std::string::npos;
  const std::size_t ivs = count(text, "\"iv\"");
  const auto members = core::envelope::read_laravel_members(text);
  if (!members) return 0;
  if (flat && ivs != 1) std::abort();  // of two that repeat, two readers take two
  if (members->value.data() < text.data()) std::abort();
  // Content that is not UTF-8 or holds control characters passes only where all is canonical; it is
  // neither base64 nor hex.
  if (error) {
    bool plain = true;
    for (const auto part : {members->iv, members->value, members->mac, *members->tag})
      for (const char c : part) plain = plain && c >= 0x20 && c < 0x7F;
    if (plain) std::abort();
    return 0;
  }
  const auto* object = other.if_object();
  if (!object || !same(object->if_contains("iv"), members->iv)) std::abort();
  if (!same(object->if_contains("value"), members->value)) std::abort();
  if (!same(object->if_contains("mac"), members->mac)) std::abort();
  const auto* tag = object->if_contains("tag");
  if (members->tag ? !same(tag, *members->tag) : tag && !tag->is_null()) std::abort();
  return 0;
}
