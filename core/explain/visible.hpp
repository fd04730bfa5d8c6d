// SPDX-License-Identifier: Apache-2.0
#pragma once

// Bytes for people's eyes: nothing invisible stays so, and two texts that differ look different.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace core::explain {

/// Printable ASCII as it is but for `\`; "\n", "\r", "\t", "\\", and "\x00" for every other byte,
/// those of UTF-8 beyond ASCII too. A blank that nothing visible follows is "\x20". At most `most`
/// bytes are shown; what is left out is counted.
std::string visible(std::string_view bytes, std::size_t most = 4096);

/// The lines of visible(), each as `prefix`, the line, '\n'; every line but a last one without an
/// end shows its "\n".
std::string visible_lines(std::string_view bytes, std::string_view prefix, std::size_t most = 4096);

/// Where two texts part, and what is there: a few bytes of each, visible; empty at a text's end.
struct difference {
  std::size_t at;  ///< of the first byte that differs, or the end of the shorter one; from 0
  std::string gateway, client;

  friend bool operator==(const difference&, const difference&) = default;
};
/// Nothing if they are the same.
std::optional<difference> first_difference(std::string_view gateway, std::string_view client);

/// "at byte 17: the gateway has "…", the client "…"", counted from 1.
std::string in_words(const difference& d);

}  // namespace core::explain
