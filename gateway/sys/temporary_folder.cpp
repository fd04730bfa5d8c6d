// SPDX-License-Identifier: Apache-2.0
#include "gateway/sys/temporary_folder.hpp"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace gateway::sys {

temporary_folder::temporary_folder(std::string_view prefix) {
  std::error_code ec;
  const auto parent = std::filesystem::temp_directory_path(ec);
  if (ec) throw std::system_error(ec, "no folder for temporary files");
  path_ = (parent / std::string(prefix).append("-XXXXXX")).string();
  // mkdtemp gives it mode 0700.
  if (::mkdtemp(path_.data()) == nullptr)
    throw std::system_error(errno, std::generic_category(), "can't make " + path_);
}

temporary_folder::~temporary_folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string temporary_folder::write(const std::string& name, std::string_view text) const {
  const std::string file = path_ + "/" + name;
  std::ofstream out(file, std::ios::binary);
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
  out.close();
  if (!out) throw std::system_error(errno, std::generic_category(), "can't write " + file);
  return file;
}

}  // namespace gateway::sys
