// SPDX-License-Identifier: Apache-2.0
#include "gateway/log/captured_files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <stdexcept>
#include <system_error>
#include <utility>
#include <vector>

#include "core/observe/captured.hpp"
#include "gateway/sys/descriptor.hpp"
#include "gateway/sys/last_error.hpp"

namespace gateway::log {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view unfinished = ".new";

bool is_unfinished(std::string_view name) {
  if (!name.starts_with('.') || !name.ends_with(unfinished)) return false;
  name.remove_prefix(1);
  name.remove_suffix(unfinished.size());
  return core::observe::is_captured_name(name);
}

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(descriptor, text.data(), text.size());
    if (written > 0)
      text.remove_prefix(static_cast<std::size_t>(written));
    else if (errno != EINTR)
      return false;
  }
  return true;
}

/// Nothing is overwritten, and no link followed.
bool write_new(const char* path, std::string_view text) {
  const sys::descriptor file(::open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  return file && write_all(file.get(), text);
}

}  // namespace

fs::path capture_folder(const core::config::capture& settings, const fs::path& config_path) {
  return config_path.parent_path() / settings.path;
}

captured_files::captured_files(fs::path folder, std::uint32_t most)
    : folder_(std::move(folder)), most_(most) {
  const std::string problem = "can't capture requests in " + folder_.string() + ": ";
  if (::faccessat(AT_FDCWD, folder_.c_str(), R_OK | W_OK | X_OK, AT_EACCESS) != 0)
    throw std::runtime_error(problem + sys::last_error());
  try {
    look();
  } catch (const fs::filesystem_error& e) {
    throw std::runtime_error(problem + e.code().message());
  }
  if (const auto why = remove_oldest(0)) throw std::runtime_error(problem + *why);
}

void captured_files::look() {
  std::vector<std::pair<fs::file_time_type, std::string>> found;
  for (const fs::directory_entry& e : fs::directory_iterator(folder_)) {
    std::string name = e.path().filename().string();
    std::error_code gone;
    if (!fs::is_regular_file(e.symlink_status(gone))) continue;
    if (is_unfinished(name)) fs::remove(e.path(), gone);
    if (!core::observe::is_captured_name(name)) continue;
    const auto written = e.last_write_time(gone);
    if (!gone) found.emplace_back(written, std::move(name));
  }
  std::ranges::sort(found);
  for (auto& [written, name] : found) names_.push_back(std::move(name));
}

std::optional<std::string> captured_files::remove_oldest(std::size_t room) {
  while (names_.size() + room > most_) {
    const fs::path oldest = folder_ / names_.front();
    if (::unlink(oldest.c_str()) != 0 && errno != ENOENT)
      return "can't remove " + names_.front() + ": " + sys::last_error();
    names_.pop_front();
  }
  return std::nullopt;
}

std::optional<std::string> captured_files::store(std::string_view request_id,
                                                 std::string_view text) {
  if (auto why = remove_oldest(1)) return why;
  std::string name = core::observe::captured_name(request_id);
  const fs::path whole = folder_ / name;
  const fs::path part = folder_ / ("." + name + std::string(unfinished));
  if (!write_new(part.c_str(), text) || ::rename(part.c_str(), whole.c_str()) != 0) {
    const std::string why = sys::last_error();
    ::unlink(part.c_str());
    return "can't write " + whole.string() + ": " + why;
  }
  names_.push_back(std::move(name));
  return std::nullopt;
}

}  // namespace gateway::log
