// SPDX-License-Identifier: Apache-2.0
// The chunked decoder reads the same whole and byte by byte, and never takes more than it was
// given.

#include "core/http/chunked.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>

using core::http::chunked_decoder;
using status = chunked_decoder::status;

namespace {

std::string read(std::string_view text, std::size_t piece, status& last) {
  chunked_decoder decoder;
  std::string body;
  last = status::need_more;
  while (!text.empty() && (last == status::need_more || last == status::data)) {
    const auto step = decoder.resume(text.substr(0, piece));
    if (step.consumed > text.size()) std::abort();
    last = step.what;
    body += step.data;
    text.remove_prefix(step.consumed);
  }
  return body;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  status whole{}, bytewise{};
  const bool same = read(text, text.size() + 1, whole) == read(text, 1, bytewise);
  if (!same || (whole == status::done) != (bytewise == status::done)) std::abort();
  return 0;
}
