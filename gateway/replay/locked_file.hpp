// SPDX-License-Identifier: Apache-2.0
#pragma once

// A file that one process holds at a time, and memory mapped from it or from nothing. They know
// bytes, not what these mean.

#include <cstddef>
#include <cstdint>
#include <string>

namespace gateway::replay {

class locked_file {
 public:
  /// Opens or creates it (mode 0600) and locks it. Throws std::runtime_error with a sentence for
  /// the operator.
  explicit locked_file(std::string path);
  ~locked_file();
  locked_file(const locked_file&) = delete;
  locked_file& operator=(const locked_file&) = delete;

  /// Was there no file before?
  [[nodiscard]] bool created() const { return created_; }
  /// Leaves an empty file beside it, `PATH.begun`, that says that this one was there once. Where it
  /// was created and that can't be said, it is removed again, and this throws. @return whether it
  /// was said before.
  bool leave_trace() const;
  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] std::uint64_t size() const;
  /// The first bytes, as many as there are up to `most`.
  [[nodiscard]] std::string beginning(std::size_t most) const;
  /// To `bytes` zeros, none of which takes room on the disk.
  void blank(std::uint64_t bytes);
  /// Room on the disk, so that writing there through a mapping can't end in SIGBUS. False when the
  /// disk or the quota is full.
  [[nodiscard]] bool allocate(std::uint64_t from, std::uint64_t bytes) noexcept;

  /// Throws "replay state file PATH: WHAT".
  [[noreturn]] void fail(const std::string& what) const;
  /// The same, followed by what errno says.
  [[noreturn]] void fail_errno(const std::string& what) const;

 private:
  void open();
  /// On the disk: what was made in its folder.
  void sync_folder() const;

  std::string path_;
  int descriptor_ = -1;
  bool created_ = false;
};

class mapping {
 public:
  mapping() = default;
  /// Zeros that take memory once they are touched. Throws std::bad_alloc.
  explicit mapping(std::size_t bytes);
  /// The file's first bytes, shared with it.
  mapping(const locked_file& file, std::size_t bytes);
  ~mapping();
  mapping(mapping&& other) noexcept;
  mapping& operator=(mapping&& other) noexcept;

  [[nodiscard]] char* data() const { return data_; }
  [[nodiscard]] std::size_t size() const { return size_; }
  /// Waits until the first bytes are on the disk; false when they can't get there.
  [[nodiscard]] bool sync(std::size_t bytes) noexcept;

 private:
  char* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace gateway::replay
