// SPDX-License-Identifier: Apache-2.0
#pragma once

// How a client stands with its rate, and how it is told
// (draft-ietf-httpapi-ratelimit-headers-10).

#include <cstdint>
#include <string>

#include "core/limit/rate.hpp"

namespace core::limit {

struct standing {
  core::limit::rate limit;
  rate_answer now;
};

/// The value of RateLimit-Policy: so many (q) in so many seconds (w). Just the rate, in as many
/// seconds as the burst lasts: whoever goes by it gets all that is allowed on average.
std::string policy_field(const rate& limit);

/// The value of RateLimit: so many are left (r), and all of them again in so many seconds (t).
std::string standing_field(const standing& s);

/// Whole seconds for Retry-After, at least 1.
unsigned retry_after(const rate_answer& a);

}  // namespace core::limit
