// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which build this is. The same source built with the same packages says the same: no date, no
// path, no commit.

#include <string>
#include <utility>
#include <vector>

namespace gateway::sys {

/// "version", "compiler" and the libraries that matter, by name; OpenSSL's is that which is loaded.
std::vector<std::pair<std::string, std::string>> build_facts();

}  // namespace gateway::sys
