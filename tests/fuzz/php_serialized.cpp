// SPDX-License-Identifier: Apache-2.0
// Whatever a plaintext becomes is JSON by the gateway's own check, in every form it can be
// configured as, and never deeper than that check allows.

#include "core/envelope/php_serialized.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/json/check.hpp"

using namespace core::envelope;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static std::string scratch;
  const std::string text(data, data + size);
  for (const auto form :
       {plaintext_form::php_serialized, plaintext_form::raw, plaintext_form::automatic})
    for (const auto as : {string_as::automatic, string_as::json_text, string_as::json_string})
      for (const auto empty : {empty_array::list, empty_array::object}) {
        const auto json = plaintext_to_json(text, {form, as, empty}, scratch);
        if (json && !core::json::is_json(*json)) std::abort();
      }
  // What we serialise ourselves is read back, and quoted it is the text itself.
  const auto back =
      plaintext_to_json(php_serialize_string(text),
                        {plaintext_form::php_serialized, string_as::json_string, {}}, scratch);
  std::string quoted;
  core::json::append_string(quoted, text);
  if (back && *back != quoted) std::abort();
  return 0;
}
