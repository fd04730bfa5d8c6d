// SPDX-License-Identifier: Apache-2.0
#pragma once

// Writes a head into a string that had one before: what stands there is written over, so that
// nothing is cleared, filled or moved once the string has had its size. Knows nothing of what the
// fields mean.

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace core::http {

class head_writer {
 public:
  /// Replaces the content of `out`, which is whole after end().
  explicit head_writer(std::string& out) : out_(out) {}

  void text(std::string_view piece) { put(room(piece.size()), piece); }

  void field(std::string_view name, std::string_view value) {
    line(room(name.size() + value.size() + 4), name, value);
  }
  /// A name that stands in the code is copied as the few words it is.
  template <std::size_t Size>
  void field(const char (&name)[Size], std::string_view value) {
    line(room(Size + value.size() + 3), {name, Size - 1}, value);
  }
  template <std::size_t Size>
  void field(const char (&name)[Size], std::uint64_t value) {
    std::array<char, 20> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    field(name, {digits.data(), static_cast<std::size_t>(end - digits.data())});
  }

  /// The empty line.
  void end() {
    text("\r\n");
    out_.resize(used_);
  }

 private:
  /// Where the next `size` bytes go.
  char* room(std::size_t size) {
    if (out_.size() - used_ < size) grow(size);
    char* const at = out_.data() + used_;
    used_ += size;
    return at;
  }
  void grow(std::size_t size);
  static char* put(char* at, std::string_view piece) {
    // memcpy(3) may not be given the null pointer that an empty piece may have.
    if (!piece.empty()) std::memcpy(at, piece.data(), piece.size());
    return at + piece.size();
  }
  static void line(char* at, std::string_view name, std::string_view value) {
    put(put(put(put(at, name), ": "), value), "\r\n");
  }

  std::string& out_;
  std::size_t used_ = 0;
};

}  // namespace core::http
