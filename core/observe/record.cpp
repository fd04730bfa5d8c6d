// SPDX-License-Identifier: Apache-2.0
#include "core/observe/record.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>

#include "core/json/check.hpp"

namespace core::observe {

namespace {

/// Appends the members of one JSON object; those without a value are left out.
class members {
 public:
  explicit members(std::string& out) : out_(out) { out_ += '{'; }
  void close() { out_ += "}\n"; }

  void text(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    begin(name);
    json::append_string(out_, value);
  }

  template <class Integer>
  void number(std::string_view name, Integer value) {
    begin(name);
    append(value);
  }

  /// Microseconds as milliseconds with three places.
  void milliseconds(std::string_view name, std::int64_t microseconds) {
    const std::int64_t us = std::max<std::int64_t>(microseconds, 0);
    begin(name);
    append(us / 1000);
    out_ += '.';
    digits(us % 1000, 3);
  }

  /// RFC 3339, UTC, with microseconds.
  void time(std::string_view name, base::instant at) {
    using namespace std::chrono;
    const auto day = floor<days>(at);
    const year_month_day date{day};
    const hh_mm_ss clock{at - day};
    begin(name);
    out_ += '"';
    digits(int{date.year()}, 4);
    out_ += '-';
    digits(unsigned{date.month()}, 2);
    out_ += '-';
    digits(unsigned{date.day()}, 2);
    out_ += 'T';
    digits(clock.hours().count(), 2);
    out_ += ':';
    digits(clock.minutes().count(), 2);
    out_ += ':';
    digits(clock.seconds().count(), 2);
    out_ += '.';
    digits(clock.subseconds().count(), 6);
    out_ += "Z\"";
  }

  void flag(std::string_view name) {
    begin(name);
    out_ += "true";
  }

 private:
  /// Names are our own and need no escape.
  void begin(std::string_view name) {
    if (!first_) out_ += ',';
    first_ = false;
    out_ += '"';
    out_ += name;
    out_ += "\":";
  }

  template <class Integer>
  void append(Integer value) {
    std::array<char, 24> buffer;
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
    out_.append(buffer.data(), end);
  }

  /// The last `count` digits of `value`, which isn't negative.
  template <class Integer>
  void digits(Integer value, int count) {
    std::array<char, 8> buffer;
    for (int i = count - 1; i >= 0; --i, value /= 10)
      buffer[static_cast<unsigned>(i)] = static_cast<char>('0' + value % 10);
    out_.append(buffer.data(), static_cast<std::size_t>(count));
  }

  std::string& out_;
  bool first_ = true;
};

/// Gateway's clock minus the message's stamp. Stamps have at most 11 digits; a wilder one says
/// nothing about a delay.
std::optional<std::int64_t> delay_ms(const record& r) {
  constexpr std::int64_t limit = 99'999'999'999;
  if (!r.stamp || *r.stamp < -limit || *r.stamp > limit) return {};
  return std::chrono::floor<std::chrono::milliseconds>(r.at - base::from_unix_seconds(*r.stamp))
      .count();
}

void append_request(members& line, const record& r, const names& n) {
  line.time("time", r.at);
  line.text("request_id", r.request_id.front() == '\0' ? std::string_view{} : r.request_id_text());
  line.text("client_address", r.peer);
  line.text("method", r.method);
  line.text("host", r.host);
  line.text(
      "path",
      r.path.substr(
          0, r.path.find('?')));  // whoever fills the record: queries hold personal data and tokens
  line.text("route", n.route);
  line.text("client", n.client);
  line.text("version", r.version);
  if (r.secret >= 0) line.text("secret", n.secret);
}

void append_outcome(members& line, const record& r) {
  if (r.status != 0) line.number("status", r.status);
  if (r.refused) line.text("reason", base::name(*r.refused));
  if (const auto delay = delay_ms(r)) line.number("delay_ms", *delay);
  line.milliseconds("duration_ms", r.duration_us);
  if (r.upstream != record::no_index) line.milliseconds("upstream_ms", r.upstream_us);
  line.milliseconds("gateway_ms", r.duration_us - r.upstream_us);
  line.number("bytes_in", r.bytes_in);
  line.number("bytes_out", r.bytes_out);
}

void append_upstream(members& line, const record& r, const names& n) {
  line.text("upstream", n.upstream);
  line.text("endpoint", n.endpoint);
  if (r.upstream_status != 0) line.number("upstream_status", r.upstream_status);
  if (r.deprecated) line.flag("deprecated");
}

}  // namespace

void append_json_line(std::string& out, const record& r, const names& n) {
  members line(out);
  append_request(line, r, n);
  append_outcome(line, r);
  append_upstream(line, r, n);
  line.close();
}

}  // namespace core::observe
