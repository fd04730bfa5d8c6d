// SPDX-License-Identifier: Apache-2.0
#pragma once

// Parts of a configuration that stand in files of their own, put into the tree where they belong:
// routes can then be kept in one place and secrets in another, and whatever reads the tree need not
// know. Each value keeps its own file and line.

#include <vector>

#include "core/config/document.hpp"
#include "core/config/report.hpp"

namespace core::config {

struct assembled {
  std::vector<part> parts;   ///< by number of their file, beginning with 1
  bool every_client = true;  ///< false, and reported: a file with clients can't be had
};

/// `clients: file:PATH` and `clients: [file:PATH, …]`, and of each client `secrets: file:PATH`. A
/// client in two files is an error, and the first counts.
assembled assemble(node& root, report& problems, const secret_resolver& resolve);

}  // namespace core::config
