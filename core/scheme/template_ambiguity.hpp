// SPDX-License-Identifier: Apache-2.0
#pragma once

// Can two different messages have the same signed bytes? They can where nothing tells the end of
// one value from the beginning of the next: then who moves the border makes another message with
// the same signature.

#include <optional>
#include <string>
#include <vector>

#include "core/scheme/charset.hpp"
#include "core/scheme/template_settings.hpp"
#include "core/scheme/template_text.hpp"

namespace core::scheme {

/// The first place where that is so, as a sentence.
std::optional<std::string> ambiguity(const template_text& text, const template_settings& settings);

}  // namespace core::scheme
