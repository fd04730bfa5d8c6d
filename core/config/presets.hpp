// SPDX-License-Identifier: Apache-2.0
#pragma once

// Schemes that are known by name and are nothing but configuration: what a file could say itself.

#include <array>
#include <string_view>

#include "core/scheme/template_settings.hpp"

namespace core::config {

struct preset_text {
  std::string_view name;
  std::string_view yaml;  ///< as it would stand under `schemes.<name>`, without `type`
};

/// GW1, and the formats of those who send webhooks.
extern const std::array<preset_text, 6> template_presets;

/// Null if no preset has this name.
const preset_text* find_preset(std::string_view name);

/// What the preset says, read by the same tables as a file. Throws std::logic_error where a preset
/// of ours can't be read.
scheme::template_settings settings_of(const preset_text& preset);

}  // namespace core::config
