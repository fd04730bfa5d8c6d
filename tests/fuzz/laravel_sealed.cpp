// SPDX-License-Identifier: Apache-2.0
// Beyond the MAC: a byte changed anywhere in a sealed payload leaves the same message or none; and
// of texts under a right MAC only what our own seal writes opens. The first three bytes say cipher,
// place and change.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/base/encoding.hpp"
#include "core/envelope/laravel.hpp"

using namespace core;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static crypto::cipher_contexts contexts;
  static const std::string secret = "0123456789abcdef0123456789ABCDEF";
  if (size < 3) return 0;
  const std::string text(data + 3, data + size);
  const auto cipher = static_cast<crypto::cipher>(data[0] % 4);
  const std::string_view bytes = std::string_view(secret).substr(0, crypto::key_size(cipher));
  const crypto::hmac_sha256 mac(bytes);
  const envelope::laravel_key key{cipher, bytes, mac};
  const std::string_view iv = std::string_view(secret).substr(0, crypto::iv_size(cipher));

  std::string json = base::unbase64(envelope::seal_laravel(text, key, iv, contexts)).value();
  json[data[1] * json.size() / 256] ^= static_cast<char>(data[2]);
  std::string payload = base::base64(json);
  const auto opened = envelope::open_laravel(payload, key, contexts);
  if (data[2] == 0 && !opened) std::abort();
  if (opened && !std::ranges::equal(opened->plaintext, text)) std::abort();

  if (crypto::is_gcm(cipher)) return 0;
  const std::string iv_text = base::base64(iv);
  const std::string digits = base::hex(crypto::view(mac.mac({iv_text, text})));
  std::string forged = base::base64("{\"iv\":\"" + iv_text + "\",\"value\":\"" + text +
                                    "\",\"mac\":\"" + digits + "\",\"tag\":\"\"}");
  const std::string before = forged;
  const auto proven = envelope::open_laravel(forged, key, contexts);
  if (!proven) return 0;
  const std::string plain(proven->plaintext.begin(), proven->plaintext.end());
  if (envelope::seal_laravel(plain, key, iv, contexts) != before) std::abort();
  return 0;
}
