// SPDX-License-Identifier: Apache-2.0
#include "gateway/replay/locked_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <new>
#include <stdexcept>
#include <utility>

namespace gateway::replay {

locked_file::locked_file(std::string path) : path_(std::move(path)) {
  open();
  try {
    struct stat about{};
    if (::fstat(descriptor_, &about) != 0) fail_errno("can't be examined");
    if (!S_ISREG(about.st_mode)) fail("is not a regular file");
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
      if (errno == EWOULDBLOCK)
        fail("is in use by another process; give each gateway a state file of its own");
      fail_errno("can't be locked");
    }
  } catch (...) {
    ::close(descriptor_);
    throw;
  }
}

// Closing it is not enough while something is mapped from it.
locked_file::~locked_file() {
  ::flock(descriptor_, LOCK_UN);
  ::close(descriptor_);
}

void locked_file::open() {
  constexpr int flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
  descriptor_ = ::open(path_.c_str(), flags | O_CREAT | O_EXCL, 0600);
  created_ = descriptor_ >= 0;
  if (descriptor_ < 0 && errno == EEXIST) descriptor_ = ::open(path_.c_str(), flags);
  if (descriptor_ < 0) fail_errno("can't be opened");
}

bool locked_file::leave_trace() const {
  const int trace = ::open((path_ + ".begun").c_str(),
                           O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  const bool there = trace < 0 && errno == EEXIST;
  // Whoever gave us a file in a folder of his own has to see to it that it stays.
  if (trace < 0 && !there && created_) {
    const int reason = errno;
    ::unlink(path_.c_str());
    errno = reason;
    fail_errno("a trace of it can't be left beside it");
  }
  if (trace >= 0) ::close(trace);
  if (created_ || trace >= 0) sync_folder();
  return there;
}

// Or the names may be gone after a power cut, and that would look like a first start.
void locked_file::sync_folder() const {
  auto folder = std::filesystem::path(path_).parent_path();
  if (folder.empty()) folder = ".";
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;  // a folder that can be written but not read
  ::fsync(descriptor);
  ::close(descriptor);
}

std::uint64_t locked_file::size() const {
  struct stat about{};
  if (::fstat(descriptor_, &about) != 0) fail_errno("can't be examined");
  return static_cast<std::uint64_t>(about.st_size);
}

std::string locked_file::beginning(std::size_t most) const {
  std::string bytes(most, '\0');
  std::size_t got = 0;
  while (got < most) {
    const auto n = ::pread(descriptor_, bytes.data() + got, most - got, static_cast<off_t>(got));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail_errno("can't be read");
    if (n == 0) break;
    got += static_cast<std::size_t>(n);
  }
  bytes.resize(got);
  return bytes;
}

void locked_file::blank(std::uint64_t bytes) {
  if (::ftruncate(descriptor_, 0) != 0 ||
      ::ftruncate(descriptor_, static_cast<off_t>(bytes)) != 0) {
    fail_errno("can't be set up");
  }
}

bool locked_file::allocate(std::uint64_t from, std::uint64_t bytes) noexcept {
  int result = EINTR;
  for (int attempt = 0; attempt < 16 && result == EINTR; ++attempt) {
    result = ::posix_fallocate(descriptor_, static_cast<off_t>(from), static_cast<off_t>(bytes));
  }
  return result == 0;
}

void locked_file::fail(const std::string& what) const {
  throw std::runtime_error("replay state file " + path_ + ": " + what);
}

void locked_file::fail_errno(const std::string& what) const {
  const int reason = errno;
  fail(what + ": " + std::generic_category().message(reason));
}

mapping::mapping(std::size_t bytes) : size_(bytes) {
  void* const at = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (at == MAP_FAILED) throw std::bad_alloc();
  // Huge pages would take megabytes for the first mark of each shard.
  ::madvise(at, bytes, MADV_NOHUGEPAGE);
  data_ = static_cast<char*>(at);
}

mapping::mapping(const locked_file& file, std::size_t bytes) : size_(bytes) {
  void* const at = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file.descriptor(), 0);
  if (at == MAP_FAILED) file.fail_errno("can't be mapped");
  data_ = static_cast<char*>(at);
}

mapping::~mapping() {
  if (data_ != nullptr) ::munmap(data_, size_);
}

mapping::mapping(mapping&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

mapping& mapping::operator=(mapping&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

bool mapping::sync(std::size_t bytes) noexcept { return ::msync(data_, bytes, MS_SYNC) == 0; }

}  // namespace gateway::replay
