// SPDX-License-Identifier: Apache-2.0
#include "core/explain/rewriting.hpp"

#include <string.h>  // NOLINT(modernize-deprecated-headers): explicit_bzero is glibc's, not <cstring>'s

#include "core/base/ascii.hpp"
#include "core/base/encoding.hpp"

namespace core::explain {

std::optional<std::string> any_base64(std::string_view text) {
  std::string plain(text.substr(0, text.find('=')));
  std::ranges::replace(plain, '+', '-');
  std::ranges::replace(plain, '/', '_');
  return base::unbase64url(plain);
}

std::string replaced(std::string_view text, std::string_view what, std::string_view by) {
  std::string out;
  for (std::size_t at = text.find(what); at != std::string_view::npos; at = text.find(what)) {
    out.append(text.substr(0, at)).append(by);
    text.remove_prefix(at + what.size());
  }
  return out.append(text);
}

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string out(text);
  const auto size = base::percent_decode_in_place(out);
  if (!size) return std::nullopt;
  out.resize(*size);
  return out;
}

std::string percent_encoded(std::string_view text, std::string_view keep) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool stays = base::is_alpha(c) || base::is_digit(c) ||
                       std::string_view("-._~").find(c) != std::string_view::npos ||
                       keep.find(c) != std::string_view::npos;
    if (stays)
      out += c;
    else
      out.append("%").append(1, digits[byte >> 4U]).append(1, digits[byte & 0xFU]);
  }
  return out;
}

std::vector<std::string> query_forms(std::string_view query) {
  const auto decoded = percent_decoded(query);
  if (!decoded) return {};
  const std::string spaced = replaced(*decoded, "+", " ");
  const std::string form = percent_encoded(spaced, "&= ");
  return {percent_encoded(*decoded, "&=+"), percent_encoded(*decoded, "&=+/:?@!$'()*,;[]"),
          replaced(form, " ", "+"), replaced(form, " ", "%20")};
}

base::secret to_secret(std::string text) {
  base::secret out(text);
  explicit_bzero(text.data(), text.size());
  return out;
}

}  // namespace core::explain
