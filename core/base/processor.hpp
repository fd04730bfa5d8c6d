// SPDX-License-Identifier: Apache-2.0
#pragma once

// What this processor can do beyond what every one of its architecture does.

namespace core::base {

/// May code that was compiled for AVX2 run here?
bool has_avx2();

}  // namespace core::base
