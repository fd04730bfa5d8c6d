// SPDX-License-Identifier: Apache-2.0
#pragma once

// Texts as clients write them by mistake, and back.

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/secret.hpp"

namespace core::explain {

/// What `bytes` were encoded from, if they are base64 or base64url, padded or not.
std::optional<std::string> any_base64(std::string_view text);

/// `value` with its longest run of the characters of hex, base64 and base64url changed: the
/// signature within a field, whatever stands around it. Nothing if there is no run of at least 16
/// or `change` says nothing.
template <class Change>
std::optional<std::string> with_signature(std::string_view value, Change change) {
  constexpr std::string_view letters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_";
  std::size_t best = 0, size = 0;
  for (std::size_t at = 0; at < value.size();) {
    const std::size_t begin = value.find_first_of(letters, at);
    if (begin == std::string_view::npos) break;
    at = std::min(value.find_first_not_of(letters, begin), value.size());
    if (at - begin > size) {
      best = begin;
      size = at - begin;
    }
  }
  constexpr std::size_t shortest = 16;
  if (size < shortest) return std::nullopt;
  // Padding is not within values that have a key before them.
  while (best + size < value.size() && value[best + size] == '=') ++size;
  const auto changed = change(value.substr(best, size));
  if (!changed) return std::nullopt;
  return std::string(value.substr(0, best)).append(*changed).append(value.substr(best + size));
}

/// Every occurrence of `what` in `text` replaced.
std::string replaced(std::string_view text, std::string_view what, std::string_view by);

/// Percent-encoding undone; nothing where it is broken.
std::optional<std::string> percent_decoded(std::string_view text);
/// As RFC 3986 has it: what is unreserved stays, of `keep` too, the rest is %XX in upper case.
std::string percent_encoded(std::string_view text, std::string_view keep);

/// A query, without its ?, in the other forms in which libraries write it.
std::vector<std::string> query_forms(std::string_view query);

/// The text becomes a secret, and is wiped.
base::secret to_secret(std::string text);

}  // namespace core::explain
