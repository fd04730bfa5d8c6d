// SPDX-License-Identifier: Apache-2.0
#pragma once

// Collects the problems of one reading. A spot is a value in the document together with its path.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/document.hpp"
#include "core/config/read.hpp"

namespace core::config {

struct spot {
  const node* at = nullptr;
  std::string path;

  /// The value under `key`; where there is none, this very place with the key's path.
  [[nodiscard]] spot key(std::string_view key) const;
  /// Item `index` of a sequence.
  [[nodiscard]] spot item(std::size_t index) const;
};

class report {
 public:
  void error(place at, std::string path, std::string message);
  void error(const spot& s, std::string message) { error(s.at->at, s.path, std::move(message)); }
  void warn(const spot& s, std::string message);

  [[nodiscard]] bool failed() const { return errors_ > 0; }
  /// All problems, by their place in the file.
  std::vector<problem> take();

 private:
  std::vector<problem> problems_;
  std::size_t errors_ = 0;
  std::size_t warnings_ = 0;
};

/// The text in quotes for a message: control characters escaped, long texts cut. Never for anything
/// that may be secret.
std::string quoted(std::string_view text);

/// `path.key`, or `key` at the top. What follows a colon in the key is left out.
std::string join_path(std::string_view path, std::string_view key);

}  // namespace core::config
