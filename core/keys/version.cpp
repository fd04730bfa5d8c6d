// SPDX-License-Identifier: Apache-2.0
#include "core/keys/version.hpp"

#include <algorithm>
#include <utility>

#include "core/base/ascii.hpp"

namespace core::keys {
namespace {

constexpr std::size_t longest_version = 32;

/// Takes what stands before the first `separator` off the front of `rest`, and the separator too.
std::string_view take_until(std::string_view& rest, char separator) {
  const std::size_t end = std::min(rest.find(separator), rest.size());
  const std::string_view taken = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return taken;
}

bool is_number(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, base::is_digit);
}

/// A version taken apart: "1.2-rc.1+x" has the numbers "1.2" and the pre-release "rc.1". What
/// follows the numbers without a hyphen ("1.2beta") counts as pre-release too, so that every text
/// has a place in the order.
struct parts {
  std::string_view numbers;
  std::string_view pre_release;
  bool has_pre_release = false;

  explicit parts(std::string_view text) {
    text = take_until(text, '+');
    std::size_t end = 0;
    while (end < text.size() && base::is_digit(text[end])) {
      while (end < text.size() && base::is_digit(text[end])) ++end;
      if (end + 1 < text.size() && text[end] == '.' && base::is_digit(text[end + 1])) ++end;
    }
    numbers = text.substr(0, end);
    pre_release = text.substr(end);
    has_pre_release = !pre_release.empty();
    if (pre_release.starts_with('-')) pre_release.remove_prefix(1);
  }
};

/// By value and not by an integer type: the digits may be more than any holds.
std::strong_ordering compare_numbers(std::string_view a, std::string_view b) {
  a.remove_prefix(std::min(a.find_first_not_of('0'), a.size()));
  b.remove_prefix(std::min(b.find_first_not_of('0'), b.size()));
  return a.size() != b.size() ? a.size() <=> b.size() : a <=> b;
}

/// Dotted numbers; those that one has less of are 0.
std::strong_ordering compare_dotted(std::string_view a, std::string_view b) {
  while (!a.empty() || !b.empty()) {
    const auto order = compare_numbers(take_until(a, '.'), take_until(b, '.'));
    if (order != 0) return order;
  }
  return std::strong_ordering::equal;
}

/// SemVer 2.0, section 11.4: identifier by identifier, numbers by value and below words, words by
/// their bytes, fewer below more.
std::strong_ordering compare_pre_releases(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    const std::string_view x = take_until(a, '.');
    const std::string_view y = take_until(b, '.');
    if (is_number(x) != is_number(y)) return is_number(y) <=> is_number(x);
    const auto order = is_number(x) ? compare_numbers(x, y) : x <=> y;
    if (order != 0) return order;
  }
  return b.empty() <=> a.empty();
}

}  // namespace

bool is_version(std::string_view text) {
  return !text.empty() && text.size() <= longest_version && std::ranges::all_of(text, [](char c) {
    return base::is_alpha(c) || base::is_digit(c) || c == '.' || c == '_' || c == '+' || c == '-';
  });
}

std::strong_ordering compare_versions(std::string_view a, std::string_view b) {
  const parts x(a);
  const parts y(b);
  if (x.numbers.empty() != y.numbers.empty()) return y.numbers.empty() <=> x.numbers.empty();
  if (x.numbers.empty()) return x.pre_release <=> y.pre_release;
  if (const auto order = compare_dotted(x.numbers, y.numbers); order != 0) return order;
  if (x.has_pre_release != y.has_pre_release) return y.has_pre_release <=> x.has_pre_release;
  return compare_pre_releases(x.pre_release, y.pre_release);
}

std::optional<version_range::comparison> version_range::take_operator(std::string_view& word) {
  // The longer operators stand first, so that ">=" isn't taken for ">".
  constexpr std::pair<std::string_view, comparison> operators[] = {{">=", comparison::ge},
                                                                   {"<=", comparison::le},
                                                                   {">", comparison::gt},
                                                                   {"<", comparison::lt},
                                                                   {"=", comparison::eq}};
  for (const auto& [text, how] : operators) {
    if (!word.starts_with(text)) continue;
    word.remove_prefix(text.size());
    return how;
  }
  return std::nullopt;
}

std::optional<version_range> version_range::parse(std::string_view text) {
  version_range range;
  range.text_ = text;
  while (!text.empty()) {
    std::string_view word = take_until(text, ' ');
    if (word.empty()) continue;
    const std::optional<comparison> how = take_operator(word);
    if (!how || !is_version(word) || !base::is_digit(word.front())) return std::nullopt;
    range.conditions_.push_back({*how, std::string(word)});
  }
  if (range.conditions_.empty() || !range.can_hold()) return std::nullopt;
  return range;
}

bool version_range::can_hold() const {
  const auto is_lower = [](const condition& c) {
    return c.how != comparison::le && c.how != comparison::lt;
  };
  const auto is_upper = [](const condition& c) {
    return c.how != comparison::ge && c.how != comparison::gt;
  };
  for (const condition& low : conditions_) {
    for (const condition& high : conditions_) {
      if (!is_lower(low) || !is_upper(high)) continue;
      const auto order = compare_versions(low.bound, high.bound);
      if (order > 0) return false;
      if (order == 0 && (low.how == comparison::gt || high.how == comparison::lt)) return false;
    }
  }
  return true;
}

bool version_range::contains(std::string_view version) const {
  return std::ranges::all_of(conditions_, [&](const condition& c) {
    const auto order = compare_versions(version, c.bound);
    switch (c.how) {
      case comparison::ge: return order >= 0;
      case comparison::gt: return order > 0;
      case comparison::le: return order <= 0;
      case comparison::lt: return order < 0;
      case comparison::eq: return order == 0;
    }
    return false;
  });
}

}  // namespace core::keys
