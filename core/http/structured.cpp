// SPDX-License-Identifier: Apache-2.0
#include "core/http/structured.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "core/base/ascii.hpp"
#include "core/base/run.hpp"
#include "core/http/syntax.hpp"

namespace core::http::structured {

namespace {

/// What a byte may be; a table, because these run over every byte of every signature.
enum byte_class : unsigned char {
  key_begin = 1,
  key_rest = 2,
  token_begin = 4,
  token_rest = 8,
  base64_digit = 16,
  digit = 32,
};

constexpr std::array<unsigned char, 256> classes = [] {
  std::array<unsigned char, 256> table{};
  for (unsigned i = 0; i < 256; ++i) {
    const char c = static_cast<char>(i);
    unsigned is = 0;
    if ((c >= 'a' && c <= 'z') || c == '*') is |= key_begin;
    if (is != 0 || base::is_digit(c) || c == '_' || c == '-' || c == '.') is |= key_rest;
    if (base::is_alpha(c) || c == '*') is |= token_begin;
    if (is_token_byte(c) || c == ':' || c == '/') is |= token_rest;
    if (base::is_alpha(c) || base::is_digit(c) || c == '+' || c == '/') is |= base64_digit;
    if (base::is_digit(c)) is |= digit;
    table[i] = static_cast<unsigned char>(is);
  }
  return table;
}();

/// No head is larger, and slices have 32 bits.
constexpr std::size_t max_size = 1 << 20;

constexpr bool is(char c, byte_class what) {
  return (classes[static_cast<unsigned char>(c)] & what) != 0;
}

/// Value of a base64 digit that is one.
constexpr unsigned sextet(char c) {
  if (base::is_digit(c)) return static_cast<unsigned>(c - '0') + 52;
  if (c == '+') return 62;
  if (c == '/') return 63;
  return static_cast<unsigned>(c >= 'a' ? c - 'a' + 26 : c - 'A');
}

/// As base::unbase64 takes it, without decoding. `text` is digits and at most two '=' behind them:
/// are there as many as there must be, and are the spare bits zero?
bool is_whole_base64(std::string_view text) {
  if (text.empty()) return true;
  if (text.size() % 4 != 0) return false;
  const std::size_t padding = text.ends_with("==") ? 2 : std::size_t{text.ends_with('=')};
  text.remove_suffix(padding);
  const unsigned spare = padding == 2 ? 0xF : padding == 1 ? 0x3 : 0;
  return (sextet(text.back()) & spare) == 0;
}

/// Whole part and fraction, without the sign, as a serializer writes them.
bool is_canonical_number(bool negative, std::string_view whole, std::string_view fraction) {
  if (whole.size() > 1 && whole.front() == '0') return false;
  if (fraction.size() > 1 && fraction.back() == '0') return false;
  return !negative || whole != "0" || fraction.find_first_not_of('0') != std::string_view::npos;
}

}  // namespace

/// The algorithms of RFC 8941, section 4.2, each named after its own.
class parser {
 public:
  parser(field& out, std::string_view text) : out_(out) {
    // Blanks around the whole field are legal, tabs are not.
    const std::size_t first = std::min(text.find_first_not_of(' '), text.size());
    text.remove_prefix(first);
    text.remove_suffix(text.size() - (text.find_last_not_of(' ') + 1));
    out_.text_ = text;
    out_.canonical_ = true;
    out_.members_size_ = out_.items_size_ = out_.parameters_size_ = 0;
    begin_ = at_ = text.data();
    end_ = begin_ + text.size();
  }

  bool list(bool keyed) {
    if (out_.text_.size() > max_size) return false;
    if (at_ == end_) return true;
    while (true) {
      if (out_.members_size_ == field::max_members) return false;
      member& m = out_.members_[out_.members_size_];
      if (keyed ? !dictionary_member(m) : !list_member(m)) return false;
      ++out_.members_size_;
      if (at_ == end_) return true;
      if (!comma()) return false;
    }
  }

  bool only_item() {
    if (out_.text_.size() > max_size) return false;
    member& m = out_.members_[0];
    m.key = here();
    m.is_inner_list = false;
    m.first_item = m.item_count = 0;
    if (!parse_item(m.self) || at_ != end_) return false;
    out_.members_size_ = 1;
    return true;
  }

