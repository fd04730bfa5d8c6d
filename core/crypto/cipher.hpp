// SPDX-License-Identifier: Apache-2.0
#pragma once

// AES-CBC and AES-GCM. Algorithms come from the caller's configuration, never from a message.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "core/crypto/key_wrap.hpp"

namespace core::crypto {

enum class cipher : std::uint8_t { aes_128_cbc, aes_256_cbc, aes_128_gcm, aes_256_gcm };

inline constexpr std::size_t cipher_block_size = 16;  ///< bytes: AES's, whatever the key's size
inline constexpr std::size_t gcm_tag_size = 16;

/// "AES-128-CBC" and so on.
std::string_view name(cipher c);
/// Case-insensitive; nothing for a name that isn't one of the four.
std::optional<cipher> parse_cipher(std::string_view name);
std::size_t key_size(cipher c);  ///< 16 or 32 bytes
std::size_t iv_size(cipher c);   ///< CBC 16, GCM 12 bytes
bool is_gcm(cipher c);

/// OpenSSL contexts fetched once and used again for each message; those that open keep their keys,
/// as many as there is room for, wiped like any secret. Not thread-safe: one per worker.
class cipher_contexts {
 public:
  /// Throws std::runtime_error when OpenSSL lacks one of the four ciphers.
  cipher_contexts();
  ~cipher_contexts();
  cipher_contexts(cipher_contexts&&) noexcept;
  cipher_contexts& operator=(cipher_contexts&&) noexcept;

  /// CBC with PKCS#7. `out` needs data.size() bytes and may be data's own memory.
  /// @return plaintext size, or nothing on wrong sizes or padding; then `out` is wiped. The caller
  /// has verified a MAC before.
  std::optional<std::size_t> open_cbc(cipher c, std::string_view key, std::string_view iv,
                                      std::string_view data, char* out);
  /// May work in place. Throws std::logic_error when key or iv has a wrong size, which is a defect
  /// of ours.
  /// @return ciphertext size; `out` needs data.size() rounded up to the next multiple of 16 (a full
  /// block more if it is one).
  std::size_t seal_cbc(cipher c, std::string_view key, std::string_view iv, std::string_view data,
                       char* out);
  /// GCM, `tag` exactly 16 bytes (OpenSSL would take shorter ones; we don't). May work in place.
  /// @return false on wrong sizes or tag; then `out` is wiped, so that nothing unproven is left
  /// there.
  bool open_gcm(cipher c, std::string_view key, std::string_view iv, std::string_view data,
                std::string_view tag, char* out, std::string_view associated = {});
  /// May work in place. Throws std::logic_error like seal_cbc.
  void seal_gcm(cipher c, std::string_view key, std::string_view iv, std::string_view data,
                char* out, std::span<char, gcm_tag_size> tag, std::string_view associated = {});
  key_wrapping& wrapping();

 private:
  struct contexts;
  std::unique_ptr<contexts> contexts_;
};

}  // namespace core::crypto
