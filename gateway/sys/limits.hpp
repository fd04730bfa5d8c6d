// SPDX-License-Identifier: Apache-2.0
#pragma once

// What this process asks of the kernel for itself, once, at its start.

#include <cstdint>

namespace gateway::sys {

/// As many descriptors as the administrator allows (the hard limit). @return how many that are.
std::uint64_t raise_descriptor_limit();

/// Keeps what is in memory from core dumps, and from debuggers of the same user.
void keep_memory_private();

}  // namespace gateway::sys
