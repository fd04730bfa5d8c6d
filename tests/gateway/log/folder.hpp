// SPDX-License-Identifier: Apache-2.0
#pragma once

// A folder of one test's own, gone with it.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

namespace tests {

struct folder {
  std::filesystem::path at;

  folder() {
    auto pattern = (std::filesystem::temp_directory_path() / "countersign-XXXXXX").string();
    if (!::mkdtemp(pattern.data())) throw std::runtime_error("mkdtemp");
    at = pattern;
  }
  ~folder() {
    std::error_code ignored;
    std::filesystem::remove_all(at, ignored);
  }
  folder(const folder&) = delete;
  folder& operator=(const folder&) = delete;

  [[nodiscard]] std::string path(const char* name) const { return (at / name).string(); }
  [[nodiscard]] std::string text(const char* name) const {
    std::ifstream file(at / name);
    std::ostringstream all;
    all << file.rdbuf();
    return all.str();
  }
};

}  // namespace tests
