// SPDX-License-Identifier: Apache-2.0
#pragma once

// The words by which the configuration calls values that others speak of, too: whoever names a
// setting to an operator uses the file's own word.

#include <array>
#include <string_view>
#include <utility>

#include "core/config/model.hpp"

namespace core::config {

struct envelope_words {
  using kind = envelope_kind;
  static constexpr std::array<std::pair<std::string_view, kind>, 4> words{
      {{"laravel", kind::laravel},
       {"jwe", kind::jwe},
       {"aes128gcm", kind::aes128gcm},
       {"none", kind::none}}};
};

/// Of a template.
struct algorithm_words {
  using one = scheme::template_algorithm;
  static constexpr std::array<std::pair<std::string_view, one>, 7> words{
      {{"hmac-sha256", one::hmac_sha256},
       {"hmac-sha384", one::hmac_sha384},
       {"hmac-sha512", one::hmac_sha512},
       {"hmac-sha1", one::hmac_sha1},
       {"sha256", one::sha256},
       {"sha512", one::sha512},
       {"ed25519", one::ed25519}}};
};

/// Of a template's key and signature.
struct encoding_words {
  using one = scheme::text_encoding;
  static constexpr std::array<std::pair<std::string_view, one>, 4> words{
      {{"utf8", one::utf8},
       {"hex", one::hex},
       {"base64", one::base64},
       {"base64url", one::base64url}}};
};

/// The word for a value; empty if it has none.
template <class Words, class Value>
constexpr std::string_view word_for(Value value) {
  for (const auto& [word, meant] : Words::words)
    if (meant == value) return word;
  return {};
}

constexpr std::string_view name(envelope_kind kind) { return word_for<envelope_words>(kind); }
constexpr std::string_view name(scheme::template_algorithm a) {
  return word_for<algorithm_words>(a);
}
constexpr std::string_view name(scheme::text_encoding e) { return word_for<encoding_words>(e); }

}  // namespace core::config
