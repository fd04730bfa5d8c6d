// SPDX-License-Identifier: Apache-2.0
#include "core/envelope/laravel_members.hpp"

#include <cstring>
#include <utility>

#include "core/envelope/json_cursor.hpp"
#include "core/envelope/member_names.hpp"
#include "core/envelope/view.hpp"

namespace core::envelope {

namespace {

/// The object itself, and arrays or objects in members that nobody reads.
constexpr int max_payload_depth = 2;

/// Cuts texts between fixed separators, as long as they follow.
class cutter {
 public:
  explicit cutter(std::span<char> text) : rest_(text) {}

  void pass(std::string_view separator) {
    good_ = good_ && view(rest_).starts_with(separator);
    if (good_) rest_ = rest_.subspan(separator.size());
  }
  std::span<char> until_quote() {
    const auto* quote =
        rest_.empty() ? nullptr
                      : static_cast<const char*>(std::memchr(rest_.data(), '"', rest_.size()));
    good_ = good_ && quote != nullptr;
    if (!good_) return {};
    const std::span<char> text = rest_.first(static_cast<std::size_t>(quote - rest_.data()));
    // An escape is for the general reader; all else that isn't a string's proper content is no
    // base64 or hex either.
    good_ = text.empty() || std::memchr(text.data(), '\\', text.size()) == nullptr;
    rest_ = rest_.subspan(text.size());
    return text;
  }
  [[nodiscard]] bool done() const { return good_ && rest_.empty(); }

 private:
  std::span<char> rest_;
  bool good_ = true;
};

/// What Laravel 8.56 and later write, to the byte; read without looking at single characters.
bool read_canonical(std::span<char> json, laravel_members& members) {
  cutter cut(json);
  cut.pass(R"({"iv":")");
  members.iv = cut.until_quote();
  cut.pass(R"(","value":")");
  members.value = cut.until_quote();
  cut.pass(R"(","mac":")");
  members.mac = cut.until_quote();
  cut.pass(R"(","tag":")");
  members.tag = cut.until_quote();
  cut.pass(R"("})");
  return cut.done();
}

class general_reader {
 public:
  explicit general_reader(std::span<char> json) : cursor_(json) {}

  std::optional<laravel_members> read() {
    const bool whole =
        cursor_.object([this](std::string_view name) { return member(name); }) && cursor_.at_end();
    if (!whole || !iv_ || !value_ || !mac_) return std::nullopt;
    // Versions that write no tag write nothing else either: without this, one changed letter of
    // "tag" would go unnoticed.
    if (!has_tag_ && !extra_.empty()) return std::nullopt;
    return laravel_members{*iv_, *value_, *mac_, tag_};
  }

 private:
  bool member(std::string_view name) {
    if (name == "iv") return text(iv_);
    if (name == "value") return text(value_);
    if (name == "mac") return text(mac_);
    if (name == "tag") return tag();
    return extra_.add(name) && cursor_.skip(max_payload_depth - 1);
  }

  bool text(std::optional<std::span<char>>& member) {
    if (member) return false;
    member = cursor_.string();
    return member.has_value();
  }

  bool tag() {
    if (has_tag_) return false;
    has_tag_ = true;
    return cursor_.take("null") || text(tag_);
  }

  json_cursor cursor_;
  std::optional<std::span<char>> iv_;
  std::optional<std::span<char>> value_;
  std::optional<std::span<char>> mac_;
  std::optional<std::span<char>> tag_;
  bool has_tag_ = false;  ///< null counts: a second tag after it is a repetition
  member_names extra_;
};

}  // namespace

std::optional<laravel_members> read_laravel_members(std::span<char> json) {
  // Read into what is returned, which is made where the caller has it.
  std::optional<laravel_members> members(std::in_place);
  if (!read_canonical(json, *members)) members = general_reader(json).read();
  return members;
}

}  // namespace core::envelope
