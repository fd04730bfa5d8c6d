// SPDX-License-Identifier: Apache-2.0
#include "gateway/sys/replace_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "gateway/sys/last_error.hpp"

namespace gateway::sys {

namespace {

std::string why(const char* what) { return std::string("can't be ") + what + ": " + last_error(); }

/// The file beside it; removed unless it took the other's place.
class draft {
 public:
  explicit draft(std::string path) : path_(std::move(path)) {
    fd_ = descriptor(::mkostemp(path_.data(), O_CLOEXEC));
  }
  ~draft() {
    if (fd_ && !renamed_) ::unlink(path_.c_str());
  }
  draft(const draft&) = delete;
  draft& operator=(const draft&) = delete;

  [[nodiscard]] bool made() const { return static_cast<bool>(fd_); }

  // False: errno says why.
  bool write(std::string_view text) {
    while (!text.empty()) {
      const ssize_t written = ::write(fd_.get(), text.data(), text.size());
      if (written < 0 && errno != EINTR) return false;
      if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
    }
    return ::fsync(fd_.get()) == 0;
  }
  /// The owner first: who isn't root can't give a file away once the mode is another's.
  bool look_like(const struct stat& other) {
    struct stat own{};
    if (::fstat(fd_.get(), &own) != 0) return false;
    const bool another = own.st_uid != other.st_uid || own.st_gid != other.st_gid;
    if (another && ::fchown(fd_.get(), other.st_uid, other.st_gid) != 0) return false;
    return ::fchmod(fd_.get(), other.st_mode & 07777) == 0;
  }
  bool take_the_place_of(const std::string& path) {
    renamed_ = ::rename(path_.c_str(), path.c_str()) == 0;
    return renamed_;
  }

 private:
  std::string path_;
  descriptor fd_;
  bool renamed_ = false;
};

descriptor open_folder(const std::filesystem::path& file) {
  auto folder = file.parent_path();
  if (folder.empty()) folder = ".";
  return descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

}  // namespace

folder_lock::folder_lock(const std::string& file) {
  std::error_code ignored;
  const auto real = std::filesystem::canonical(file, ignored);
  folder_ = open_folder(real.empty() ? std::filesystem::path(file) : real);
  int done = -1;
  while (folder_ && done != 0) {
    done = ::flock(folder_.get(), LOCK_EX);
    if (done != 0 && errno != EINTR) break;
  }
  if (done != 0) throw std::system_error(errno, std::generic_category(), "the folder of " + file);
}

std::optional<std::string> replace_file(const std::string& path, std::string_view text) {
  std::error_code failed;
  const auto real = std::filesystem::canonical(path, failed);
  if (failed) return "can't be found: " + failed.message();
  struct stat before{};
  if (::stat(real.c_str(), &before) != 0) return why("looked at");
  if (!S_ISREG(before.st_mode)) return "is no file that could be exchanged";
  draft next((real.parent_path() / ("." + real.filename().string() + ".XXXXXX")).string());
  if (!next.made()) return why("written beside");
  if (!next.look_like(before)) return why("written anew with its owner and mode");
  if (!next.write(text)) return why("written");
  if (!next.take_the_place_of(real.string())) return why("exchanged");
  // So that the name survives a power failure as well; the file itself is on the disk already.
  if (const descriptor folder = open_folder(real)) ::fsync(folder.get());
  return std::nullopt;
}

}  // namespace gateway::sys
