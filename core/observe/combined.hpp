// SPDX-License-Identifier: Apache-2.0
#pragma once

// The line that Apache and nginx call `combined`, for tools that read those.

#include <string>

#include "core/observe/record.hpp"

namespace core::observe {

/// Appends `ADDRESS - CLIENT [TIME] "METHOD PATH HTTP/1.x" STATUS BYTES "REFERER" "USER-AGENT"`
/// with a final newline. CLIENT is who proved itself; what there is not is "-", and the status of
/// what nobody waited for is nginx's 499. Neither the path nor the referer has its query. In
/// quotes, a quote, a backslash and whatever is not printable ASCII is written as \xHH.
void append_combined_line(std::string& out, const record& r, const names& n);

}  // namespace core::observe
