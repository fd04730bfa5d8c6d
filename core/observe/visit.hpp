// SPDX-License-Identifier: Apache-2.0
#pragma once

// Walks a line through what is to be said of an exchange: each member once, when it has a value.
// How it is written is for the line.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/base/decimal.hpp"
#include "core/observe/members.hpp"
#include "core/observe/record.hpp"

namespace core::observe {

/// Room that put_time() needs.
inline constexpr std::size_t time_size = 27;
/// Room that put_milliseconds() needs.
inline constexpr std::size_t milliseconds_size = base::most_digits + 4;

/// A separator and two digits.
inline char* put_two(char* at, char before, unsigned value) {
  *at++ = before;
  return base::put_two_digits(at, value);
}

/// RFC 3339, UTC, with microseconds.
inline char* put_time(char* at, base::instant when) {
  const auto day = std::chrono::floor<std::chrono::days>(when);
  const std::chrono::year_month_day date{day};
  const auto year = static_cast<unsigned>(int{date.year()});
  at = base::put_two_digits(at, year / 100 % 100);
  at = base::put_two_digits(at, year % 100);
  at = put_two(at, '-', unsigned{date.month()});
  at = put_two(at, '-', unsigned{date.day()});
  const auto since_midnight = static_cast<std::uint64_t>((when - day).count());
  const auto second = static_cast<unsigned>(since_midnight / 1'000'000);
  const auto rest = static_cast<unsigned>(since_midnight % 1'000'000);
  at = put_two(at, 'T', second / 3600);
  at = put_two(at, ':', second / 60 % 60);
  at = put_two(at, ':', second % 60);
  at = put_two(at, '.', rest / 10'000);
  at = base::put_two_digits(at, rest / 100 % 100);
  at = base::put_two_digits(at, rest % 100);
  *at++ = 'Z';
  return at;
}

/// Microseconds as milliseconds with three places; what is below zero as zero.
inline char* put_milliseconds(char* at, std::int64_t microseconds) {
  const auto all = static_cast<std::uint64_t>(std::max<std::int64_t>(microseconds, 0));
  at = base::put_decimal(at, all / 1000);
  const auto rest = static_cast<unsigned>(all % 1000);
  *at++ = '.';
  *at++ = static_cast<char>('0' + rest / 100);
  return base::put_two_digits(at, rest % 100);
}

inline char* put_signed(char* at, std::int64_t value) {
  if (value < 0) *at++ = '-';
  const auto magnitude = static_cast<std::uint64_t>(value);
  return base::put_decimal(at, value < 0 ? -magnitude : magnitude);
}

/// Gateway's clock minus the message's stamp. Stamps have at most 11 digits; a wilder one says
/// nothing about a delay.
inline std::optional<std::int64_t> delay_ms(const record& r) {
  constexpr std::int64_t limit = 99'999'999'999;
  if (!r.stamp || *r.stamp < -limit || *r.stamp > limit) return {};
  return std::chrono::floor<std::chrono::milliseconds>(r.at - base::from_unix_seconds(*r.stamp))
      .count();
}

/// Whoever fills the record: queries hold personal data and tokens.
inline std::string_view without_query(std::string_view target) {
  return target.substr(0, target.find('?'));
}

template <class Line>
[[gnu::always_inline]] inline void visit_request(Line& line, const record& r, const names& n) {
  line.template text<member::request_id>(r.request_id.front() == '\0' ? std::string_view{}
                                                                      : r.request_id_text());
  line.template text<member::client_address>(r.peer);
  line.template text<member::method>(r.method);
  line.template text<member::host>(r.host);
  line.template text<member::path>(without_query(r.path));
  line.template text<member::route>(n.route);
  line.template text<member::client>(n.client);
  line.template text<member::version>(r.version);
  if (r.secret >= 0) line.template text<member::secret>(n.secret);
}

template <class Line>
[[gnu::always_inline]] inline void visit_outcome(Line& line, const record& r) {
  if (r.status != 0) line.template number<member::status>(r.status);
  if (r.refused || r.observed) {
    const base::errc reason = r.refused ? *r.refused : *r.observed;
    line.template text<member::reason>(base::name(reason));
    line.template text<member::why>(base::sentence(reason));
  }
  if (const auto delay = delay_ms(r)) line.template signed_number<member::delay_ms>(*delay);
  line.template milliseconds<member::duration_ms>(r.duration_us);
  if (r.upstream != record::no_index)
    line.template milliseconds<member::upstream_ms>(r.upstream_us);
  line.template milliseconds<member::gateway_ms>(r.duration_us - r.upstream_us);
  line.template number<member::bytes_in>(r.bytes_in);
  line.template number<member::bytes_out>(r.bytes_out);
}

template <class Line>
[[gnu::always_inline]] inline void visit_upstream(Line& line, const record& r, const names& n) {
  line.template text<member::upstream>(n.upstream);
  line.template text<member::endpoint>(n.endpoint);
  if (r.upstream_status != 0) line.template number<member::upstream_status>(r.upstream_status);
  if (r.deprecated) line.template flag<member::deprecated>();
  if (r.observed) line.template flag<member::observed>();
}

/// Walks `line` through all that has a value. A text that is empty has none: that is for `line`,
/// which has text<M>(text), number<M>(unsigned), signed_number<M>(signed),
/// milliseconds<M>(microseconds), flag<M>(), and time<M>(instant), which comes first.
template <class Line>
[[gnu::always_inline]] inline void visit(Line& line, const record& r, const names& n) {
  line.template time<member::time>(r.at);
  visit_request(line, r, n);
  visit_outcome(line, r);
  visit_upstream(line, r, n);
}

}  // namespace core::observe
