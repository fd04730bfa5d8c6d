// SPDX-License-Identifier: Apache-2.0
// A Host that passes holds nothing that another reader could take for a list, a user or a path; its
// name is a Host of its own.

#include "core/http/host.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>

using namespace core::http;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  const std::string_view name = host_name(text);
  if (name.size() > size) std::abort();
  if (!is_host(text)) return 0;
  if (text.find_first_of(",@/\\?#% \t\r\n") != std::string::npos) std::abort();
  for (const char c : text)
    if (c <= 0x20 || c >= 0x7F) std::abort();
  if (name.empty() || name.ends_with('.') || !is_host(name) || host_name(name) != name)
    std::abort();
  if (!text.starts_with(name) || !is_host(std::string(name) + ":65535")) std::abort();
  return 0;
}