 private:
  [[nodiscard]] std::uint32_t offset(const char* at) const {
    return static_cast<std::uint32_t>(at - begin_);
  }
  [[nodiscard]] slice from(const char* at) const { return {offset(at), offset(at_)}; }
  [[nodiscard]] slice here() const { return from(at_); }
  [[nodiscard]] bool next_is(char c) const { return at_ != end_ && *at_ == c; }
  bool take(char c) {
    if (!next_is(c)) return false;
    ++at_;
    return true;
  }
  std::size_t skip(byte_class what) {
    const char* at = at_;
    const auto class_of = [&at](int i) { return classes[static_cast<unsigned char>(at[i])]; };
    while (end_ - at >= 4 && (class_of(0) & class_of(1) & class_of(2) & class_of(3) & what) != 0)
      at += 4;
    while (at != end_ && is(*at, what)) ++at;
    const auto count = static_cast<std::size_t>(at - at_);
    at_ = at;
    return count;
  }
  /// What a String holds without an escape, a word at a time: it is what JSON holds so.
  void skip_plain() {
    std::uint64_t word = 0;
    for (; end_ - at_ >= std::ptrdiff_t{sizeof word}; at_ += sizeof word) {
      std::memcpy(&word, at_, sizeof word);
      const std::uint64_t others = base::json_plain_byte::others(word);
      if (others == 0) continue;
      static_assert(std::endian::native == std::endian::little);
      at_ += std::countr_zero(others) / 8;
      return;
    }
    while (at_ != end_ && base::json_plain_byte::one(static_cast<unsigned char>(*at_))) ++at_;
  }
  void not_canonical_if(bool what) { out_.canonical_ = out_.canonical_ && !what; }
  /// Blanks where a serializer writes `usual` of them.
  std::size_t blanks(std::size_t usual) {
    const char* const first = at_;
    while (next_is(' ')) ++at_;
    const auto count = static_cast<std::size_t>(at_ - first);
    not_canonical_if(count != usual);
    return count;
  }
  void white_space() {
    while (next_is(' ') || next_is('\t')) ++at_;
  }

  /// Between two members: behind one that is the last there is a member missing.
  bool comma() {
    const char* const first = at_;
    white_space();
    if (!take(',')) return false;
    white_space();
    not_canonical_if(std::string_view(first, static_cast<std::size_t>(at_ - first)) != ", ");
    return true;
  }

  bool key(slice& out) {
    const char* const first = at_;
    if (at_ == end_ || !is(*at_, key_begin)) return false;
    skip(key_rest);
    out = from(first);
    return true;
  }

  bool list_member(member& m) {
    m.key = here();
    return item_or_inner_list(m);
  }

  bool dictionary_member(member& m) {
    if (!key(m.key) || out_.find(out_[m.key]) != nullptr) return false;
    if (take('=')) {
      const bool begins_as_boolean = next_is('?');
      if (!item_or_inner_list(m)) return false;
      not_canonical_if(begins_as_boolean && out_[m.self.value.text] == "1");
      return true;
    }
    const char* const first = at_;
    m.is_inner_list = false;
    m.first_item = m.item_count = 0;
    m.self.value = {kind::boolean, here()};
    if (!parameters(m.self)) return false;
    m.self.text = from(first);
    return true;
  }

  bool item_or_inner_list(member& m) {
    m.is_inner_list = next_is('(');
    if (m.is_inner_list) return inner_list(m);
    m.first_item = m.item_count = 0;
    return parse_item(m.self);
  }

  bool inner_list(member& m) {
    const char* const first = at_++;
    m.self.value = {kind::boolean, here()};
    m.first_item = out_.items_size_;
    m.item_count = 0;
    blanks(0);
    while (!take(')')) {
      if (out_.items_size_ == field::max_items) return false;
      if (!parse_item(out_.items_[out_.items_size_])) return false;
      ++out_.items_size_;
      ++m.item_count;
      if (next_is(')')) continue;
      if (blanks(1) == 0) return false;
      not_canonical_if(next_is(')'));
    }
    if (!parameters(m.self)) return false;
    m.self.text = from(first);
    return true;
  }

