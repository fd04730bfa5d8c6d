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
  // As whoever decodes slashes sees it.
  std::string path = core::base::lower(target->path) + "/";
  bool encoded_slash = false;
  for (std::size_t at = 0; (at = path.find("%2f", at)) != std::string::npos; ++at) {
    path.replace(at, 3, "/");
    encoded_slash = true;
  }
  if (encoded_slash != target->encoded_slash) std::abort();
  for (const char* never : {"/./", "/../", "/..;", "\\", "%2e", "%5c", "%00", "#", "?"})
    if (path.find(never) != std::string::npos) std::abort();
  if (path.find("//") < path.size() - 2) std::abort();
  const std::string decoded = core::http::decoded(target->path);
  const std::string cut = core::http::without_parameters(decoded);
  if (decoded.size() > target->path.size() || cut.size() > decoded.size()) std::abort();
  if (!cut.starts_with('/') || cut.find("//") != std::string::npos) std::abort();
  return 0;
}
