// SPDX-License-Identifier: Apache-2.0
#include "core/scheme/digest_fields.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>

#include "core/base/encoding.hpp"
#include "core/crypto/digest.hpp"
#include "core/crypto/hmac.hpp"
#include "core/http/structured.hpp"
#include "core/http/structured_print.hpp"

namespace core::scheme {

namespace sf = http::structured;

namespace {

bool read(std::span<char> out, const sf::field& in, const sf::member& member) {
  if (member.self.value.kind != sf::kind::byte_sequence) return false;
  std::array<char, 66> bytes;  // of the base64 of 64, which has two for padding
  const std::string_view text = in[member.self.value.text];
  if (text.size() != base::base64_size(out.size())) return false;
  // That it is base64 the field's own syntax has seen to.
  if (base::unbase64(text, bytes.data()).value_or(0) != out.size()) return false;
  std::copy_n(bytes.data(), out.size(), out.data());
  return true;
}

}  // namespace

bool content_digests::fit(std::string_view body) const {
  // Compared in constant time although they are no secret: then nobody has to ask.
  if (has_sha256 &&
      !crypto::equal(crypto::view(crypto::sha256({body})), {sha256.data(), sha256.size()}))
    return false;
  if (has_sha512 && !crypto::equal(crypto::hash_of(crypto::hash::sha512, {body}).view(),
                                   {sha512.data(), sha512.size()}))
    return false;
  return has_sha256 || has_sha512;
}

bool parse_content_digest(content_digests& out, std::string_view text) {
  out.has_sha256 = out.has_sha512 = false;
  sf::field in;
  if (!in.parse_dictionary(text)) return false;
  if (const sf::member* const m = in.find("sha-256"); m != nullptr) {
    if (!read(out.sha256, in, *m)) return false;
    out.has_sha256 = true;
  }
  if (const sf::member* const m = in.find("sha-512"); m != nullptr) {
    if (!read(out.sha512, in, *m)) return false;
    out.has_sha512 = true;
  }
  return out.has_sha256 || out.has_sha512;
}

std::string content_digest(std::string_view body) {
  std::string text = "sha-256=";
  sf::print_byte_sequence(text, crypto::view(crypto::sha256({body})));
  return text;
}

}  // namespace core::scheme
