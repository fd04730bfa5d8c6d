// SPDX-License-Identifier: Apache-2.0
#include "core/base/date.hpp"

#include <algorithm>
#include <chrono>

#include "core/base/ascii.hpp"

namespace core::base {
namespace {

namespace chrono = std::chrono;
using chrono::seconds;
using chrono::sys_days;
using chrono::sys_seconds;

constexpr std::string_view weekdays = "SunMonTueWedThuFriSat";
constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";

constexpr sys_seconds earliest = sys_days{chrono::year{0} / 1 / 1};
constexpr sys_seconds latest = sys_days{chrono::year{10'000} / 1 / 1} - seconds{1};

/// A second taken apart.
struct parts {
  chrono::year_month_day date;
  unsigned weekday;
  chrono::hh_mm_ss<seconds> time;

  explicit parts(sys_seconds at) : parts(at, chrono::floor<chrono::days>(at)) {}
  parts(sys_seconds at, sys_days day)
      : date(day), weekday(chrono::weekday(day).c_encoding()), time(at - day) {}

  [[nodiscard]] unsigned year() const {
    return static_cast<unsigned>(static_cast<int>(date.year()));
  }
  [[nodiscard]] unsigned month() const { return static_cast<unsigned>(date.month()); }
  [[nodiscard]] unsigned day() const { return static_cast<unsigned>(date.day()); }
};

sys_seconds within(sys_seconds at) { return std::clamp(at, earliest, latest); }

char* put(std::string_view text, char* out) { return std::copy(text.begin(), text.end(), out); }

/// Writes the last `digits` decimal digits of `value`.
char* put(unsigned value, int digits, char* out) {
  for (int at = digits - 1; at >= 0; --at, value /= 10)
    out[at] = static_cast<char>('0' + value % 10);
  return out + digits;
}

/// "22:13:20"
char* put(const chrono::hh_mm_ss<seconds>& time, char* out) {
  out = put(static_cast<unsigned>(time.hours().count()), 2, out);
  *out++ = ':';
  out = put(static_cast<unsigned>(time.minutes().count()), 2, out);
  *out++ = ':';
  return put(static_cast<unsigned>(time.seconds().count()), 2, out);
}

/// True if `text` looks like `shape`, in which 0 stands for any digit.
bool has_shape(std::string_view text, std::string_view shape) {
  return std::equal(text.begin(), text.end(), shape.begin(), shape.end(),
                    [](char c, char wanted) { return wanted == '0' ? is_digit(c) : c == wanted; });
}

/// The number that the digits at `at` are.
unsigned number(std::string_view text, std::size_t at, std::size_t digits) {
  unsigned value = 0;
  for (const char c : text.substr(at, digits)) value = value * 10 + static_cast<unsigned>(c - '0');
  return value;
}

}  // namespace

void format_imf_fixdate(instant at, std::span<char, imf_fixdate_size> out) {
  const parts p(within(chrono::floor<seconds>(at)));
  char* to = put(weekdays.substr(std::size_t{3} * p.weekday, 3), out.data());
  to = put(", ", to);
  to = put(p.day(), 2, to);
  *to++ = ' ';
  to = put(months.substr(std::size_t{3} * (p.month() - 1), 3), to);
  *to++ = ' ';
  to = put(p.year(), 4, to);
  *to++ = ' ';
  put(" GMT", put(p.time, to));
}

std::string format_imf_fixdate(instant at) {
  std::string out(imf_fixdate_size, '\0');
  format_imf_fixdate(at, std::span<char, imf_fixdate_size>(out));
  return out;
}

std::optional<std::int64_t> parse_iso8601(std::string_view text) {
  const bool with_time = has_shape(text, "0000-00-00T00:00:00Z");
  if (!with_time && !has_shape(text, "0000-00-00")) return std::nullopt;
  const chrono::year_month_day date{chrono::year{static_cast<int>(number(text, 0, 4))},
                                    chrono::month{number(text, 5, 2)},
                                    chrono::day{number(text, 8, 2)}};
  if (!date.ok()) return std::nullopt;
  const std::int64_t midnight = sys_seconds{sys_days{date}}.time_since_epoch().count();
  if (!with_time) return midnight;
  const unsigned hour = number(text, 11, 2);
  const unsigned minute = number(text, 14, 2);
  const unsigned second = number(text, 17, 2);
  if (hour > 23 || minute > 59 || second > 59) return std::nullopt;
  return midnight + hour * 3600 + minute * 60 + second;
}

std::string format_iso8601(std::int64_t since_1970) {
  const parts p(within(sys_seconds{seconds{since_1970}}));
  std::string out(std::string_view("0000-00-00T00:00:00Z"));
  put(p.year(), 4, out.data());
  put(p.month(), 2, out.data() + 5);
  put(p.day(), 2, out.data() + 8);
  put(p.time, out.data() + 11);
  return out;
}

}  // namespace core::base
