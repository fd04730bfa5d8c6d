// SPDX-License-Identifier: Apache-2.0
// A header that was taken stands whole in what arrived, is taken again from its bytes alone and
// from none of fewer, and tells an address or none.

#include "core/http/proxy_header.hpp"

#include <cstdint>
#include <cstdlib>

#include "core/base/ip.hpp"

using core::http::parse_proxy_header;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(data, data + size);
  const auto got = parse_proxy_header(bytes);
  if (!got) return 0;
  if (!*got) {
    if (size >= core::http::most_proxy_header) std::abort();
    if (core::http::left_of_proxy_header(bytes) == 0) std::abort();
    return 0;
  }
  const core::http::proxy_header& header = **got;
  if (header.size > size || header.size > core::http::most_proxy_header) std::abort();
  if (!header.source.empty() && !core::base::parse_ip_address(header.source)) std::abort();
  const auto again = parse_proxy_header(std::string_view(bytes).substr(0, header.size));
  if (!again || !*again || (*again)->source != header.source) std::abort();
  const auto less = parse_proxy_header(std::string_view(bytes).substr(0, header.size - 1));
  if (less && *less) std::abort();
  return 0;
}
