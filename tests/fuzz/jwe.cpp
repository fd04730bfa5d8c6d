// SPDX-License-Identifier: Apache-2.0
// Whatever the text, opening it touches nothing beyond it; and what was sealed opens to what was
// sealed, by every pair of algorithms.

#include "core/envelope/jwe.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <numeric>
#include <string>
#include <vector>

using namespace core;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static crypto::cipher_contexts contexts;
  for (const auto alg :
       {envelope::jwe_alg::dir, envelope::jwe_alg::a128kw, envelope::jwe_alg::a256kw})
    for (const auto enc : {envelope::jwe_enc::a128gcm, envelope::jwe_enc::a256gcm,
                           envelope::jwe_enc::a128cbc_hs256, envelope::jwe_enc::a256cbc_hs512}) {
      std::string bytes(envelope::key_size({alg, enc}), '\0');  // as the seeds have it
      std::iota(bytes.begin(), bytes.end(), alg == envelope::jwe_alg::dir ? '\0' : '\x80');
      const envelope::jwe_key key{{alg, enc}, bytes, "k1"};
      std::vector<char> text(data, data + size);
      static_cast<void>(envelope::open_jwe(text, key, contexts));
      const std::string plain(data, data + size);
      std::string sealed = envelope::seal_jwe(plain, key, std::string(96, 'r'), contexts, 7, "1");
      const auto opened = envelope::open_jwe(sealed, key, contexts);
      if (!opened || !std::ranges::equal(opened->plaintext, plain)) std::abort();
    }
  return 0;
}
