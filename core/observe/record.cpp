// SPDX-License-Identifier: Apache-2.0
#include "core/observe/record.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>

#include "core/json/check.hpp"

namespace core::observe {

namespace {

/// A member's name as it stands in the line, with all around it. Names are our own and need no
/// escape.
class member_name {
 public:
  consteval member_name(const char* name) {  // NOLINT(google-explicit-constructor): a literal
    add(',');
    add('"');
    while (*name != '\0') add(*name++);
    add('"');
    add(':');
  }
  [[nodiscard]] std::string_view text() const { return {text_.data(), size_}; }

 private:
  consteval void add(char c) { text_.at(size_++) = c; }

  std::array<char, 20> text_{};
  std::size_t size_ = 0;
};

/// A number or an instant, put together before it is appended.
class short_text {
 public:
  [[nodiscard]] std::string_view text() const { return {text_.data(), size_}; }

  template <class Integer>
  void number(Integer value) {
    size_ = static_cast<std::size_t>(
        std::to_chars(text_.data(), text_.data() + text_.size(), value).ptr - text_.data());
  }
  /// `before` and the last `Count` digits of `value`, which isn't negative.
  template <std::size_t Count, class Integer>
  void digits(char before, Integer value) {
    text_[size_] = before;
    for (std::size_t i = Count; i > 0; --i, value /= 10)
      text_[size_ + i] = static_cast<char>('0' + value % 10);
    size_ += Count + 1;
  }

 private:
  std::array<char, 32> text_;  // 64 bits have 20 digits, an instant has 27 characters
  std::size_t size_ = 0;
};

/// Appends the members of one JSON object; those without a value are left out.
class members {
 public:
  explicit members(std::string& out) : out_(out) { out_ += '{'; }
  void close() { out_ += "}\n"; }

  void text(const member_name& name, std::string_view value) {
    if (value.empty()) return;
    begin(name);
    json::append_string(out_, value);
  }

  template <class Integer>
  void number(const member_name& name, Integer value) {
    short_text written;
    written.number(value);
    begin(name);
    out_.append(written.text());
  }

  /// Microseconds as milliseconds with three places.
  void milliseconds(const member_name& name, std::int64_t microseconds) {
    const std::int64_t us = std::max<std::int64_t>(microseconds, 0);
    short_text written;
    written.number(us / 1000);
    written.digits<3>('.', us % 1000);
    begin(name);
    out_.append(written.text());
  }

  /// RFC 3339, UTC, with microseconds.
  void time(const member_name& name, base::instant at) {
    using namespace std::chrono;
    const auto day = floor<days>(at);
    const year_month_day date{day};
    const hh_mm_ss clock{at - day};
    short_text written;
    written.digits<4>('"', int{date.year()});
    written.digits<2>('-', unsigned{date.month()});
    written.digits<2>('-', unsigned{date.day()});
    written.digits<2>('T', clock.hours().count());
    written.digits<2>(':', clock.minutes().count());
    written.digits<2>(':', clock.seconds().count());
    written.digits<6>('.', clock.subseconds().count());
    begin(name);
    out_.append(written.text()).append("Z\"");
  }

  void flag(const member_name& name) {
    begin(name);
    out_.append("true");
  }

 private:
  void begin(const member_name& name) {
    out_.append(first_ ? name.text().substr(1) : name.text());
    first_ = false;
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
