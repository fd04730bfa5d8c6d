// SPDX-License-Identifier: Apache-2.0
#include "core/envelope/jwe_settings.hpp"

namespace core::envelope {

std::string_view name(jwe_alg alg) {
  switch (alg) {
    case jwe_alg::dir: return "dir";
    case jwe_alg::a128kw: return "A128KW";
    case jwe_alg::a256kw: break;
  }
  return "A256KW";
}

std::string_view name(jwe_enc enc) {
  switch (enc) {
    case jwe_enc::a128gcm: return "A128GCM";
    case jwe_enc::a256gcm: return "A256GCM";
    case jwe_enc::a128cbc_hs256: return "A128CBC-HS256";
    case jwe_enc::a256cbc_hs512: break;
  }
  return "A256CBC-HS512";
}

std::size_t key_size(jwe_settings how) {
  switch (how.alg) {
    case jwe_alg::dir: break;
    case jwe_alg::a128kw: return 16;
    case jwe_alg::a256kw: return 32;
  }
  return sizes(how.enc).key;
}

jwe_sizes sizes(jwe_enc enc) {
  switch (enc) {
    case jwe_enc::a128gcm: return {16, 12, 16};
    case jwe_enc::a256gcm: return {32, 12, 16};
    // Half of each key is the MAC's (RFC 7518, section 5.2.2.1).
    case jwe_enc::a128cbc_hs256: return {32, 16, 16};
    case jwe_enc::a256cbc_hs512: break;
  }
  return {64, 16, 32};
}

}  // namespace core::envelope
