// SPDX-License-Identifier: Apache-2.0
#include "core/observe/record.hpp"

#include <cstring>

#include "core/json/check.hpp"
#include "core/json/plain.hpp"
#include "core/observe/visit.hpp"

namespace core::observe {

namespace {

/// By member, its name with all around it: a comma before, a text's quote behind; it needs no
/// escape. Literals, because copying one of those is a few moves of what the compiler knows.
constexpr std::array<std::string_view, member_names.size()> prefixes{R"(,"time":")",
                                                                     R"(,"request_id":")",
                                                                     R"(,"client_address":")",
                                                                     R"(,"method":")",
                                                                     R"(,"host":")",
                                                                     R"(,"path":")",
                                                                     R"(,"route":")",
                                                                     R"(,"client":")",
                                                                     R"(,"version":")",
                                                                     R"(,"secret":")",
                                                                     R"(,"status":")",
                                                                     R"(,"reason":")",
                                                                     R"(,"why":")",
                                                                     R"(,"delay_ms":")",
                                                                     R"(,"duration_ms":")",
                                                                     R"(,"upstream_ms":")",
                                                                     R"(,"gateway_ms":")",
                                                                     R"(,"bytes_in":")",
                                                                     R"(,"bytes_out":")",
                                                                     R"(,"upstream":")",
                                                                     R"(,"endpoint":")",
                                                                     R"(,"upstream_status":")",
                                                                     R"(,"deprecated":")",
                                                                     R"(,"observed":")"};
static_assert([] {
  for (std::size_t i = 0; i < prefixes.size(); ++i) {
    const std::string_view p = prefixes[i];
    if (!p.starts_with(",\"") || !p.ends_with("\":\"")) return false;
    if (p.substr(2, p.size() - 5) != member_names[i]) return false;
  }
  return true;
}());

template <member M>
struct prefix {
  static constexpr std::string_view of_text = prefixes[static_cast<std::size_t>(M)];
  static constexpr std::string_view of_number = of_text.substr(0, of_text.size() - 1);
};

/// The members of one JSON object, put together here and appended in one go.
class json_line {
 public:
  explicit json_line(std::string& out) : out_(out) {}

  template <member M>
  [[gnu::always_inline]] void time(base::instant at) {
    put(prefix<M>::of_text);
    bytes_.front() = '{';  // the first one: nothing to part it from
    at_ = put_time(at_, at);
    *at_++ = '"';
  }
  void close() {
    make_room(2);
    put("}\n");
    flush();
  }

  /// A member without a value is left out.
  template <member M>
  [[gnu::always_inline]] void text(std::string_view value) {
    constexpr std::string_view name = prefix<M>::of_text;
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

  template <member M>
  [[gnu::always_inline]] void number(std::uint64_t value) {
    name<M>(base::most_digits);
    at_ = base::put_decimal(at_, value);
  }

  template <member M>
  [[gnu::always_inline]] void signed_number(std::int64_t value) {
    name<M>(1 + base::most_digits);
    at_ = put_signed(at_, value);
  }

  template <member M>
  [[gnu::always_inline]] void milliseconds(std::int64_t microseconds) {
    name<M>(milliseconds_size);
    at_ = put_milliseconds(at_, microseconds);
  }

  template <member M>
  void flag() {
    name<M>(4);
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

  /// With room for so much behind it.
  template <member M>
  [[gnu::always_inline]] void name(std::size_t size) {
    make_room(prefix<M>::of_number.size() + size);
    put(prefix<M>::of_number);
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

  std::string& out_;
  std::array<char, 1024> bytes_;
  char* at_ = bytes_.data();
};

}  // namespace

void append_json_line(std::string& out, const record& r, const names& n) {
  json_line line(out);
  visit(line, r, n);
  line.close();
}

}  // namespace core::observe
