// SPDX-License-Identifier: Apache-2.0
#include "core/envelope/php_to_json.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <vector>

#include "core/base/ascii.hpp"
#include "core/base/utf8.hpp"
#include "core/envelope/php_text.hpp"
#include "core/json/check.hpp"

namespace core::envelope {

namespace {

enum class kind { null, boolean, integer, real, text, array };

/// One value or key, or the beginning of an array, as it stands in the text.
struct token {
  envelope::kind kind = kind::null;
  std::string_view text;  ///< a number's digits, a string's content, "0" or "1"
  std::size_t count = 0;  ///< an array's members
};

class scanner {
 public:
  explicit scanner(std::string_view text) : rest_(text) {}

  std::optional<token> next() {
    if (take("N;")) return token{};
    if (take("b:")) return boolean();
    if (take("i:")) return integer();
    if (take("d:")) return real();
    if (take("s:")) return text();
    if (take("a:")) return array();
    return std::nullopt;  // objects, enums, references, custom and escaped forms: no way in
  }
  bool close() { return take("}"); }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }

 private:
  bool take(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  std::optional<std::string_view> until(char c) {
    const std::size_t size = rest_.find(c);
    if (size == std::string_view::npos) return std::nullopt;
    const std::string_view text = rest_.substr(0, size);
    rest_.remove_prefix(size + 1);
    return text;
  }

  std::optional<token> boolean() {
    const std::optional<std::string_view> text = until(';');
    if (text != "0" && text != "1") return std::nullopt;
    return token{kind::boolean, *text};
  }

  std::optional<token> integer() {
    const std::optional<std::string_view> text = until(';');
    if (!text || !canonical_integer(*text)) return std::nullopt;
    return token{kind::integer, *text};
  }

  /// `-?D+(.D+)?(E[+-]D+)?` without leading zeros, within a double's range.
  std::optional<token> real() {
    const std::optional<std::string_view> text = until(';');
    if (!text || !is_real(*text)) return std::nullopt;
    double value = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
    if (error != std::errc{}) return std::nullopt;
    return token{kind::real, *text};
  }

  static bool is_real(std::string_view text) {
    const auto digits = [&text] {
      const std::size_t before = text.size();
      while (!text.empty() && base::is_digit(text.front())) text.remove_prefix(1);
      return text.size() != before;
    };
    const auto skip = [&text](char c) {
      const bool there = text.starts_with(c);
      if (there) text.remove_prefix(1);
      return there;
    };
    skip('-');
    if (text.size() > 1 && text[0] == '0' && base::is_digit(text[1])) return false;
    if (!digits() || (skip('.') && !digits())) return false;
    if (skip('E') && ((!skip('+') && !skip('-')) || !digits())) return false;
    return text.empty();
  }

  std::optional<std::size_t> size() {
    const std::optional<std::string_view> text = until(':');
    if (!text) return std::nullopt;
    const std::optional<std::int64_t> value = canonical_integer(*text);
    if (!value || *value < 0) return std::nullopt;
    return static_cast<std::size_t>(*value);
  }

  std::optional<token> text() {
    const std::optional<std::size_t> bytes = size();
    if (!bytes || !take("\"") || *bytes > rest_.size()) return std::nullopt;
    const std::string_view content = rest_.substr(0, *bytes);
    rest_.remove_prefix(*bytes);
    if (!take("\";")) return std::nullopt;
    return token{kind::text, content};
  }

  std::optional<token> array() {
    const std::optional<std::size_t> count = size();
    if (!count || !take("{")) return std::nullopt;
    return token{kind::array, {}, *count};
  }

  std::string_view rest_;
};

constexpr char list_shape = '[';
constexpr char object_shape = '{';

/// First pass: is the text whole and strict, and which arrays are lists? Writes one shape per
/// array, in the order in which they begin.
class survey {
 public:
  survey(std::string_view text, std::string& shapes) : scanner_(text), shapes_(shapes) {}

  bool run() { return value(0) && scanner_.at_end(); }

 private:
  bool value(int depth) {
    const std::optional<token> t = scanner_.next();
    if (!t) return false;
    if (t->kind == kind::text) return base::is_utf8(t->text);
    return t->kind != kind::array || array(t->count, depth + 1);
  }

