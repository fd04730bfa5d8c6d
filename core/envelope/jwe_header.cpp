// SPDX-License-Identifier: Apache-2.0
#include "core/envelope/jwe_header.hpp"

#include <algorithm>
#include <array>

#include "core/envelope/json_cursor.hpp"
#include "core/envelope/member_names.hpp"
#include "core/json/check.hpp"

namespace core::envelope {

namespace {

/// The object itself, and arrays or objects in members that nobody reads.
constexpr int max_header_depth = 2;

constexpr std::array<std::string_view, 4> refused{"crit", "zip", "p2c", "p2s"};

class reader {
 public:
  explicit reader(std::span<char> json) : cursor_(json) {}

  std::optional<jwe_header> read() {
    const bool whole =
        cursor_.object([this](std::string_view name) { return member(name); }) && cursor_.at_end();
    if (!whole) return std::nullopt;
    return header_;
  }

 private:
  bool member(std::string_view name) {
    if (!names_.add(name)) return false;
    if (name == "alg") return text(header_.alg);
    if (name == "enc") return text(header_.enc);
    if (name == "kid") return text(header_.kid);
    if (name == "ver") return text(header_.ver);
    if (name == "ts") {
      header_.ts = cursor_.natural_number();
      return header_.ts.has_value();
    }
    return std::ranges::find(refused, name) == refused.end() && cursor_.skip(max_header_depth - 1);
  }

  bool text(std::optional<std::string_view>& member) {
    const std::optional<std::span<char>> read = cursor_.string();
    if (read) member.emplace(read->data(), read->size());
    return read.has_value();
  }

  json_cursor cursor_;
  member_names names_;
  jwe_header header_;
};

}  // namespace

std::optional<jwe_header> read_jwe_header(std::span<char> json) { return reader(json).read(); }

std::string write_jwe_header(jwe_settings how, std::string_view kid, std::optional<std::int64_t> ts,
                             std::optional<std::string_view> ver) {
  std::string out;
  out.append(R"({"alg":")").append(name(how.alg)).append(R"(","enc":")").append(name(how.enc));
  out += '"';
  if (!kid.empty()) {
    out += R"(,"kid":)";
    json::append_string(out, kid);
  }
  if (ts) out.append(R"(,"ts":)").append(std::to_string(*ts));
  if (ver) {
    out += R"(,"ver":)";
    json::append_string(out, *ver);
  }
  out += '}';
  return out;
}

}  // namespace core::envelope
