// SPDX-License-Identifier: Apache-2.0
#include "core/config/values.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "core/base/ascii.hpp"
#include "core/base/date.hpp"
#include "core/config/report.hpp"

namespace core::config {

namespace {

struct unit {
  std::string_view name;
  std::uint64_t factor;
};

// Ascending, so that printing takes the largest that divides.
constexpr std::array size_units{unit{"B", 1}, unit{"KiB", 1ULL << 10}, unit{"MiB", 1ULL << 20},
                                unit{"GiB", 1ULL << 30}};
constexpr std::array time_units{unit{"ms", 1}, unit{"s", 1000}, unit{"m", 60'000},
                                unit{"h", 3'600'000}, unit{"d", 86'400'000}};

std::optional<std::uint64_t> times(std::uint64_t count, std::uint64_t factor) {
  // Half of the range, so that the product fits signed counters as well.
  if (count > (UINT64_MAX / 2) / factor) return std::nullopt;
  return count * factor;
}

/// Splits "300s" into digits and the rest.
std::pair<std::string_view, std::string_view> split_digits(std::string_view text) {
  const auto end = std::ranges::find_if_not(text, base::is_digit) - text.begin();
  return {text.substr(0, static_cast<std::size_t>(end)),
          text.substr(static_cast<std::size_t>(end))};
}

template <std::size_t N>
parsed<std::uint64_t> in_units(std::string_view text, const std::array<unit, N>& units,
                               std::string_view examples) {
  const auto [digits, name] = split_digits(text);
  const auto u = std::ranges::find(units, name, &unit::name);
  if (digits.empty() || u == units.end()) {
    return wrong{quoted(text) + " must be whole digits and a unit: " + std::string(examples)};
  }
  const auto count = parse_number(digits);
  if (const auto* bad = std::get_if<wrong>(&count)) return *bad;
  const auto value = times(std::get<std::uint64_t>(count), u->factor);
  if (!value) return wrong{quoted(text) + " is far too large"};
  return *value;
}

template <std::size_t N>
std::string print_units(std::uint64_t value, const std::array<unit, N>& units,
                        std::string_view zero) {
  if (value == 0) return std::string(zero);
  const unit* best = &units[0];
  for (const unit& u : units) {
    if (value % u.factor == 0) best = &u;
  }
  return std::to_string(value / best->factor).append(best->name);
}

}  // namespace

parsed<std::uint64_t> parse_number(std::string_view text) {
  if (text.empty() || !std::ranges::all_of(text, base::is_digit))
    return wrong{quoted(text) + " is not a whole number"};
  if (text.size() > 1 && text.front() == '0') {
    return wrong{quoted(text) + " begins with a zero, which some read as octal: write it without"};
  }
  std::uint64_t value = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc{}) {
    return wrong{quoted(text) + " is far too large"};
  }
  return value;
}

parsed<std::uint32_t> parse_fraction(std::string_view text) {
  const auto no = [&](std::string_view why) { return wrong{quoted(text) + std::string(why)}; };
  constexpr std::size_t places = 6;
  const auto [whole, rest] = split_digits(text);
  if ((whole != "0" && whole != "1") || (!rest.empty() && rest.front() != '.'))
    return no(" is not a number above 0 and at most 1, like 0.1");
  const auto [digits, more] = split_digits(rest.substr(rest.empty() ? 0 : 1));
  if (!more.empty() || digits.empty() != rest.empty())
    return no(" is not a number above 0 and at most 1, like 0.1");
  if (digits.size() > places) return no(" has more than six places");
  std::uint32_t millionths = whole == "1" ? 1 : 0;
  for (std::size_t i = 0; i < places; ++i)
    millionths =
        millionths * 10 + (i < digits.size() ? static_cast<std::uint32_t>(digits[i] - '0') : 0);
  if (millionths == 0 || millionths > 1'000'000)
    return no(" is not a number above 0 and at most 1, like 0.1");
  return millionths;
}

std::string print_fraction(std::uint32_t millionths) {
  if (millionths == 1'000'000) return "1";
  std::string digits = std::to_string(1'000'000 + millionths);  // its first digit becomes "0."
  digits.replace(0, 1, "0.");
  while (digits.back() == '0') digits.pop_back();
  return digits;
}

parsed<std::uint64_t> parse_size(std::string_view text) {
  if (!text.empty() && std::ranges::all_of(text, base::is_digit)) {
    auto bytes = parse_number(text);
    const auto* count = std::get_if<std::uint64_t>(&bytes);
    if (count && !times(*count, 1)) return wrong{quoted(text) + " is far too large"};
    return bytes;
  }
  return in_units(text, size_units, "512B, 16KiB, 1MiB, 1GiB");
}

std::string print_size(std::uint64_t bytes) { return print_units(bytes, size_units, "0"); }

parsed<milliseconds> parse_duration(std::string_view text) {
  const auto value = in_units(text, time_units, "50ms, 300s, 5m, 24h, 7d");
  if (const auto* bad = std::get_if<wrong>(&value)) return *bad;
  return milliseconds{static_cast<std::int64_t>(std::get<std::uint64_t>(value))};
}

std::string print_duration(milliseconds d) {
  return print_units(static_cast<std::uint64_t>(d.count()), time_units, "0s");
}

parsed<std::int64_t> parse_moment(std::string_view text) {
  if (const auto at = base::parse_iso8601(text)) return *at;
  return wrong{quoted(text) + " is not a date: 2026-06-30, or 2026-06-30T12:00:00Z (always UTC)"};
}

parsed<std::string> parse_name(std::string_view text) {
  const bool fits = !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
    return base::is_alpha(c) || base::is_digit(c) || c == '.' || c == '_' || c == '-';
  });
  if (!fits) return wrong{quoted(text) + " must be 1 to 64 of the characters A-Z a-z 0-9 . _ -"};
  if (text == "-" || text == "other") {
    return wrong{quoted(text) + " is reserved: the metrics use it for what has no name of its own"};
  }
  return std::string(text);
}

parsed<std::string> parse_field_name(std::string_view text) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  const bool fits = !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [&](char c) {
    return base::is_alpha(c) || base::is_digit(c) || marks.find(c) != std::string_view::npos;
  });
  if (!fits) return wrong{quoted(text) + " is not a header field's name"};
  return std::string(text);
}

}  // namespace core::config
