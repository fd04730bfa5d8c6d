// SPDX-License-Identifier: Apache-2.0
#pragma once

// How a template takes values from header fields: the whole field, or what is left of it without a
// prefix, or the entries of a list in it. Knows nothing of what the values mean.

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/errc.hpp"
#include "core/http/head.hpp"
#include "core/http/name_key.hpp"

namespace core::scheme {

/// The field's value is a list of `key=value`.
struct kv_rule {
  std::string key;  ///< of the entries that count; compared byte by byte
  char sep = ',';
  char assign = '=';
  bool quoted = false;  ///< key="value"; a separator within the quotes is none
};

/// The field's value is a list whose entries tell by their beginning whether they count.
struct list_rule {
  char sep = ' ';
  std::string pick;  ///< how an entry that counts begins; no part of its value
};

struct extraction_settings {
  std::string header;
  std::string prefix;  ///< what the field's value must begin with; no part of the value
  std::optional<kv_rule> kv;
  std::optional<list_rule> list;
};

/// At most that many values come from one field: a vendor that changes its secret sends two.
inline constexpr std::size_t most_values = 8;

struct found_values {
  std::array<std::string_view, most_values> items;
  std::size_t size = 0;

  [[nodiscard]] const std::string_view* begin() const { return items.data(); }
  [[nodiscard]] const std::string_view* end() const { return items.data() + size; }
};

class extraction {
 public:
  explicit extraction(extraction_settings settings);

  [[nodiscard]] const extraction_settings& settings() const { return settings_; }

  /// How often the field is there, and the first one's value.
  [[nodiscard]] http::fields::lookup find(const http::fields& all) const {
    return all.find(settings_.header, key_);
  }
  /// All values in a field's value: one, unless it is a list.
  /// @return malformed_field without the prefix, with quotes that do not fit, or with more than
  /// most_values.
  [[nodiscard]] base::result<found_values> values(std::string_view field_value) const;
  /// The one value that must be there, or nothing. @return duplicate_field if there are several,
  /// and what values() says.
  [[nodiscard]] base::result<std::optional<std::string_view>> only_value(
      std::string_view field_value) const;

 private:
  [[nodiscard]] bool read_entry(std::string_view entry, found_values& out) const;

  extraction_settings settings_;
  http::name_key key_;
};

}  // namespace core::scheme
