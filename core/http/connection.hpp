// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the Connection fields of one head say (RFC 9110, section 7.6.1): whether it stays open, and
// which fields end here.

#include <boost/container/static_vector.hpp>
#include <cstddef>
#include <string_view>

namespace core::http {

class connection_options {
 public:
  /// Honest peers name one or two; more is refused, because each field of the head is compared with
  /// each name.
  static constexpr std::size_t capacity = 16;

  /// Takes one Connection field. @return false if it isn't a list of tokens, or names too many
  /// fields.
  bool add(std::string_view value);

  [[nodiscard]] bool close() const { return close_; }
  [[nodiscard]] bool keep_alive() const { return keep_alive_; }
  /// Is the field of this name for this connection only?
  [[nodiscard]] bool lists(std::string_view name) const { return !names_.empty() && finds(name); }
  [[nodiscard]] std::size_t size() const { return names_.size(); }

  /// Does the connection stay open after a message of HTTP/1.`minor_version`? (RFC 9112,
  /// section 9.3)
  [[nodiscard]] bool persists(int minor_version) const {
    return !close_ && (minor_version == 1 || keep_alive_);
  }

 private:
  [[nodiscard]] bool finds(std::string_view name) const;

  bool close_ = false;
  bool keep_alive_ = false;
  /// All but close and keep-alive; views into the head. Mostly none: a copy takes those that are.
  boost::container::static_vector<std::string_view, capacity> names_;
};

}  // namespace core::http
