// SPDX-License-Identifier: Apache-2.0
#pragma once

// Values of structured fields (RFC 8941, RFC 9651) as views into the text, in memory of a fixed
// size. Stricter than the RFC: a key or parameter that stands there twice is refused, and so is
// base64 that is not canonical, because no signer writes either. RFC 9651's dates and display
// strings are refused too: the fields that we read have none.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace core::http::structured {

enum class kind : std::uint8_t { integer, decimal, string, token, byte_sequence, boolean };

/// Where something stands in the text that was parsed.
struct slice {
  std::uint32_t begin;
  std::uint32_t end;
};

// These have no initialisers: hundreds of them lie on the stack, and few are used.

struct bare_item {
  structured::kind kind;
  /// String: between the quotes, escapes and all. Byte sequence: the base64. Boolean: "1" or "0",
  /// or empty, which is true (a key without '='). Anything else: as it stands.
  slice text;
};

struct parameter {
  slice key;
  bare_item value;
};

struct item {
  bare_item value;
  slice text;  ///< of the item with its parameters; of a key without '=': the parameters
  std::uint16_t first_parameter;
  std::uint16_t parameter_count;
};

/// Of a list or dictionary: an item or an inner list.
struct member {
  slice key;  ///< empty in a list
  bool is_inner_list;
  item self;  ///< of an inner list: its text and its own parameters; there is no value then
  std::uint16_t first_item;
  std::uint16_t item_count;
};

class field {
 public:
  /// Policy, as the RFC allows: far more than any message of ours has.
  static constexpr std::size_t max_members = 32;
  static constexpr std::size_t max_items = 64;  ///< in all inner lists together
  static constexpr std::size_t max_parameters = 128;

  // `text` must outlive this object. False, and nothing may be read, if any of it is outside the
  // syntax. An empty text is an empty list or dictionary, but no item.
  [[nodiscard]] bool parse_dictionary(std::string_view text);
  [[nodiscard]] bool parse_list(std::string_view text);
  [[nodiscard]] bool parse_item(std::string_view text);

  /// Is the text what a serializer writes (RFC 8941, section 4.1)? Then each slice of it is too.
  [[nodiscard]] bool is_canonical() const { return canonical_; }
  /// What was parsed, without blanks around it.
  [[nodiscard]] std::string_view text() const { return text_; }

  [[nodiscard]] std::span<const member> members() const { return {members_.data(), members_size_}; }
  [[nodiscard]] const member* find(std::string_view key) const;
  [[nodiscard]] std::span<const item> items(const member& of) const {
    return {items_.data() + of.first_item, of.item_count};
  }
  [[nodiscard]] std::span<const parameter> parameters(const item& of) const {
    return {parameters_.data() + of.first_parameter, of.parameter_count};
  }
  [[nodiscard]] const parameter* find_parameter(const item& of, std::string_view key) const;
  [[nodiscard]] std::string_view operator[](slice s) const {
    return {text_.data() + s.begin, s.end - s.begin};
  }
  /// Nothing unless it is an Integer.
  [[nodiscard]] std::optional<std::int64_t> integer(const bare_item& of) const;

 private:
  friend class parser;

  std::string_view text_;
  bool canonical_ = true;
  std::uint16_t members_size_ = 0;
  std::uint16_t items_size_ = 0;
  std::uint16_t parameters_size_ = 0;
  std::array<member, max_members> members_;
  std::array<item, max_items> items_;
  std::array<parameter, max_parameters> parameters_;
};

/// `[a-z*][a-z0-9_.*-]*`
bool is_key(std::string_view text);

}  // namespace core::http::structured
