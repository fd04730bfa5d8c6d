// SPDX-License-Identifier: Apache-2.0
// Whatever the body, opening it touches nothing beyond it; and what was sealed opens to what was
// sealed, in records of every size.

#include "core/envelope/aes128gcm.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <numeric>
#include <string>
#include <vector>

using namespace core;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static crypto::cipher_contexts contexts;
  std::string material(32, '\0');  // as two of the seeds have it
  std::iota(material.begin(), material.end(), '\0');
  const envelope::aes128gcm_key key{material, "k1"};
  std::vector<char> body(data, data + size);
  static_cast<void>(envelope::open_aes128gcm(body, key, contexts));
  const std::string plain(data, data + size);
  const auto record = static_cast<std::uint32_t>(18 + (size == 0 ? 0 : data[0]));
  std::string sealed = envelope::seal_aes128gcm(plain, key, std::string(16, 's'), contexts, record);
  const auto opened = envelope::open_aes128gcm(sealed, key, contexts);
  if (!opened || !std::ranges::equal(*opened, plain)) std::abort();
  return 0;
}