  bool parse_item(item& out) {
    const char* const first = at_;
    if (!bare(out.value) || !parameters(out)) return false;
    out.text = from(first);
    return true;
  }

  bool parameters(item& out) {
    out.first_parameter = out_.parameters_size_;
    out.parameter_count = 0;
    while (take(';')) {
      if (out_.parameters_size_ == field::max_parameters) return false;
      blanks(0);
      parameter& p = out_.parameters_[out_.parameters_size_];
      if (!key(p.key) || out_.find_parameter(out, out_[p.key]) != nullptr) return false;
      p.value = {kind::boolean, here()};
      if (take('=')) {
        if (!bare(p.value)) return false;
        not_canonical_if(p.value.kind == kind::boolean && out_[p.value.text] == "1");
      }
      ++out_.parameters_size_;
      ++out.parameter_count;
    }
    return true;
  }

  bool bare(bare_item& out) {
    if (at_ == end_) return false;
    switch (*at_) {
      case '"': return string(out);
      case ':': return byte_sequence(out);
      case '?': return boolean(out);
      case '-': return number(out);
      default: break;
    }
    if (is(*at_, digit)) return number(out);
    if (!is(*at_, token_begin)) return false;
    const char* const first = at_;
    skip(token_rest);
    out = {kind::token, from(first)};
    return true;
  }

  bool string(bare_item& out) {
    const char* const first = ++at_;
    while (true) {
      skip_plain();
      if (next_is('"')) break;
      // A byte that no String holds isn't taken, and is no escaped one either.
      take('\\');
      if (!take('"') && !take('\\')) return false;
    }
    out = {kind::string, from(first)};
    ++at_;
    return true;
  }

  bool byte_sequence(bare_item& out) {
    const char* const first = ++at_;
    skip(base64_digit);
    for (int padding = 0; padding < 2 && next_is('='); ++padding) ++at_;
    out = {kind::byte_sequence, from(first)};
    return is_whole_base64(out_[out.text]) && take(':');
  }

  bool boolean(bare_item& out) {
    const char* const first = ++at_;
    if (!take('0') && !take('1')) return false;
    out = {kind::boolean, from(first)};
    return true;
  }

  bool number(bare_item& out) {
    const char* const first = at_;
    const bool negative = take('-');
    const char* const digits_begin = at_;
    const std::string_view whole(digits_begin, skip(digit));
    if (whole.empty() || whole.size() > 15) return false;
    std::string_view fraction;
    if (take('.')) {
      const char* const point = at_;
      const std::size_t digits = skip(digit);
      if (whole.size() > 12 || digits == 0 || digits > 3) return false;
      fraction = {point, digits};
    }
    not_canonical_if(!is_canonical_number(negative, whole, fraction));
    out = {fraction.empty() ? kind::integer : kind::decimal, from(first)};
    return true;
  }

  field& out_;
  const char* begin_;
  const char* at_;
  const char* end_;
};

bool field::parse_dictionary(std::string_view text) { return parser(*this, text).list(true); }
bool field::parse_list(std::string_view text) { return parser(*this, text).list(false); }
bool field::parse_item(std::string_view text) { return parser(*this, text).only_item(); }

const member* field::find(std::string_view key) const {
  for (const member& m : members())
    if ((*this)[m.key] == key) return &m;
  return nullptr;
}

const parameter* field::find_parameter(const item& of, std::string_view key) const {
  for (const parameter& p : parameters(of))
    if ((*this)[p.key] == key) return &p;
  return nullptr;
}

std::optional<std::int64_t> field::integer(const bare_item& of) const {
  if (of.kind != kind::integer) return std::nullopt;
  std::string_view digits = (*this)[of.text];
  const bool negative = digits.starts_with('-');
  digits.remove_prefix(std::size_t{negative});
  std::int64_t value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return negative ? -value : value;
}

bool is_key(std::string_view text) {
  return !text.empty() && is(text.front(), key_begin) &&
         std::ranges::all_of(text, [](char c) { return is(c, key_rest); });
}

}  // namespace core::http::structured
