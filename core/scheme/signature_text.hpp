// SPDX-License-Identifier: Apache-2.0
#pragma once

// Bytes as one of the texts they may be written as, and strictly back.

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/scheme/template_settings.hpp"

namespace core::scheme {

std::string encode(text_encoding how, std::string_view bytes);

/// A signature of exactly out.size() bytes, at most largest_signature; without an allocation.
/// @return false unless the text is the one way to write it.
bool decode_signature(text_encoding how, std::string_view text, std::span<char> out);

}  // namespace core::scheme
