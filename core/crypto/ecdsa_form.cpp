// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/ecdsa_form.hpp"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>

#include <algorithm>

#include "core/crypto/freed_by.hpp"

namespace core::crypto {
namespace {

constexpr unsigned char sequence = 0x30;
constexpr unsigned char integer = 0x02;

unsigned char octet(char c) { return static_cast<unsigned char>(c); }

/// Appends an INTEGER (X.690, section 8.3): as short as can be, and not negative.
unsigned char* put_number(std::string_view number, unsigned char* out) {
  const std::size_t zeros = std::min(number.find_first_not_of('\0'), number.size() - 1);
  number.remove_prefix(zeros);
  const bool looks_negative = octet(number.front()) >= 0x80;
  *out++ = integer;
  *out++ = static_cast<unsigned char>(number.size() + (looks_negative ? 1 : 0));
  if (looks_negative) *out++ = 0;
  return std::transform(number.begin(), number.end(), out, octet);
}

}  // namespace

ecdsa_der ecdsa_to_der(std::string_view raw) {
  ecdsa_der out;
  const std::size_t width = raw.size() / 2;
  // Both numbers stay below 128 bytes, and so does their sum: each length is one byte.
  unsigned char* end = put_number(raw.substr(0, width), out.bytes.data() + 2);
  end = put_number(raw.substr(width), end);
  out.size = static_cast<std::size_t>(end - out.bytes.data());
  out.bytes[0] = sequence;
  out.bytes[1] = static_cast<unsigned char>(out.size - 2);
  return out;
}

std::optional<std::string> ecdsa_from_der(std::string_view der, std::size_t width) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  const auto* const end = at + der.size();
  const owned<ECDSA_SIG, ECDSA_SIG_free> read(
      d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  std::string raw(2 * width, '\0');
  auto* const bytes = reinterpret_cast<unsigned char*>(raw.data());
  const int size = static_cast<int>(width);
  const bool fits = read && at == end &&
                    BN_bn2binpad(ECDSA_SIG_get0_r(read.get()), bytes, size) == size &&
                    BN_bn2binpad(ECDSA_SIG_get0_s(read.get()), bytes + width, size) == size;
  ERR_clear_error();
  return fits ? std::optional(std::move(raw)) : std::nullopt;
}

}  // namespace core::crypto
