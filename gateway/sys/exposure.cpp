// SPDX-License-Identifier: Apache-2.0
#include "gateway/sys/exposure.hpp"

#include <sys/stat.h>

#include <array>
#include <cstdio>
#include <filesystem>

namespace gateway::sys {

namespace {

/// What of `bits` is left to those who must come through all the folders above.
mode_t reachable(const std::filesystem::path& real, mode_t bits) {
  for (auto folder = real.parent_path(); !folder.empty(); folder = folder.parent_path()) {
    struct stat about{};
    if (::stat(folder.c_str(), &about) != 0) return bits;
    if ((about.st_mode & S_IXOTH) == 0) bits &= ~mode_t{S_IRWXO};
    // The folder's group may be another one, whose members are then among the others.
    if ((about.st_mode & (S_IXGRP | S_IXOTH)) == 0) bits &= ~mode_t{S_IRWXG};
    if (folder == folder.root_path()) break;
  }
  return bits;
}

std::string octal(mode_t mode) {
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "%04o", mode & 07777);
  return text.data();
}

}  // namespace

std::string exposure(const std::string& path) {
  std::error_code failed;
  const auto real = std::filesystem::canonical(path, failed);
  struct stat about{};
  if (failed || ::stat(real.c_str(), &about) != 0) return {};
  // A pipe of the shell, as in `-c <(…)`, is gone as soon as it was read.
  if (!S_ISREG(about.st_mode)) return {};
  const bool roots = about.st_uid == 0;
  const mode_t too_much =
      roots ? S_IWGRP | S_IROTH | S_IWOTH : S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH;
  const mode_t open = reachable(real, about.st_mode & too_much);
  if (open == 0) return {};
  const bool everyone = (open & S_IRWXO) != 0;
  const bool read = (open & (everyone ? S_IROTH : S_IRGRP)) != 0;
  return std::string(everyone ? "everyone on this machine" : "its group") +
         (read ? " can read it (mode " : " can write to it (mode ") + octal(about.st_mode) +
         "): chmod " + (roots && (open & S_IRWXG) == 0 ? "o= " : "go= ") + path;
}

}  // namespace gateway::sys
