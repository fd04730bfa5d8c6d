// SPDX-License-Identifier: Apache-2.0
#include "core/scheme/charset.hpp"

#include <algorithm>
#include <optional>

#include "core/base/ascii.hpp"

namespace core::scheme {

namespace {

constexpr std::size_t index(char c) { return static_cast<unsigned char>(c); }

constexpr bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_small(char c) { return c >= 'a' && c <= 'z'; }

/// "+-_" reads like three characters and would be forty: only what nobody misreads is a range.
constexpr bool is_range(char from, char to) {
  const bool alike = (base::is_digit(from) && base::is_digit(to)) ||
                     (is_capital(from) && is_capital(to)) || (is_small(from) && is_small(to));
  return alike && from <= to;
}

constexpr bool is_escapable(char c) {
  return std::string_view(R"(\][^-)").find(c) != std::string_view::npos;
}

/// Reads one text from the left.
class charset_reader {
 public:
  explicit charset_reader(std::string_view text) : rest_(text) {}

  std::variant<charset, std::string> read() {
    if (!take('[')) return "must be a class and a size, like [A-Za-z0-9_-]{1,64}";
    if (rest_.starts_with('^')) return "must say which characters are allowed: no [^";
    while (!rest_.empty() && rest_.front() != ']') {
      if (std::string problem = read_member(); !problem.empty()) return problem;
    }
    if (!take(']')) return "has no ] at the end of its class";
    if (bytes_.none()) return "has an empty class";
    return read_size();
  }

 private:
  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  /// One character of the class, with the backslash before it taken off.
  std::optional<char> read_character(std::string& problem) {
    const bool escaped = take('\\');
    const char c = rest_.empty() ? '\0' : rest_.front();
    if (escaped && !is_escapable(c)) {
      problem = R"(has a \ in its class before something else than \ ] [ ^ -)";
      return std::nullopt;
    }
    if (c != ' ' && !base::is_visible(c)) {
      problem = "has something else in its class than visible ASCII and blank";
      return std::nullopt;
    }
    if (!escaped && c == '[') {
      problem = R"(has a [ within its class: write \[)";
      return std::nullopt;
    }
    rest_.remove_prefix(1);
    return c;
  }

  std::string read_member() {
    std::string problem;
    const bool first = bytes_.none();
    const bool hyphen = rest_.front() == '-';
    const std::optional<char> from = read_character(problem);
    if (!from) return problem;
    if (hyphen && !first && !rest_.starts_with(']'))
      return R"(has a - where neither a range nor an end is: write \-)";
    const bool range = !hyphen && rest_.starts_with('-') && !rest_.substr(1).starts_with(']');
    if (!range) {
      bytes_.set(index(*from));
      return {};
    }
    rest_.remove_prefix(1);
    const std::optional<char> to = read_character(problem);
    if (!to) return problem;
    if (!is_range(*from, *to))
      return "has a range that is not one of digits, of capitals or of small letters";
    for (std::size_t c = index(*from); c <= index(*to); ++c) bytes_.set(c);
    return {};
  }

  std::optional<std::size_t> read_number() {
    std::size_t value = 0;
    std::size_t digits = 0;
    for (; !rest_.empty() && base::is_digit(rest_.front()) && digits < 5; ++digits) {
      value = value * 10 + static_cast<std::size_t>(rest_.front() - '0');
      rest_.remove_prefix(1);
    }
    if (digits == 0 || value > charset::largest) return std::nullopt;
    return value;
  }

  std::variant<charset, std::string> read_size() {
    constexpr std::string_view wanted = "must end with a size, {n} or {n,m} with n to m up to 4096";
    if (!take('{')) return std::string(wanted);
    const std::optional<std::size_t> least = read_number();
    const std::optional<std::size_t> most = take(',') ? read_number() : least;
    if (!least || !most || !take('}') || !rest_.empty()) return std::string(wanted);
    if (*most < *least || *most == 0) return "allows no text at all";
    return charset(bytes_, *least, *most);
  }

  std::string_view rest_;
  charset::byte_set bytes_;
};

}  // namespace

charset::charset() {
  for (std::size_t c = 0; c < bytes_.size(); ++c)
    bytes_.set(c, base::is_visible(static_cast<char>(c)));
}

std::variant<charset, std::string> charset::parse(std::string_view text) {
  return charset_reader(text).read();
}

bool charset::fits(std::string_view value) const {
  return value.size() >= least_ && value.size() <= most_ &&
         std::ranges::all_of(value, [this](char c) { return bytes_[index(c)]; });
}

}  // namespace core::scheme
