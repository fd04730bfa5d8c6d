// SPDX-License-Identifier: Apache-2.0
#pragma once

// Requests signed by RFC 9421, and sealed as JWE where their route says so, made with the verbs
// that check them. Knows no socket and no clock.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "bench/load/options.hpp"
#include "bench/load/subject.hpp"
#include "core/crypto/cipher.hpp"
#include "core/http/target.hpp"

namespace bench::load {

class signer {
 public:
  /// Bytes of chance in each message: what sealing needs, and a nonce of 16.
  static constexpr std::size_t random_size = 112;

  signer(const options& o, const subject& s);

  /// Replaces `out` by the whole request. `random` is random_size bytes.
  void write(std::string& out, std::string_view message, std::int64_t now,
             std::span<const char> random);

 private:
  std::string target_line_, authority_, version_, token_;
  std::string path_;
  core::http::target target_;  ///< views of `path_`
  spoiled spoil_;
  const subject& subject_;
  core::crypto::cipher_contexts contexts_;
};

}  // namespace bench::load
