// SPDX-License-Identifier: Apache-2.0
#pragma once

// Contexts that open messages, each with its key set: a key schedule and OpenSSL's looking up of
// parameters cost a short message more than its deciphering. How many are kept is bounded; what a
// place held is overwritten by its next key, and wiped when it dies. Knows neither modes nor
// messages.

#include <openssl/evp.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/crypto/cipher.hpp"
#include "core/crypto/freed_by.hpp"

namespace core::crypto {

using fetched_cipher = owned<EVP_CIPHER, EVP_CIPHER_free>;
using context = owned<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;

class keyed_contexts {
 public:
  static constexpr std::size_t sets = 64;

  class place {
   public:
    place() = default;
    ~place();
    place(const place&) = delete;
    place& operator=(const place&) = delete;

    [[nodiscard]] EVP_CIPHER_CTX* with() const { return with_.get(); }
    /// Something went wrong: the next message sets the key anew.
    void forget() { keyed_ = false; }

   private:
    friend class keyed_contexts;
    using padded_key = std::array<std::uint64_t, 4>;

    bool holds(cipher c, std::string_view key) const;
    bool set(cipher c, const EVP_CIPHER* fetched, std::string_view key);

    context with_;
    padded_key key_{};  // zeros behind a short one
    cipher cipher_{};   // what with_ is for, keyed or not
    bool keyed_ = false;
  };

  /// `key` has the cipher's size. Its address says where to look, and its bytes whether it is
  /// there: what a configuration kept at an address, the next one may not.
  /// @return null if OpenSSL can't set it.
  place* find(cipher c, const EVP_CIPHER* fetched, std::string_view key);

 private:
  /// Two keys whose addresses fall together, so that they don't drive each other out.
  struct pair {
    std::array<place, 2> places;
    unsigned recent = 0;  // the one used last; the other makes room
  };
  std::vector<pair> pairs_ = std::vector<pair>(sets);
};

}  // namespace core::crypto
