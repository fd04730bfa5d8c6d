// SPDX-License-Identifier: Apache-2.0
#pragma once

// Collects the problems of one reading, of whichever file. A spot is a value in the document
// together with its path.

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
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
  void warn(place at, std::string path, std::string message);
  void warn(const spot& s, std::string message) { warn(s.at->at, s.path, std::move(message)); }

  /// A further file in which there may be some. @return its number, for `place::file`.
  std::size_t add_file(std::string name);
  /// "FILE:LINE:COL" of a place in another file, "line LINE" of one in the configuration itself.
  [[nodiscard]] std::string name_of(place at) const;

  [[nodiscard]] bool failed() const { return errors_ > 0; }
  /// All problems: those of the configuration itself first, each file's by their places.
  std::vector<problem> take();

 private:
  struct placed {
    place at;
    problem what;
  };
  void add(problem::severity level, place at, std::string path, std::string message);

  std::vector<placed> problems_;
  std::vector<std::string> files_{{}};  // by number; the configuration itself has no name here
  std::size_t errors_ = 0;
  std::size_t warnings_ = 0;
};

/// {"severity":…,"line":…,"column":…,"path":…,"message":…}, and "file" where it is another than the
/// configuration itself.
void append_json(std::string& json, const problem& p);

/// The text in quotes for a message: control characters escaped, long texts cut. Never for anything
/// that may be secret.
std::string quoted(std::string_view text);

/// `path.key`, or `key` at the top. What follows a colon in the key is left out.
std::string join_path(std::string_view path, std::string_view key);

}  // namespace core::config
