// SPDX-License-Identifier: Apache-2.0
#pragma once

// What rfc9421's default profile does to a message of its own: read it and make its base; prove it.

#include <memory>

#include "bench/micro/operation.hpp"

namespace bench::micro {

std::unique_ptr<operation> inspects_signature();
std::unique_ptr<operation> verifies_signature();

}  // namespace bench::micro
