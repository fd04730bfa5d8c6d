// SPDX-License-Identifier: Apache-2.0
#pragma once

// The one type that secrets live in: wiped when it dies, never printed, never compared with ==.

#include <string.h>  // NOLINT(modernize-deprecated-headers): explicit_bzero is glibc's, not <cstring>'s

#include <cstddef>
#include <iosfwd>
#include <memory>
#include <string_view>
#include <utility>

namespace core::base {

class secret {
 public:
  secret() = default;
  explicit secret(std::string_view bytes)
      : bytes_(bytes.empty() ? nullptr : std::make_unique<char[]>(bytes.size())),
        size_(bytes.size()) {
    if (bytes_) bytes.copy(bytes_.get(), size_);
  }
  secret(const secret& other) : secret(other.reveal()) {}
  secret(secret&& other) noexcept
      : bytes_(std::move(other.bytes_)), size_(std::exchange(other.size_, 0)) {}
  secret& operator=(secret other) noexcept {
    std::swap(bytes_, other.bytes_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~secret() {
    if (bytes_) explicit_bzero(bytes_.get(), size_);
  }

  /// The bytes themselves, for key preparation only. Valid as long as this object is neither
  /// changed nor destroyed.
  [[nodiscard]] std::string_view reveal() const { return {bytes_.get(), size_}; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }

 private:
  std::unique_ptr<char[]> bytes_;
  std::size_t size_ = 0;
};

std::ostream& operator<<(std::ostream&, const secret&) = delete;

}  // namespace core::base
