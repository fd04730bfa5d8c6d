// SPDX-License-Identifier: Apache-2.0
#pragma once

// A set of field names, built at load and asked about every field of every message. Knows nothing
// of what the names mean.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/http/name_key.hpp"

namespace core::http {

class name_set {
 public:
  void add(std::string_view name);
  /// All names that begin with `start`.
  void add_prefix(std::string_view start);

  /// Without case, as names compare (RFC 9110, section 5.1).
  [[nodiscard]] bool contains(std::string_view name) const { return contains(name, key_of(name)); }
  /// `key` is the name's.
  [[nodiscard]] bool contains(std::string_view name, name_key key) const;

  /// Also if the two differ in punctuation alone: where fields become variables (CGI, PHP),
  /// "X.Client.Id", "X_Client_Id" and "X-Client-Id" may be one.
  [[nodiscard]] bool contains_lookalike(std::string_view name) const {
    return contains_lookalike(name, key_of(name));
  }
  [[nodiscard]] bool contains_lookalike(std::string_view name, name_key key) const;

 private:
  struct entry {
    std::string text;    ///< as it was added
    std::string folded;  ///< lower case, punctuation as '-'
    name_key key;
  };
  static entry make_entry(std::string_view name);
  template <class Same>
  bool any(std::string_view name, name_key key, Same same) const;

  std::array<std::vector<entry>, 32> names_;
  std::vector<entry> prefixes_;
  std::uint32_t prefix_letters_ = 0;  ///< what they begin with, a bit for each
};

}  // namespace core::http
