// SPDX-License-Identifier: Apache-2.0
#pragma once

// A template scheme as the configuration says it: where the values stand in a message, which bytes
// are signed, how, and with what. Nothing compiled.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/scheme/extraction.hpp"

namespace core::scheme {

enum class template_algorithm : std::uint8_t {
  hmac_sha1,  ///< needs allow_weak
  hmac_sha256,
  hmac_sha384,
  hmac_sha512,
  sha256,  ///< no HMAC: a hash of a text that holds the secret; needs allow_weak
  sha512,  ///< the same
  ed25519,
};

/// How bytes are written as text.
enum class text_encoding : std::uint8_t { utf8, hex, base64, base64url };

/// What becomes of a client's secret before it is a key.
struct template_key {
  text_encoding encoding = text_encoding::utf8;
  std::vector<std::string> strip;  ///< beginnings of the secret's text that are no part of the key
  std::string derive;              ///< a purpose of core/keys/derived; empty: the secret itself
};

/// A named value of the message. `token`, `version`, `timestamp` and `nonce` mean what they say;
/// others are for the text alone.
struct template_field : extraction_settings {
  std::string name;
  std::string charset;        ///< empty: visible ASCII; a timestamp is decimal whatever it says
  bool optional = false;      ///< it may be absent
  bool milliseconds = false;  ///< of a timestamp: no seconds
};

struct template_signature : extraction_settings {
  text_encoding encoding = text_encoding::hex;
};

/// How replies are signed.
struct template_response {
  std::string string_to_sign;
  std::string timestamp;  ///< the field with the reply's own time
  std::string signature;  ///< the field with the signature, in the encoding of the request's
  std::string prefix;     ///< before the signature
  std::string derive;     ///< a purpose of core/keys/derived; empty: the request's key
};

/// A key of a kv list that must have this very value.
struct required_value {
  std::string key, value;
};

struct template_settings {
  template_algorithm algorithm = template_algorithm::hmac_sha256;
  template_key key;
  std::vector<template_field> fields;
  template_signature signature;
  std::vector<required_value> require;  ///< in the list that the signature stands in
  std::string string_to_sign;
  std::optional<template_response> response;
  std::optional<std::int64_t> window;  ///< seconds; nothing: as for all schemes
  std::optional<std::int64_t> future;  ///< the same
  std::string replay_id;               ///< a field that names a message, together with its stamp
  bool release_on_failure = false;     ///< a message that the service failed on may come again
  bool allow_weak = false;

  [[nodiscard]] const template_field* field(std::string_view name) const {
    for (const template_field& f : fields)
      if (f.name == name) return &f;
    return nullptr;
  }
};

/// Names of the declared fields, in their order.
inline std::vector<std::string> declared_names(const template_settings& settings) {
  std::vector<std::string> names;
  names.reserve(settings.fields.size());
  for (const template_field& f : settings.fields) names.push_back(f.name);
  return names;
}

constexpr bool is_hmac(template_algorithm a) { return a <= template_algorithm::hmac_sha512; }
constexpr bool is_plain_hash(template_algorithm a) {
  return a == template_algorithm::sha256 || a == template_algorithm::sha512;
}

}  // namespace core::scheme
