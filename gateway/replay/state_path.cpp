// SPDX-License-Identifier: Apache-2.0
#include "gateway/replay/state_path.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <system_error>
#include <vector>

#include "gateway/sys/last_error.hpp"

namespace gateway::replay {

namespace {

/// FNV-1a.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 14695981039346656037U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  return hash;
}

std::string file_name(std::string_view config_path) {
  const std::uint64_t hash = hash_of(config_path);
  std::string digits;
  for (int shift = 60; shift >= 0; shift -= 4)
    digits += "0123456789abcdef"[(hash >> static_cast<unsigned>(shift)) & 0xf];
  return "replay-" + digits + ".marks";
}

/// Makes the folder and those above it, for nobody but us. @return what stands in the way, or
/// nothing.
std::string obstacle(const std::filesystem::path& folder) {
  std::filesystem::path sofar;
  for (const auto& part : folder) {
    sofar /= part;
    if (::mkdir(sofar.c_str(), 0700) == 0 || errno == EEXIST) continue;
    const int reason =
        errno;  // a folder that is there may be answered with "read-only" or "not permitted" too
    if (std::error_code ignored; !std::filesystem::exists(sofar, ignored)) {
      return "can't make " + sofar.string() + ": " + std::generic_category().message(reason);
    }
  }
  if (std::error_code ignored; !std::filesystem::is_directory(folder, ignored))
    return folder.string() + " is not a folder";
  // The effective user counts, not the one who started us.
  if (::faccessat(AT_FDCWD, folder.c_str(), W_OK | X_OK, AT_EACCESS) != 0) {
    return "can't write in " + folder.string() + ": " + sys::last_error();
  }
  return {};
}

std::vector<std::filesystem::path> candidates(const state_environment& env) {
  std::vector<std::filesystem::path> folders;
  if (const auto first = env.state_directory.substr(0, env.state_directory.find(':'));
      !first.empty()) {
    folders.emplace_back(first);
  }
  if (!env.system_folder.empty()) folders.emplace_back(env.system_folder);
  // The XDG specification: a relative path is to be ignored.
  if (env.xdg_state_home.starts_with('/')) {
    folders.emplace_back(std::filesystem::path(env.xdg_state_home) / "countersign");
  } else if (!env.home.empty()) {
    folders.emplace_back(std::filesystem::path(env.home) / ".local/state/countersign");
  }
  return folders;
}

}  // namespace

state_path find_state_path(std::string_view config_path, const state_environment& env) {
  const auto name = file_name(config_path);
  state_path found;
  for (const auto& folder : candidates(env)) {
    const auto why_not = obstacle(folder);
    if (why_not.empty()) return {(folder / name).string(), {}};
    found.why_not += (found.why_not.empty() ? "" : "; ") + why_not;
  }
  if (found.why_not.empty())
    found.why_not = "no folder is known: neither STATE_DIRECTORY nor HOME is set";
  return found;
}

}  // namespace gateway::replay
