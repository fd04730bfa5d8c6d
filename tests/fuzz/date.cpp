// SPDX-License-Identifier: Apache-2.0
// A date that was taken is a date of the calendar: printed, it is the text it came from. Any
// instant can be printed, and what is printed is a date.

#include "core/base/date.hpp"

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>

using namespace core::base;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  if (const auto at = parse_iso8601(text)) {
    const std::string printed = format_iso8601(*at);
    if (printed != text && printed != text + "T00:00:00Z") std::abort();
  }
  std::int64_t number = 0;
  if (size >= sizeof number) std::memcpy(&number, data, sizeof number);
  const std::string printed = format_iso8601(number);
  const auto back = parse_iso8601(printed);
  if (!back || format_iso8601(*back) != printed) std::abort();
  const std::string date = format_imf_fixdate(instant{std::chrono::microseconds{number}});
  if (date.size() != imf_fixdate_size || !date.ends_with(" GMT")) std::abort();
  return 0;
}
