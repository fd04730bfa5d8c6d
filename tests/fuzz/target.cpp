// SPDX-License-Identifier: Apache-2.0
// A request-target that passes is handed on whole, and holds nothing that another parser could read
// as a different path.

#include "core/http/target.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/base/ascii.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  const auto target = core::http::parse_target(text);
  if (!target) return 0;
  if (std::string(target->path).append(target->query) != text) std::abort();
  const std::string path = core::base::lower(target->path) + "/";
  for (const char* never : {"/./", "/../", "/..;", "\\", "%2e", "%2f", "%5c", "%00", "#", "?"})
    if (path.find(never) != std::string::npos) std::abort();
  if (target->path.find("//") != std::string_view::npos) std::abort();
  return 0;
}
