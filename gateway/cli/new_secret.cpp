// SPDX-License-Identifier: Apache-2.0
#include "gateway/cli/new_secret.hpp"

#include <string.h>  // NOLINT(modernize-deprecated-headers): explicit_bzero is glibc's, not <cstring>'s

#include "core/base/encoding.hpp"

namespace gateway::cli {

namespace {

// Letters and digits, each equally likely: 62 values don't divide 256, so bytes beyond the last
// full round are drawn again.
std::string text_secret(std::size_t size, sys::entropy& source) {
  static constexpr std::string_view alphabet =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  std::string text;
  while (text.size() < size) {
    char drawn = 0;
    source.fill({&drawn, 1});
    const auto value = static_cast<unsigned char>(drawn);
    if (value < 4 * alphabet.size()) text.push_back(alphabet[value % alphabet.size()]);
  }
  return text;
}

}  // namespace

std::string make_secret(std::string_view format, std::size_t bytes, sys::entropy& source) {
  if (format == "utf8") return text_secret(bytes, source);
  std::string drawn(bytes, '\0');
  source.fill(drawn);
  std::string secret =
      format == "hex" ? "hex:" + core::base::hex(drawn) : "base64:" + core::base::base64(drawn);
  explicit_bzero(drawn.data(), drawn.size());
  return secret;
}

}  // namespace gateway::cli
