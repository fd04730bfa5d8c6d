// SPDX-License-Identifier: Apache-2.0
#pragma once

// What is wrong with a template, or weak about it, said when it is loaded.

#include <string>
#include <string_view>
#include <vector>

#include "core/scheme/template_settings.hpp"

namespace core::scheme {

struct finding {
  std::string key;       ///< which of the settings: "string_to_sign", "fields.nonce"
  std::string sentence;  ///< to be read after the key
  bool error = false;    ///< such a template proves nothing, or can't work

  bool operator==(const finding&) const = default;
};

/// Errors first to last in the order of the settings, then what is weak. With an error that is in
/// the way of the rest, that alone.
std::vector<finding> lint(const template_settings& settings);

/// What the signature covers and what it does not, of all that a message may say: "method",
/// "target", "host", "body", and the declared ones of "timestamp", "nonce", "token", "version".
struct coverage {
  std::vector<std::string_view> is_signed, not_signed;
};
coverage coverage_of(const template_settings& settings);

/// Does the text hold the body? If not, a message is proven before its body is there.
bool signs_body(const template_settings& settings);

}  // namespace core::scheme
