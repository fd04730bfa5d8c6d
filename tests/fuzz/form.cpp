// SPDX-License-Identifier: Apache-2.0
// A decoded form value never grows, and what was form-encoded comes back, blanks as '+'.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/base/encoding.hpp"

using namespace core::base;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  std::string decoded = text;
  const auto decoded_size = percent_decode_in_place(decoded);
  const auto escapes = static_cast<std::size_t>(std::ranges::count(text, '%'));
  if (!decoded_size && escapes == 0) std::abort();
  // Each escape is three characters of one byte; "%25" is one of them.
  if (decoded_size && (*decoded_size > size || (size - *decoded_size) % 2 != 0)) std::abort();
  if (decoded_size && size - *decoded_size > 2 * escapes) std::abort();

  std::string encoded = form_encode(text);
  if (encoded.find_first_of("&=# ") != std::string::npos) std::abort();
  std::ranges::replace(encoded, '+', ' ');
  const auto back = percent_decode_in_place(encoded);
  if (!back || encoded.substr(0, *back) != text) std::abort();
  return 0;
}
