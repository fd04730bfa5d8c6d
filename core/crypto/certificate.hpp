// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a configuration has to know of a TLS certificate (RFC 5280) and its key. They are shown and
// verified elsewhere: gateway/net.

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace core::crypto {

struct certificate_facts {
  std::vector<std::string> names;  ///< DNS names, lower case; "*.example.com" is any label there
  std::int64_t from = 0;           ///< Unix seconds: valid from then on
  std::int64_t until = 0;          ///< and no longer then
};

/// Of the first certificate in a PEM text; those behind it are its chain.
/// @return the facts, or what is wrong with the text or the certificate's key.
std::variant<certificate_facts, std::string> read_certificate(std::string_view pem);

/// Why a private key, PEM, can't be used with the first of these certificates, as the end of a
/// sentence that begins with the key's file; empty if it can.
std::string why_key_misfits(std::string_view certificates, std::string_view key);

}  // namespace core::crypto
