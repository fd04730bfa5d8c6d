// SPDX-License-Identifier: Apache-2.0
#pragma once

// The names of a JSON object's members that were seen, so that none stands there twice: of two,
// another reader might take the other.

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string_view>

namespace core::envelope {

class member_names {
 public:
  /// A bound keeps the search for repeated names cheap.
  static constexpr std::size_t most = 16;

  /// @return false if the name was seen before, or is one too many. `name` must outlive this.
  bool add(std::string_view name) {
    const auto seen = std::span(names_).first(size_);
    if (size_ == most || std::ranges::find(seen, name) != seen.end()) return false;
    names_[size_++] = name;
    return true;
  }
  [[nodiscard]] bool empty() const { return size_ == 0; }

 private:
  std::array<std::string_view, most> names_;
  std::size_t size_ = 0;
};

}  // namespace core::envelope
