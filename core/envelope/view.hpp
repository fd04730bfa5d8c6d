// SPDX-License-Identifier: Apache-2.0
#pragma once

// Bytes read as text.

#include <span>
#include <string_view>

namespace core::envelope {

inline std::string_view view(std::span<const char> bytes) { return {bytes.data(), bytes.size()}; }

}  // namespace core::envelope
