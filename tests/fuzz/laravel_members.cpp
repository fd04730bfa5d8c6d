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

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string text(data, data + size);
  boost::json::error_code error;
  const boost::json::value other = boost::json::parse(text, error);
  const auto members = core::envelope::read_laravel_members(text);
  if (!members) return 0;
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
