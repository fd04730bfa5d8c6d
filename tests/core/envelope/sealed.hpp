// SPDX-License-Identifier: Apache-2.0
#pragma once

// What opening a message gave, as tests of more than one envelope look at it.

#include <span>
#include <string>

#include "core/base/errc.hpp"

namespace tests {

/// The plaintext, or the refusal's name in angle brackets.
inline std::string outcome(const core::base::result<std::span<char>>& opened) {
  if (!opened) return "<" + std::string(core::base::name(opened.error())) + ">";
  return {opened->data(), opened->size()};
}

}  // namespace tests
