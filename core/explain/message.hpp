// SPDX-License-Identifier: Apache-2.0
#pragma once

// A request as it was captured, in memory of its own, so that it can be changed: what if the client
// had done it another way?

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/http/head.hpp"

namespace core::explain {

struct message {
  std::string method, target;
  int minor_version = 1;
  std::vector<std::pair<std::string, std::string>> fields;  ///< in their order
  std::string body;      ///< as it came over the wire, without a transfer coding
  bool has_body = true;  ///< false: the capture says of the body only how long it was

  /// Views of this message.
  [[nodiscard]] http::request_head head() const;
  /// The first field of this name, or null.
  [[nodiscard]] const std::string* value(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const { return value(name) != nullptr; }
  /// A copy with another first field of this name; with such a field at its end if it has none.
  [[nodiscard]] message with(std::string_view name, std::string changed) const;
  /// A copy in which the first field called `from` is called `to`.
  [[nodiscard]] message renamed(std::string_view from, std::string_view to) const;
  [[nodiscard]] message with_body(std::string changed) const;
};

}  // namespace core::explain
