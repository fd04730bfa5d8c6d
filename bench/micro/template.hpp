// SPDX-License-Identifier: Apache-2.0
#pragma once

// A scheme that is configuration, beside those that are code.

#include <memory>

#include "bench/micro/operation.hpp"

namespace bench::micro {

/// GW1: the claim is read, and proven with a body of 1 KiB.
std::unique_ptr<operation> gw1_inspect_and_verify();

}  // namespace bench::micro
