// SPDX-License-Identifier: Apache-2.0
#include "gateway/net/tls_keys.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <string.h>  // NOLINT(modernize-deprecated-headers): explicit_bzero is glibc's, not <cstring>'s

#include <span>
#include <string_view>
#include <utility>

namespace gateway::net {

namespace {

constexpr std::size_t cipher_key = 32;  // AES-256-CBC, as OpenSSL's own tickets
constexpr std::size_t mac_key = 32;     // HMAC-SHA-256

const unsigned char* octets(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

std::span<char> characters(std::span<unsigned char> bytes) {
  return {reinterpret_cast<char*>(bytes.data()), bytes.size()};
}

bool set_up(EVP_MAC_CTX* mac, std::string_view key) {
  // OpenSSL only reads what these hold; its type is older than const.
  std::array<char, 7> digest{"SHA256"};
  const std::array<OSSL_PARAM, 3> how{
      OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, const_cast<char*>(key.data()),
                                        key.size()),
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
      OSSL_PARAM_construct_end()};
  return EVP_MAC_CTX_set_params(mac, how.data()) == 1;
}

}  // namespace

ticket_keys::ticket_keys() : current_(make()) {}

ticket_keys::key ticket_keys::make() {
  key made;
  random_.fill(characters(made.called));
  std::array<char, cipher_key + mac_key> drawn;
  random_.fill(drawn);
  made.bytes = core::base::secret({drawn.data(), drawn.size()});
  explicit_bzero(drawn.data(), drawn.size());
  return made;
}

void ticket_keys::renew(std::int64_t now) {
  if (!std::exchange(begun_, true)) since_ = now;
  const std::int64_t age = now - since_;
  if (age < lifetime) return;
  previous_ = std::exchange(current_, make());
  // Nobody came for long: what was sealed with it is too old as well.
  if (age >= 2 * lifetime) previous_ = {};
  since_ = now;
}

bool ticket_keys::seal(name& by, vector& iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac,
                       std::int64_t now) {
  const std::lock_guard lock(guard_);
  renew(now);
  by = current_.called;
  random_.fill(characters(iv));
  const std::string_view bytes = current_.bytes.reveal();
  return EVP_EncryptInit_ex(cipher, EVP_aes_256_cbc(), nullptr, octets(bytes), iv.data()) == 1 &&
         set_up(mac, bytes.substr(cipher_key));
}

ticket_keys::found ticket_keys::open(const name& by, const vector& iv, EVP_CIPHER_CTX* cipher,
                                     EVP_MAC_CTX* mac, std::int64_t now) {
  const std::lock_guard lock(guard_);
  renew(now);
  const bool fresh = by == current_.called;
  const bool known = fresh || (!previous_.bytes.empty() && by == previous_.called);
  if (!known) return found::no;
  const std::string_view bytes = (fresh ? current_ : previous_).bytes.reveal();
  const bool ready =
      EVP_DecryptInit_ex(cipher, EVP_aes_256_cbc(), nullptr, octets(bytes), iv.data()) == 1 &&
      set_up(mac, bytes.substr(cipher_key));
  if (!ready) return found::no;
  return fresh ? found::yes : found::old;
}

}  // namespace gateway::net
