// SPDX-License-Identifier: Apache-2.0
#pragma once

// AES key wrap (RFC 3394) with the default initial value: a key of 16 or 32 bytes protects another.

#include <cstddef>
#include <memory>
#include <string_view>

namespace core::crypto {

/// What wrapping adds: one block of 64 bits.
inline constexpr std::size_t key_wrap_growth = 8;

/// OpenSSL contexts fetched once and used again. Not thread-safe: one per worker.
class key_wrapping {
 public:
  /// Throws std::runtime_error when OpenSSL lacks AES in ECB mode.
  key_wrapping();
  ~key_wrapping();
  key_wrapping(key_wrapping&&) noexcept;
  key_wrapping& operator=(key_wrapping&&) noexcept;

  /// `with` is 16 or 32 bytes, `wrapped` at least 24 and whole blocks of 8; `out` needs
  /// wrapped.size() bytes elsewhere, of which key_wrap_growth less count.
  /// @return false on other sizes, or if this key didn't wrap it; then `out` is wiped.
  bool unwrap(std::string_view with, std::string_view wrapped, char* out);
  /// Writes key.size() + key_wrap_growth bytes. Throws std::logic_error on other sizes.
  void wrap(std::string_view with, std::string_view key, char* out);

 private:
  struct contexts;
  std::unique_ptr<contexts> contexts_;
};

}  // namespace core::crypto
