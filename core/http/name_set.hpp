// SPDX-License-Identifier: Apache-2.0
#pragma once

// A set of field names, built at load and asked about every field of every message. Knows nothing
// of what the names mean.

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace core::http {

class name_set {
 public:
  void add(std::string_view name) { insert(name, false); }
  /// All names that begin with `start`.
  void add_prefix(std::string_view start) { insert(start, true); }

  /// Without case, as names compare (RFC 9110, section 5.1).
  [[nodiscard]] bool contains(std::string_view name) const;

  /// Also if the two differ in punctuation alone: where fields become variables (CGI, PHP),
  /// "X.Client.Id", "X_Client_Id" and "X-Client-Id" may be one.
  [[nodiscard]] bool contains_lookalike(std::string_view name) const;

 private:
  struct entry {
    std::string folded;  ///< lower case, punctuation as '-'
    std::string text;    ///< as it was added
    bool prefix;
  };
  void insert(std::string_view name, bool prefix);

  std::array<std::vector<entry>, 32> by_first_;  ///< by the low bits of the folded first letter
};

}  // namespace core::http
