// SPDX-License-Identifier: Apache-2.0
#pragma once

// A text that a secret becomes a part of: wiped when it dies. Whoever fills it reserves room first,
// because growing would leave a copy behind.

#include <string.h>  // NOLINT(modernize-deprecated-headers): explicit_bzero is glibc's, not <cstring>'s

#include <string>

namespace core::base {

struct wiped_text {
  std::string bytes;

  wiped_text() = default;
  wiped_text(const wiped_text&) = delete;
  wiped_text& operator=(const wiped_text&) = delete;
  ~wiped_text() { explicit_bzero(bytes.data(), bytes.size()); }
};

}  // namespace core::base
