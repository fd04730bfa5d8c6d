// SPDX-License-Identifier: Apache-2.0
// JSON that is serialised for PHP reads back as JSON, and a second way there and back changes
// nothing more.

#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/envelope/php_serialized.hpp"
#include "core/json/check.hpp"

using namespace core::envelope;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr plaintext_settings settings{plaintext_form::php_serialized, string_as::json_string, {}};
  const std::string text(data, data + size);
  const auto php = php_serialize_json(text);
  if (php.has_value() != core::json::is_json(text)) std::abort();
  std::string scratch, again;
  const auto json = php ? plaintext_to_json(*php, settings, scratch) : core::base::errc::not_json;
  // A number beyond a double's range is INF to PHP, and no JSON.
  if (php && !json && php->find("INF;") == std::string::npos) std::abort();
  if (!json) return 0;
  if (!core::json::is_json(*json)) std::abort();
  const auto second = php_serialize_json(*json);
  const auto last =
      second ? plaintext_to_json(*second, settings, again) : core::base::errc::not_json;
  if (!last || *last != *json) std::abort();
  return 0;
}
