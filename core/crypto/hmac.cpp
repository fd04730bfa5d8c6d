// SPDX-License-Identifier: Apache-2.0
#define OPENSSL_SUPPRESS_DEPRECATED  // hash_states.hpp says why

#include "core/crypto/hmac.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <utility>
#include <variant>

#include "core/crypto/digest.hpp"
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

/// The pads' states of one of the hashes that only this file prepares.
template <class Hash>
struct wiped_states {
  pad_states<Hash> states;

  explicit wiped_states(std::string_view key) : states(key) {}
  wiped_states(const wiped_states&) = delete;
  wiped_states& operator=(const wiped_states&) = delete;
  ~wiped_states() { OPENSSL_cleanse(&states, sizeof states); }

  [[nodiscard]] typename Hash::digest mac(std::initializer_list<std::string_view> parts) const {
    return hmac_of<Hash>(states.inner, states.outer, parts);
  }
};

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

struct hmac::prepared {
  std::variant<hmac_sha256, wiped_states<plain_sha1>, wiped_states<plain_sha384>,
               wiped_states<plain_sha512>>
      by;

  template <class Prepared>
  prepared(std::in_place_type_t<Prepared> which, std::string_view key) : by(which, key) {}

  static std::shared_ptr<const prepared> make(hash h, std::string_view key) {
    switch (h) {
      case hash::sha1: return as<wiped_states<plain_sha1>>(key);
      case hash::sha256: return as<hmac_sha256>(key);
      case hash::sha384: return as<wiped_states<plain_sha384>>(key);
      case hash::sha512: break;
    }
    return as<wiped_states<plain_sha512>>(key);
  }
  template <class Prepared>
  static std::shared_ptr<const prepared> as(std::string_view key) {
    return std::make_shared<const prepared>(std::in_place_type<Prepared>, key);
  }
};

hmac::hmac(hash h, std::string_view key) : hash_(h), prepared_(prepared::make(h, key)) {}

digest hmac::mac(std::initializer_list<std::string_view> parts) const {
  return std::visit([&](const auto& states) { return widened(states.mac(parts)); }, prepared_->by);
}

}  // namespace core::crypto
