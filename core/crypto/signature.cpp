// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/signature.hpp"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <array>
#include <stdexcept>

#include "core/base/encoding.hpp"
#include "core/crypto/ecdsa_form.hpp"
#include "core/crypto/hmac.hpp"
#include "core/crypto/key_object.hpp"
#include "core/crypto/octets.hpp"

namespace core::crypto {
namespace {

enum class family { secret, ed25519, ecdsa, rsa_pss, rsa_v1_5 };

struct properties {
  std::string_view name;
  family kind;
  hash hashed;        // Ed25519 takes the message itself
  std::size_t width;  // of a signature; 0: as long as the key says
  const char* curve;  // OpenSSL's name for it
};

constexpr std::array<properties, 6> algorithms{{
    {"hmac-sha256", family::secret, hash::sha256, 32, nullptr},
    {"ed25519", family::ed25519, hash::sha512, 64, nullptr},
    {"ecdsa-p256-sha256", family::ecdsa, hash::sha256, 64, "prime256v1"},
    {"ecdsa-p384-sha384", family::ecdsa, hash::sha384, 96, "secp384r1"},
    {"rsa-pss-sha512", family::rsa_pss, hash::sha512, 0, nullptr},
    {"rsa-v1_5-sha256", family::rsa_v1_5, hash::sha256, 0, nullptr},
}};

constexpr std::size_t index(signature_algorithm a) { return static_cast<std::size_t>(a); }
constexpr const properties& of(signature_algorithm a) { return algorithms[index(a)]; }

using operation = owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using message_context = owned<EVP_MD_CTX, EVP_MD_CTX_free>;

/// OpenSSL's parameters for an EVP_PKEY_CTX take a digest as an object, and look no further than
/// its name.
const EVP_MD* digest_for(hash h) {
  switch (h) {
    case hash::sha1: return EVP_sha1();
    case hash::sha256: return EVP_sha256();
    case hash::sha384: return EVP_sha384();
    case hash::sha512: break;
  }
  return EVP_sha512();
}

std::string text_parameter(const EVP_PKEY* key, const char* which) {
  std::array<char, 64> text{};
  std::size_t size = 0;
  const bool has = EVP_PKEY_get_utf8_string_param(key, which, text.data(), text.size(), &size) == 1;
  return has ? std::string(text.data(), size) : std::string();
}

bool of_family(const EVP_PKEY* key, const properties& p) {
  switch (p.kind) {
    case family::secret: return false;
    case family::ed25519: return EVP_PKEY_is_a(key, "ED25519") == 1;
    // No key of another family that may be read has a curve's name.
    case family::ecdsa: return text_parameter(key, OSSL_PKEY_PARAM_GROUP_NAME) == p.curve;
    // A key may be meant for PSS alone (RFC 4055, section 1.2); then it is for nothing else.
    case family::rsa_pss: return EVP_PKEY_is_a(key, "RSA") == 1 || EVP_PKEY_is_a(key, "RSA-PSS");
    case family::rsa_v1_5: return EVP_PKEY_is_a(key, "RSA") == 1;
  }
  return false;
}

/// PSS as RFC 9421, section 3.3.1 has it: MGF1 with the same hash, which is OpenSSL's own choice,
/// and a salt as long as the hash.
bool set_up(EVP_PKEY_CTX* with, const properties& p) {
  if (EVP_PKEY_CTX_set_signature_md(with, digest_for(p.hashed)) != 1) return false;
  if (p.kind == family::rsa_v1_5) return EVP_PKEY_CTX_set_rsa_padding(with, RSA_PKCS1_PADDING) == 1;
  if (p.kind != family::rsa_pss) return true;
  return EVP_PKEY_CTX_set_rsa_padding(with, RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(with, static_cast<int>(digest_size(p.hashed))) == 1;
}

using begin_function = int (*)(EVP_PKEY_CTX*);

/// Null if the key doesn't go with the algorithm.
operation prepare(EVP_PKEY* key, const properties& p, begin_function begin) {
  if (!of_family(key, p)) return nullptr;
  operation made(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  // OpenSSL 3.0 has Ed25519 through EVP_DigestSign and EVP_DigestVerify alone; there the context
  // only says that the key fits.
  if (!made || p.kind == family::ed25519) return made;
  if (begin(made.get()) != 1 || !set_up(made.get(), p)) return nullptr;
  return made;
}

/// What is wrong with a key for any algorithm; empty if nothing.
std::string refused(EVP_PKEY* key) {
  if (EVP_PKEY_is_a(key, "RSA") == 1 || EVP_PKEY_is_a(key, "RSA-PSS") == 1) {
    if (const int bits = EVP_PKEY_get_bits(key); bits < smallest_rsa_bits)
      return "an RSA key of " + std::to_string(bits) + " bits; at least " +
             std::to_string(smallest_rsa_bits) + " are needed";
    return {};
  }
  if (EVP_PKEY_is_a(key, "ED25519") == 1) return {};
  if (EVP_PKEY_is_a(key, "EC") == 1) {
    const std::string curve = text_parameter(key, OSSL_PKEY_PARAM_GROUP_NAME);
    // A curve written out could be another one under this name (CVE-2020-0601).
    if (text_parameter(key, OSSL_PKEY_PARAM_EC_ENCODING) != OSSL_PKEY_EC_ENCODING_GROUP)
      return "an EC key whose curve isn't named but written out";
    if (curve != of(signature_algorithm::ecdsa_p256_sha256).curve &&
        curve != of(signature_algorithm::ecdsa_p384_sha384).curve)
      return "an EC key of the curve " + curve + "; P-256 and P-384 can be used";
    const operation check(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
    if (!check || EVP_PKEY_public_check(check.get()) != 1) return "no point of its curve";
    return {};
  }
  return "neither an Ed25519, nor an EC, nor an RSA key";
}

}  // namespace

std::string_view name(signature_algorithm a) { return of(a).name; }

std::optional<signature_algorithm> parse_signature_algorithm(std::string_view text) {
  for (std::size_t i = 0; i < algorithms.size(); ++i)
    if (algorithms[i].name == text) return static_cast<signature_algorithm>(i);
  return std::nullopt;
}

bool is_symmetric(signature_algorithm a) { return of(a).kind == family::secret; }

struct prepared_key {
  key_object key;
  std::array<operation, algorithms.size()> operations;  // copied for each message

  prepared_key(key_object k, begin_function begin) : key(std::move(k)) {
    for (std::size_t i = 0; i < algorithms.size(); ++i)
      operations[i] = prepare(key.get(), algorithms[i], begin);
    ERR_clear_error();
  }
  [[nodiscard]] bool fits(signature_algorithm a) const { return operations[index(a)] != nullptr; }
  [[nodiscard]] operation copy_for(signature_algorithm a) const {
    return operation(EVP_PKEY_CTX_dup(operations[index(a)].get()));
  }
};

namespace {

std::variant<std::shared_ptr<const prepared_key>, std::string> checked(key_object key,
                                                                       begin_function begin) {
  std::string wrong = refused(key.get());
  ERR_clear_error();
  if (!wrong.empty()) return wrong;
  return std::make_shared<const prepared_key>(std::move(key), begin);
}

bool verified(const prepared_key& key, signature_algorithm a, std::string_view message,
              std::string_view signature) {
  if (of(a).kind == family::ed25519) {
    const message_context with(EVP_MD_CTX_new());
    return with &&
           EVP_DigestVerifyInit(with.get(), nullptr, nullptr, nullptr, key.key.get()) == 1 &&
           EVP_DigestVerify(with.get(), octets(signature), signature.size(), octets(message),
                            message.size()) == 1;
  }
  const operation copy = key.copy_for(a);
  const digest hashed = hash_of(of(a).hashed, {message});
  const auto by = [&](const unsigned char* bytes, std::size_t size) {
    return copy &&
           EVP_PKEY_verify(copy.get(), bytes, size, octets(hashed.view()), hashed.size) == 1;
  };
  if (of(a).kind != family::ecdsa) return by(octets(signature), signature.size());
  const ecdsa_der der = ecdsa_to_der(signature);
  return by(der.bytes.data(), der.size);
}

/// Empty if OpenSSL can't.
std::string made(const prepared_key& key, signature_algorithm a, std::string_view message) {
  std::size_t size = static_cast<std::size_t>(EVP_PKEY_get_size(key.key.get()));
  std::string out(size, '\0');
  bool done = false;
  if (of(a).kind == family::ed25519) {
    const message_context with(EVP_MD_CTX_new());
    done =
        with && EVP_DigestSignInit(with.get(), nullptr, nullptr, nullptr, key.key.get()) == 1 &&
        EVP_DigestSign(with.get(), octets(out.data()), &size, octets(message), message.size()) == 1;
  } else {
    const operation with = key.copy_for(a);
    const digest hashed = hash_of(of(a).hashed, {message});
    done = with && EVP_PKEY_sign(with.get(), octets(out.data()), &size, octets(hashed.view()),
                                 hashed.size) == 1;
  }
  out.resize(done ? size : 0);
  if (done && of(a).kind == family::ecdsa)
    return ecdsa_from_der(out, of(a).width / 2).value_or(std::string());
  return out;
}

}  // namespace

std::variant<public_key, std::string> public_key::parse(std::string_view text) {
  constexpr char der_sequence = '0';  // 0x30; the base64 of a sequence begins with M
  std::optional<base::secret> der;
  if (text.starts_with("-----")) {
    der = from_pem(text, "PUBLIC KEY");
  } else if (text.starts_with(der_sequence)) {
    der.emplace(text);
  } else if (const auto bytes = base::unbase64(text)) {
    der.emplace(*bytes);
  }
  key_object key = der ? public_from_der(der->reveal()) : nullptr;
  if (!key) return "not a public key (SubjectPublicKeyInfo) as PEM, base64 or DER";
  auto found = checked(std::move(key), EVP_PKEY_verify_init);
  if (auto* wrong = std::get_if<std::string>(&found)) return std::move(*wrong);
  return public_key(std::move(std::get<0>(found)));
}

bool public_key::fits(signature_algorithm a) const { return key_->fits(a); }

bool public_key::verify(signature_algorithm a, std::string_view message,
                        std::string_view signature) const {
  if (!fits(a) || (of(a).width != 0 && signature.size() != of(a).width)) return false;
  const bool right = verified(*key_, a, message, signature);
  // No error that TLS on this thread could mistake for its own.
  if (!right) ERR_clear_error();
  return right;
}

std::variant<private_key, std::string> private_key::parse(std::string_view text) {
  const std::optional<base::secret> der = from_pem(text, "PRIVATE KEY");
  key_object key = der ? private_from_der(der->reveal()) : nullptr;
  if (!key) return "not a private key (PKCS#8, not encrypted) as PEM";
  auto found = checked(std::move(key), EVP_PKEY_sign_init);
  if (auto* wrong = std::get_if<std::string>(&found)) return std::move(*wrong);
  return private_key(std::move(std::get<0>(found)));
}

bool private_key::fits(signature_algorithm a) const { return key_->fits(a); }

std::string private_key::sign(signature_algorithm a, std::string_view message) const {
  if (!fits(a)) throw std::logic_error("the key doesn't fit " + std::string(name(a)));
  std::string out = made(*key_, a, message);
  if (out.empty()) {
    ERR_clear_error();
    throw std::runtime_error("OpenSSL can't sign with " + std::string(name(a)));
  }
  return out;
}

std::string private_key::public_spki() const { return public_to_der(key_->key.get()); }

}  // namespace core::crypto
