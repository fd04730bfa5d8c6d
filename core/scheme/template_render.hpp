// SPDX-License-Identifier: Apache-2.0
#pragma once

// The bytes that a compiled text makes of one message.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/scheme/request_view.hpp"
#include "core/scheme/template_text.hpp"

namespace core::scheme {

/// What the names stand for.
struct text_values {
  const request_view* request = nullptr;
  std::span<const std::optional<std::string_view>> fields;
  std::string_view body;
  std::optional<std::string_view> secret =
      std::nullopt;  ///< nothing: `<secret>` stands in its place
  unsigned status = 0;
  std::int64_t timestamp = 0;  ///< a reply's own
};

/// Appends all but a body that is signed as it is, which may be large. What is absent leaves
/// nothing. @return where in `out` the body belongs, if there is one.
std::optional<std::size_t> render(const template_text& text, const text_values& values,
                                  std::string& out);

}  // namespace core::scheme
