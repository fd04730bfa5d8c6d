// SPDX-License-Identifier: Apache-2.0
#pragma once

// Message heads as views into the buffer they arrived in. Nothing here parses; gateway/net fills
// these in.

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "core/base/ascii.hpp"
#include "core/http/name_key.hpp"

namespace core::http {

struct field {
  std::string_view name;
  std::string_view value;
  name_key key = key_of(name);

  /// Names compare without case (RFC 9110, section 5.1).
  [[nodiscard]] bool named(std::string_view wanted) const { return named(wanted, key_of(wanted)); }
  [[nodiscard]] bool named(std::string_view wanted, name_key wanted_key) const {
    return key == wanted_key && base::iequals(name, wanted);
  }
};

/// The fields of one head in order of arrival, at most `capacity` of them, no allocation.
class fields {
 public:
  /// nginx and HAProxy stop at about 100 as well; an honest client sends fewer than 40.
  static constexpr std::size_t capacity = 100;

  /// @return false when there is no room.
  bool add(std::string_view name, std::string_view value) {
    if (size_ == capacity) return false;
    items_[size_] = {name, value};
    keys_[size_] = items_[size_].key;
    ++size_;
    return true;
  }
  void clear() { size_ = 0; }
  [[nodiscard]] const field* begin() const { return items_.data(); }
  [[nodiscard]] const field* end() const { return items_.data() + size_; }
  [[nodiscard]] std::size_t size() const { return size_; }

  struct lookup {
    std::size_t count = 0;   ///< how many fields have this name
    std::string_view value;  ///< the first one's value
  };
  /// Whoever reads `value` must have looked at `count`.
  [[nodiscard]] lookup find(std::string_view name) const { return find(name, key_of(name)); }
  /// `key` is the name's.
  [[nodiscard]] lookup find(std::string_view name, name_key key) const;

 private:
  std::array<field, capacity> items_;
  std::array<name_key, capacity> keys_;  ///< the same as the fields', close to each other: for find
  std::size_t size_ = 0;
};

struct request_head {
  std::string_view method;
  std::string_view target;  ///< as it stood on the request line
  int minor_version = 1;    ///< of HTTP/1
  http::fields fields;
};

struct response_head {
  unsigned status = 0;
  std::string_view reason;
  int minor_version = 1;
  http::fields fields;
};

}  // namespace core::http
