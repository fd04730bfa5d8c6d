// SPDX-License-Identifier: Apache-2.0
// Whatever a strict decoder takes is the one text of its bytes: encoded again it is the same. And
// whatever is encoded is taken.

#include "core/base/encoding.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>

using namespace core::base;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  const auto plain = unbase64(text);
  if (plain && base64(*plain) != text) std::abort();
  const auto url_safe = unbase64url(text);
  if (url_safe && base64url(*url_safe) != text) std::abort();
  std::string bytes(text.size() / 2, '\0');
  const auto any_case = unhex_any_case(text);
  if (unhex(text, bytes) && (hex(bytes) != text || any_case != bytes)) std::abort();
  if (any_case && hex(*any_case).size() != text.size()) std::abort();

  // In place, as payloads are decoded: the same answer in no more than the memory of the text.
  std::string own = text;
  const auto in_place = unbase64(own, own.data());
  if (in_place.has_value() != plain.has_value()) std::abort();
  if (in_place && own.substr(0, *in_place) != *plain) std::abort();

  if (unbase64(base64(text)) != text || unbase64url(base64url(text)) != text) std::abort();
  if (unhex_any_case(hex(text)) != text) std::abort();
  return 0;
}
