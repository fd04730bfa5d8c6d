// SPDX-License-Identifier: Apache-2.0
#pragma once

// W3C Trace Context: is a traceparent valid, and what does a fresh one look like?

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace core::http {

/// Version 00 to fe, lower-case hex, ids that aren't all zero (Trace Context, section 3.2.2).
bool is_trace_parent(std::string_view value);

/// 32 lower-case hex digits that aren't all zero.
bool is_trace_id(std::string_view value);

/// "00-<32 hex>-<16 hex>-01": 55 characters. `trace` is of 32 lower-case hex digits; both are
/// random, and zero is taken as one.
std::array<char, 55> make_trace_parent(std::span<const char, 32> trace, std::uint64_t span);

}  // namespace core::http
