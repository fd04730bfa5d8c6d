// SPDX-License-Identifier: Apache-2.0
#pragma once

// Takes the place of malloc in this binary and counts its calls, thread by thread: those of the
// test's own threads don't count. What OpenSSL allocates is counted apart.

#include <cstdint>
#include <string>

namespace tests::allocations {

/// From here on this thread's allocations are nobody's business.
void leave_this_thread_out();

/// Forgets what was counted, and counts.
void start();
/// Counts no longer.
void stop();

[[nodiscard]] std::uint64_t counted();
[[nodiscard]] std::uint64_t counted_in_openssl();
/// Where the first of them was, a frame a line; empty if there was none.
[[nodiscard]] std::string first_frames();
/// "FILE:LINE n times", a line each.
[[nodiscard]] std::string openssl_places();

}  // namespace tests::allocations
