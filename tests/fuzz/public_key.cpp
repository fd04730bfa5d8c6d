// SPDX-License-Identifier: Apache-2.0
// What is a public key as DER is one as base64, with the same algorithms; and no key verifies an
// empty signature.

#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/base/encoding.hpp"
#include "core/crypto/signature.hpp"

using namespace core::crypto;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  const auto found = public_key::parse(text);
  const auto* const key = std::get_if<public_key>(&found);
  if (key == nullptr) return 0;
  const auto encoded = public_key::parse(core::base::base64(text));
  for (const auto a : {signature_algorithm::ed25519, signature_algorithm::ecdsa_p256_sha256,
                       signature_algorithm::ecdsa_p384_sha384, signature_algorithm::rsa_pss_sha512,
                       signature_algorithm::rsa_v1_5_sha256}) {
    if (key->verify(a, "", "") || key->verify(a, "", std::string(64, '\0'))) std::abort();
    if (text.front() == '0' && std::get<public_key>(encoded).fits(a) != key->fits(a)) std::abort();
  }
  return 0;
}
