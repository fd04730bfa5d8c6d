// SPDX-License-Identifier: Apache-2.0
#include "core/observe/line.hpp"

#include "core/json/check.hpp"
#include "core/observe/combined.hpp"
#include "core/observe/visit.hpp"

namespace core::observe {

namespace {

/// May it stand in logfmt without quotes? All else is quoted and escaped as in JSON.
bool is_bare(std::string_view text) {
  return std::ranges::all_of(
      text, [](char c) { return c > ' ' && c < 0x7F && c != '"' && c != '=' && c != '\\'; });
}

/// Some members, or all of them in another form than JSON. The default has a writer of its own,
/// which takes less time: core/observe/record.cpp.
class chosen_line {
 public:
  chosen_line(std::string& out, const line_style& style)
      : out_(out), style_(style), json_(style.format == line_format::json) {
    if (json_) out_ += '{';
  }
  void close() { out_ += json_ ? "}\n" : "\n"; }

  template <member M>
  void time(base::instant at) {
    std::array<char, time_size> digits;
    put_time(digits.data(), at);
    text<M>({digits.data(), digits.size()});
  }
  template <member M>
  void text(std::string_view value) {
    if (value.empty() || !begin(M)) return;
    if (json_ || !is_bare(value))
      json::append_string(out_, value);
    else
      out_ += value;
  }
  template <member M>
  void number(std::uint64_t value) {
    std::array<char, base::most_digits> digits;
    plain(M, digits.data(), base::put_decimal(digits.data(), value));
  }
  template <member M>
  void signed_number(std::int64_t value) {
    std::array<char, 1 + base::most_digits> digits;
    plain(M, digits.data(), put_signed(digits.data(), value));
  }
  template <member M>
  void milliseconds(std::int64_t microseconds) {
    std::array<char, milliseconds_size> digits;
    plain(M, digits.data(), put_milliseconds(digits.data(), microseconds));
  }
  template <member M>
  void flag() {
    if (begin(M)) out_ += "true";
  }

 private:
  void plain(member m, const char* begin_of, const char* end_of) {
    if (begin(m)) out_.append(begin_of, end_of);
  }
  /// The name, if the member is wanted.
  bool begin(member m) {
    if (!style_.whole && !style_.members.holds(m)) return false;
    if (!first_) out_ += json_ ? ',' : ' ';
    first_ = false;
    const std::string_view name = member_names[static_cast<std::size_t>(m)];
    if (json_)
      out_.append("\"").append(name).append("\":");
    else
      out_.append(name).append("=");
    return true;
  }

  std::string& out_;
  const line_style& style_;
  bool json_;
  bool first_ = true;
};

/// FNV-1a, then stirred (MurmurHash3's last step), because its high bits are poor for short texts.
std::uint64_t hash(std::string_view id) {
  std::uint64_t h = 0xCBF29CE484222325u;
  for (const char c : id) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
  h = (h ^ (h >> 33)) * 0xFF51AFD7ED558CCDu;
  return h ^ (h >> 33);
}

}  // namespace

bool is_written(const record& r, std::uint32_t sample) {
  if (sample >= every_line || r.refused || r.observed || r.status == 0 || r.status >= 400)
    return true;
  return (hash(r.request_id_text()) >> 32) * every_line >> 32 < sample;
}

void append_line(std::string& out, const line_style& style, const record& r, const names& n) {
  if (style.format == line_format::json && style.whole) return append_json_line(out, r, n);
  if (style.format == line_format::combined) return append_combined_line(out, r, n);
  chosen_line line(out, style);
  visit(line, r, n);
  line.close();
}

}  // namespace core::observe
