// SPDX-License-Identifier: Apache-2.0
#include "core/observe/record.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>

#include "core/base/decimal.hpp"
#include "core/json/check.hpp"
#include "core/json/plain.hpp"

namespace core::observe {

namespace {

/// The members of one JSON object, put together here and appended in one go. Members' names are
/// written with all around them: a comma before, a text's quote behind; they need no escape.
class members {
 public:
  explicit members(std::string& out) : out_(out) {}

  void open(base::instant at) {
    put(R"({"time":")");
    put_time(at);
    put("\"");
  }
  void close() {
    make_room(2);
    put("}\n");
    flush();
  }

  /// A member without a value is left out.
  [[gnu::always_inline]] void text(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    if (value.size() > longest_text) return odd_text(name, value);
    make_room(name.size() + value.size() + 1);
    char* const before = at_;
    put(name);
    if (!json::copy_plain(value, at_)) {
      at_ = before;
      return odd_text(name, value);
    }
    at_ += value.size();
    *at_++ = '"';
  }

  [[gnu::always_inline]] void number(std::string_view name, std::uint64_t value) {
    make_room(name.size() + base::most_digits);
    put(name);
    at_ = base::put_decimal(at_, value);
  }

  [[gnu::always_inline]] void signed_number(std::string_view name, std::int64_t value) {
    make_room(name.size() + 1 + base::most_digits);
    put(name);
    if (value < 0) *at_++ = '-';
    const auto magnitude = static_cast<std::uint64_t>(value);
    at_ = base::put_decimal(at_, value < 0 ? -magnitude : magnitude);
  }

  /// Microseconds as milliseconds with three places.
  [[gnu::always_inline]] void milliseconds(std::string_view name, std::int64_t microseconds) {
    make_room(name.size() + base::most_digits + 4);
    put(name);
    put_milliseconds(static_cast<std::uint64_t>(std::max<std::int64_t>(microseconds, 0)));
  }

  void flag(std::string_view name) {
    make_room(name.size() + 4);
    put(name);
    put("true");
  }

 private:
  /// Longer ones are rare, and go straight to the line.
  static constexpr std::size_t longest_text = 512;

  void make_room(std::size_t size) {
    if (static_cast<std::size_t>(bytes_.data() + bytes_.size() - at_) < size) flush();
  }

  void flush() {
    out_.append(bytes_.data(), static_cast<std::size_t>(at_ - bytes_.data()));
    at_ = bytes_.data();
  }

  /// What is long, or needs an escape.
  [[gnu::noinline]] void odd_text(std::string_view name, std::string_view value) {
    flush();
    name.remove_suffix(1);
    out_.append(name);
    json::append_string(out_, value);
  }

  /// Inlined, so that a text known here is a few moves.
  [[gnu::always_inline]] void put(std::string_view known) {
    std::memcpy(at_, known.data(), known.size());
    at_ += known.size();
  }

  /// The separator before two digits and these.
  void put_two(char before, unsigned value) {
    *at_++ = before;
    at_ = base::put_two_digits(at_, value);
  }

  void put_milliseconds(std::uint64_t microseconds) {
    at_ = base::put_decimal(at_, microseconds / 1000);
    const auto rest = static_cast<unsigned>(microseconds % 1000);
    *at_++ = '.';
    *at_++ = static_cast<char>('0' + rest / 100);
    at_ = base::put_two_digits(at_, rest % 100);
  }

  /// RFC 3339, UTC, with microseconds.
  void put_time(base::instant at) {
    using namespace std::chrono;
    const auto day = floor<days>(at);
    const year_month_day date{day};
    const auto year = static_cast<unsigned>(int{date.year()});
    at_ = base::put_two_digits(at_, year / 100 % 100);
    at_ = base::put_two_digits(at_, year % 100);
    put_two('-', unsigned{date.month()});
    put_two('-', unsigned{date.day()});
    const auto since_midnight = static_cast<std::uint64_t>((at - day).count());
    const auto second = static_cast<unsigned>(since_midnight / 1'000'000);
    const auto rest = static_cast<unsigned>(since_midnight % 1'000'000);
    put_two('T', second / 3600);
    put_two(':', second / 60 % 60);
    put_two(':', second % 60);
    put_two('.', rest / 10'000);
    at_ = base::put_two_digits(at_, rest / 100 % 100);
    at_ = base::put_two_digits(at_, rest % 100);
    *at_++ = 'Z';
  }

  std::string& out_;
  std::array<char, 1024> bytes_;
  char* at_ = bytes_.data();
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
  line.text(R"(,"request_id":")",
            r.request_id.front() == '\0' ? std::string_view{} : r.request_id_text());
  line.text(R"(,"client_address":")", r.peer);
  line.text(R"(,"method":")", r.method);
  line.text(R"(,"host":")", r.host);
  // Whoever fills the record: queries hold personal data and tokens.
  line.text(R"(,"path":")", r.path.substr(0, r.path.find('?')));
  line.text(R"(,"route":")", n.route);
  line.text(R"(,"client":")", n.client);
  line.text(R"(,"version":")", r.version);
  if (r.secret >= 0) line.text(R"(,"secret":")", n.secret);
}

void append_outcome(members& line, const record& r) {
  if (r.status != 0) line.number(R"(,"status":)", r.status);
  if (r.refused) line.text(R"(,"reason":")", base::name(*r.refused));
  if (const auto delay = delay_ms(r)) line.signed_number(R"(,"delay_ms":)", *delay);
  line.milliseconds(R"(,"duration_ms":)", r.duration_us);
  if (r.upstream != record::no_index) line.milliseconds(R"(,"upstream_ms":)", r.upstream_us);
  line.milliseconds(R"(,"gateway_ms":)", r.duration_us - r.upstream_us);
  line.number(R"(,"bytes_in":)", r.bytes_in);
  line.number(R"(,"bytes_out":)", r.bytes_out);
}

void append_upstream(members& line, const record& r, const names& n) {
  line.text(R"(,"upstream":")", n.upstream);
  line.text(R"(,"endpoint":")", n.endpoint);
  if (r.upstream_status != 0) line.number(R"(,"upstream_status":)", r.upstream_status);
  if (r.deprecated) line.flag(R"(,"deprecated":)");
}

}  // namespace

void append_json_line(std::string& out, const record& r, const names& n) {
  members line(out);
  line.open(r.at);
  append_request(line, r, n);
  append_outcome(line, r);
  append_upstream(line, r, n);
  line.close();
}

}  // namespace core::observe
