// SPDX-License-Identifier: Apache-2.0
// What opens is explained by a seal of our own: resealed with the iv that stands in it, it gives
// the same plaintext and the same identity, so no second text of one message counts as a new
// message.

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/base/encoding.hpp"
#include "core/envelope/laravel.hpp"
#include "core/envelope/laravel_members.hpp"

using namespace core;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static crypto::cipher_contexts contexts;
  static const std::string secret = "0123456789abcdef0123456789ABCDEF";
  const std::string text(data, data + size);
  for (const auto cipher : {crypto::cipher::aes_128_cbc, crypto::cipher::aes_256_cbc,
                            crypto::cipher::aes_128_gcm, crypto::cipher::aes_256_gcm}) {
    const std::string_view bytes = std::string_view(secret).substr(0, crypto::key_size(cipher));
    const crypto::hmac_sha256 mac(bytes);
    const envelope::laravel_key key{cipher, bytes, mac};
    std::string payload = text;
    const auto opened = envelope::open_laravel(payload, key, contexts);
    if (!opened) continue;
    const std::string plain(opened->plaintext.begin(), opened->plaintext.end());
    std::string json = base::unbase64(text).value();
    const auto members = envelope::read_laravel_members(json).value();
    const std::string iv = base::unbase64({members.iv.data(), members.iv.size()}).value();
    std::string again = envelope::seal_laravel(plain, key, iv, contexts);
    const auto reopened = envelope::open_laravel(again, key, contexts);
    if (!reopened || reopened->identity.view() != opened->identity.view()) std::abort();
    if (!std::ranges::equal(reopened->plaintext, plain)) std::abort();
  }
  return 0;
}
