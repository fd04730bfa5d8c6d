// SPDX-License-Identifier: Apache-2.0
#pragma once

// Every key that there is, as the reference page lists it.

#include <string>
#include <vector>

namespace core::config {

struct reference_row {
  std::string path;  ///< limits.header_bytes, clients.<id>.token, routes[].path
  std::string type;
  std::string fallback;  ///< what holds when the key is left out
  std::string meaning;
};

std::vector<reference_row> reference();

}  // namespace core::config
