// SPDX-License-Identifier: Apache-2.0
// What the filters of a template do.

#include <algorithm>

#include "core/base/ascii.hpp"
#include "core/base/encoding.hpp"
#include "core/base/wiped_text.hpp"
#include "core/crypto/digest.hpp"
#include "core/crypto/hmac.hpp"
#include "core/scheme/template_text.hpp"

namespace core::scheme {

namespace {

constexpr char to_upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }

std::string digest_of(crypto::hash how, std::string_view value) {
  return std::string(crypto::hash_of(how, {value}).view());
}

std::string filtered(filter how, std::string_view value) {
  std::string out;
  switch (how) {
    case filter::lower: return base::lower(value);
    case filter::upper:
      out = value;
      std::ranges::transform(out, out.begin(), to_upper);
      return out;
    case filter::trim: return std::string(base::trimmed(value));
    case filter::sha256: return digest_of(crypto::hash::sha256, value);
    case filter::sha512: return digest_of(crypto::hash::sha512, value);
    case filter::hex: return base::hex(value);
    case filter::base64: return base::base64(value);
    case filter::base64url: return base::base64url(value);
  }
  return out;
}

}  // namespace

void append_filtered(std::string& out, std::string_view value, std::span<const filter> filters) {
  if (filters.empty()) {
    out.append(value);
    return;
  }
  // What nearly every template has, without a string on the way.
  if (filters.size() == 2 && filters[0] == filter::sha256 && filters[1] == filter::hex) {
    const crypto::sha256_digest digest = crypto::sha256({value});
    const std::size_t at = out.size();
    out.resize(at + 2 * digest.size());
    base::hex_to(crypto::view(digest), out.data() + at);
    return;
  }
  // It may be the secret that is filtered.
  base::wiped_text text;
  text.bytes = filtered(filters.front(), value);
  for (const filter f : filters.subspan(1)) {
    base::wiped_text before;
    before.bytes.swap(text.bytes);
    text.bytes = filtered(f, before.bytes);
  }
  out.append(text.bytes);
}

}  // namespace core::scheme
