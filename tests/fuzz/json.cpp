// SPDX-License-Identifier: Apache-2.0
// The check agrees with the parser that builds documents, and whatever is written as a string is
// JSON.

#include <boost/json/parse.hpp>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/json/check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  boost::json::parse_options options;
  options.max_depth = 64;
  boost::json::error_code error;
  boost::json::parse(text, error, {}, options);
  if (core::json::is_json(text) == error.failed()) std::abort();
  if (core::json::is_object_or_array(text) && error.failed()) std::abort();
  std::string written;
  core::json::append_string(written, text);
  if (!core::json::is_json(written)) std::abort();
  return 0;
}
