// SPDX-License-Identifier: Apache-2.0
#pragma once

// Signatures by the algorithms that RFC 9421 registers (section 3.3). Which one a key is used with
// the configuration says, never a message: fits() tells whether the two go together.

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace core::crypto {

enum class signature_algorithm {
  hmac_sha256,  ///< by a shared secret: hmac.hpp
  ed25519,
  ecdsa_p256_sha256,
  ecdsa_p384_sha384,
  rsa_pss_sha512,
  rsa_v1_5_sha256
};

inline constexpr int smallest_rsa_bits = 2048;

/// As RFC 9421 registers it, "ecdsa-p256-sha256" and so on.
std::string_view name(signature_algorithm a);
/// By exactly that name.
std::optional<signature_algorithm> parse_signature_algorithm(std::string_view name);
/// True if signer and verifier share a secret.
bool is_symmetric(signature_algorithm a);

struct prepared_key;  // an OpenSSL key, with a context prepared for each algorithm it fits

/// Copies share the key. Safe to use from many threads.
class public_key {
 public:
  /// A SubjectPublicKeyInfo as PEM ("PUBLIC KEY"), base64 or DER.
  /// @return the key, or what is wrong with the text.
  static std::variant<public_key, std::string> parse(std::string_view text);

  [[nodiscard]] bool fits(signature_algorithm a) const;
  /// ECDSA's signatures are r and s, each as wide as the curve's order (RFC 9421, section 3.3.4).
  /// @return false as well if the key doesn't fit the algorithm.
  [[nodiscard]] bool verify(signature_algorithm a, std::string_view message,
                            std::string_view signature) const;

 private:
  explicit public_key(std::shared_ptr<const prepared_key> key) : key_(std::move(key)) {}
  std::shared_ptr<const prepared_key> key_;
};

/// Copies share the key. Safe to use from many threads.
class private_key {
 public:
  /// A PrivateKeyInfo (PKCS#8) as PEM ("PRIVATE KEY"), not encrypted.
  /// @return the key, or what is wrong with the text.
  static std::variant<private_key, std::string> parse(std::string_view text);

  [[nodiscard]] bool fits(signature_algorithm a) const;
  /// Throws std::logic_error if the key doesn't fit the algorithm, std::runtime_error if OpenSSL
  /// can't.
  [[nodiscard]] std::string sign(signature_algorithm a, std::string_view message) const;
  /// SubjectPublicKeyInfo, DER, as bytes.
  [[nodiscard]] std::string public_spki() const;

 private:
  explicit private_key(std::shared_ptr<const prepared_key> key) : key_(std::move(key)) {}
  std::shared_ptr<const prepared_key> key_;
};

}  // namespace core::crypto
