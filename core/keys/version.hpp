// SPDX-License-Identifier: Apache-2.0
#pragma once

// A client's version as it calls itself, and conditions on it.

#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace core::keys {

/// True for [A-Za-z0-9._+-]{1,32}, the only versions the gateway takes.
bool is_version(std::string_view text);

/// Order of SemVer 2.0 section 11, for any number of numeric parts ("1.2" equals "1.2.0"); build
/// metadata (+…) is ignored; a text that doesn't begin with a number sorts below every number.
std::strong_ordering compare_versions(std::string_view a, std::string_view b);

/// Conditions like ">=2.0.0" or ">=1.0.0 <2.0.0"; all must hold. Operators >= > <= < =.
class version_range {
 public:
  /// @return nothing for an empty text, a bound that doesn't begin with a number, or conditions
  /// that no version meets (">2 <1").
  static std::optional<version_range> parse(std::string_view text);
  [[nodiscard]] bool contains(std::string_view version) const;
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  enum class comparison { ge, gt, le, lt, eq };
  struct condition {
    comparison how;
    std::string bound;
  };
  /// Takes the operator off the front of `word`, if there is one.
  static std::optional<comparison> take_operator(std::string_view& word);
  [[nodiscard]] bool can_hold() const;

  std::string text_;
  std::vector<condition> conditions_;
};

}  // namespace core::keys
