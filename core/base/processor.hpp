// SPDX-License-Identifier: Apache-2.0
#pragma once

// What this processor can do beyond what every one of its architecture does.

namespace core::base {

/// May code that was compiled for AVX2 run here?
bool has_avx2();
/// For AVX-512 with its instructions for bytes (BW) and for looking them up (VBMI)?
bool has_avx512_vbmi();

}  // namespace core::base