  bool array(std::size_t count, int depth) {
    if (depth > max_depth) return false;
    const std::size_t shape = shapes_.size();
    shapes_ += list_shape;
    const std::size_t first_key = keys_.size();
    std::size_t run = 0;  // keys so far were 0 .. run-1; those after them are in keys_
    for (std::size_t i = 0; i < count; ++i) {
      const std::optional<token> key = scanner_.next();
      if (!key || !is_key(*key)) return false;
      if (key->kind == kind::integer && run == i &&
          canonical_integer(key->text) == static_cast<std::int64_t>(i))
        ++run;
      else if (!remember(*key, run))
        return false;
      if (!value(depth)) return false;
    }
    if (run != count) shapes_[shape] = object_shape;
    return scanner_.close() && all_different(first_key);
  }

  /// PHP turns a string key that reads as an integer into one: no array holds the string.
  static bool is_key(const token& key) {
    if (key.kind == kind::text) return base::is_utf8(key.text) && !canonical_integer(key.text);
    return key.kind == kind::integer;
  }

  bool remember(const token& key, std::size_t run) {
    if (key.kind == kind::integer) {
      const std::int64_t number = *canonical_integer(key.text);
      if (number >= 0 && number < static_cast<std::int64_t>(run)) return false;
    }
    keys_.push_back(key.text);
    return true;
  }

  /// Sorted, because comparing each with each would let one message of 100,000 keys stop a worker.
  bool all_different(std::size_t first) {
    const auto begin = keys_.begin() + static_cast<std::ptrdiff_t>(first);
    std::sort(begin, keys_.end());
    const bool different = std::adjacent_find(begin, keys_.end()) == keys_.end();
    keys_.resize(first);
    return different;
  }

  scanner scanner_;
  std::string& shapes_;
  std::vector<std::string_view>
      keys_;  ///< of the arrays that are open; an integer's and a string's text are never the same
};

/// Second pass, over a text that the first one passed.
class writer {
 public:
  writer(std::string_view text, empty_array empty, std::string& out)
      : scanner_(text), empty_(empty), out_(out) {}

  void value() {
    const token t = *scanner_.next();
    switch (t.kind) {
      case kind::null: out_ += "null"; return;
      case kind::boolean: out_ += t.text == "1" ? "true" : "false"; return;
      case kind::integer: out_ += t.text; return;
      case kind::real: return real(t.text);
      case kind::text: return json::append_string(out_, t.text);
      case kind::array: return array(t.count);
    }
  }

 private:
  /// With ".0" where there is neither fraction nor exponent, so that it stays a float.
  void real(std::string_view text) {
    double number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    const std::size_t before = out_.size();
    append_double(out_, number, 'e');
    if (out_.find_first_of(".e", before) == std::string::npos) out_ += ".0";
  }

  void array(std::size_t count) {
    const bool list =
        out_[next_shape_++] == list_shape && (count > 0 || empty_ == empty_array::list);
    out_ += list ? '[' : '{';
    for (std::size_t i = 0; i < count; ++i) {
      if (i > 0) out_ += ',';
      const token key = *scanner_.next();
      if (!list) {
        json::append_string(out_, key.text);
        out_ += ':';
      }
      value();
    }
    scanner_.close();
    out_ += list ? ']' : '}';
  }

  scanner scanner_;
  empty_array empty_;
  std::string& out_;
  std::size_t next_shape_ = 0;
};

}  // namespace

std::optional<std::string_view> php_string_content(std::string_view text) {
  scanner s(text);
  const std::optional<token> t = s.next();
  if (!t || t->kind != kind::text || !s.at_end()) return std::nullopt;
  return t->text;
}

std::optional<std::string_view> php_to_json(std::string_view text, empty_array empty,
                                            std::string& scratch) {
  scratch.clear();
  if (!survey(text, scratch).run()) return std::nullopt;
  const std::size_t shapes = scratch.size();
  writer(text, empty, scratch).value();
  return std::string_view(scratch).substr(shapes);
}

}  // namespace core::envelope
