// SPDX-License-Identifier: Apache-2.0
// A traceparent that passes on is visible ASCII with ids that aren't zero; what is made passes.

#include "core/http/trace.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>

using namespace core::http;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  if (is_trace_parent(text)) {
    const std::string_view fixed = std::string_view(text).substr(0, 55);
    if (fixed.find_first_not_of("0123456789abcdef-") != std::string_view::npos) std::abort();
    if (fixed.starts_with("00") && size != fixed.size()) std::abort();
    if (fixed.substr(3, 32) == std::string(32, '0')) std::abort();
  }
  std::array<char, 32> trace;
  trace.fill('0');
  for (std::size_t i = 0; i < std::min(size, trace.size()); ++i)
    trace[i] = "0123456789abcdef"[data[i] & 15U];
  std::uint64_t span = 0;
  if (size >= sizeof span) std::memcpy(&span, data, sizeof span);
  const auto made = make_trace_parent(trace, span);
  if (!is_trace_parent({made.data(), made.size()})) std::abort();
  return 0;
}
