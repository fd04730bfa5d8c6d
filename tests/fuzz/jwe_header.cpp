// SPDX-License-Identifier: Apache-2.0
// What a header says, one of our own that says it says too.

#include "core/envelope/jwe_header.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

using namespace core::envelope;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<char> text(data, data + size);
  const auto header = read_jwe_header(text);
  if (!header) return 0;
  const std::string_view kid = header->kid.value_or("");
  std::string own = write_jwe_header({}, kid, header->ts, header->ver);
  const auto again = read_jwe_header(own);
  if (!again || again->alg != "dir" || again->enc != "A256GCM") std::abort();
  if (again->kid.value_or("") != kid || again->ts != header->ts || again->ver != header->ver)
    std::abort();
  return 0;
}
