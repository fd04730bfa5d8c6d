// SPDX-License-Identifier: Apache-2.0
#define OPENSSL_SUPPRESS_DEPRECATED  // hash_states.hpp says why

#include "core/crypto/hmac.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <variant>

#include "core/crypto/hash_states.hpp"

namespace core::crypto {
namespace {

template <std::size_t Size>
digest widened(const std::array<char, Size>& bytes) {
  digest out;
  std::copy(bytes.begin(), bytes.end(), out.bytes.begin());
  out.size = Size;
  return out;
}

template <class Hash>
digest digest_of(std::initializer_list<std::string_view> parts) {
  return widened(Hash::finish(Hash::begun(), parts));
}

}  // namespace

std::size_t digest_size(hash h) {
  switch (h) {
    case hash::sha1: return 20;
    case hash::sha256: return 32;
    case hash::sha384: return 48;
    case hash::sha512: break;
  }
  return 64;
}

digest hash_of(hash h, std::initializer_list<std::string_view> parts) {
  switch (h) {
    case hash::sha1: return digest_of<plain_sha1>(parts);
    case hash::sha256: return digest_of<plain_sha256>(parts);
    case hash::sha384: return digest_of<plain_sha384>(parts);
    case hash::sha512: break;
  }
  return digest_of<plain_sha512>(parts);
}

hmac::pads hmac::prepare(hash h, std::string_view key) {
  switch (h) {
    case hash::sha1: return pads_of<plain_sha1>(key);
    case hash::sha256: return pads_of<plain_sha256>(key);
    case hash::sha384: return pads_of<plain_sha384>(key);
    case hash::sha512: break;
  }
  return pads_of<plain_sha512>(key);
}

hmac::hmac(hash h, std::string_view key) : hash_(h), pads_(prepare(h, key)) {}

hmac::~hmac() { OPENSSL_cleanse(&pads_, sizeof pads_); }

digest hmac::mac(std::initializer_list<std::string_view> parts) const {
  const auto by = [&]<class Hash>(const Hash&) {
    return widened(hmac_of<Hash>(std::get<hmac_pads<typename Hash::kept>>(pads_), parts));
  };
  switch (hash_) {
    case hash::sha1: return by(plain_sha1());
    case hash::sha256: return by(plain_sha256());
    case hash::sha384: return by(plain_sha384());
    case hash::sha512: break;
  }
  return by(plain_sha512());
}

}  // namespace core::crypto
