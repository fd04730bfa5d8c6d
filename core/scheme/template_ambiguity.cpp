// SPDX-License-Identifier: Apache-2.0
#include "core/scheme/template_ambiguity.hpp"

#include <algorithm>

#include "core/base/ascii.hpp"
#include "core/http/syntax.hpp"

namespace core::scheme {

namespace {

using byte_set = charset::byte_set;

template <class Kind>
byte_set bytes_where(Kind kind) {
  byte_set all;
  for (std::size_t c = 0; c < all.size(); ++c) all.set(c, kind(static_cast<char>(c)));
  return all;
}

byte_set bytes_of(std::string_view listed) {
  return bytes_where([listed](char c) { return listed.find(c) != std::string_view::npos; });
}

byte_set letters() { return bytes_where(base::is_alpha); }
byte_set digits() { return bytes_where(base::is_digit); }

/// Which bytes a piece may have, and whether it always has as many.
struct extent {
  byte_set bytes;
  bool fixed = false;
};

extent extent_of_field(const template_field& f) {
  if (f.name == "timestamp") return {digits(), false};
  const auto parsed = charset::parse(f.charset);
  const auto* own = std::get_if<charset>(&parsed);
  const charset usual;
  const charset& allowed = own != nullptr ? *own : usual;
  return {allowed.bytes(), allowed.fixed_size() && !f.optional};
}

extent extent_of_input(const text_piece& piece, const template_settings& settings) {
  const byte_set visible = charset().bytes();
  switch (piece.what) {
    case input::literal: return {bytes_of(piece.text), true};
    case input::method: return {letters(), false};
    case input::scheme: return {letters(), false};
    case input::target: return {visible, false};
    case input::path: return {visible & ~bytes_of("?"), false};
    case input::query: return {visible, false};
    case input::host: return {letters() | digits() | bytes_of("-._~:[]"), false};
    case input::field: return extent_of_field(settings.fields[piece.field]);
    case input::header: return {bytes_where(http::is_value_byte), false};
    case input::status: return {digits(), true};
    case input::reply_timestamp: return {digits(), false};
    case input::body:
    case input::secret: break;
  }
  return {~byte_set(), false};
}

extent after(filter how, const extent& before) {
  switch (how) {
    case filter::lower:
    case filter::upper: return {before.bytes | letters(), before.fixed};
    case filter::trim: return {before.bytes, false};
    case filter::sha256:
    case filter::sha512: return {~byte_set(), true};
    case filter::hex: return {digits() | bytes_of("abcdef"), before.fixed};
    case filter::base64: return {letters() | digits() | bytes_of("+/="), before.fixed};
    case filter::base64url: return {letters() | digits() | bytes_of("-_"), before.fixed};
  }
  return before;
}

extent extent_of(const text_piece& piece, const template_settings& settings) {
  extent e = extent_of_input(piece, settings);
  for (const filter f : piece.filters) e = after(f, e);
  return e;
}

/// Is the piece a literal with a byte that the value beside it cannot have? Then the first such
/// byte on that side is the border, or a fixed way from it.
bool separates(const text_piece* between, const byte_set& value) {
  return between != nullptr && between->what == input::literal &&
         (bytes_of(between->text) & ~value).any();
}

/// The border of two values, in words.
std::string border(const text_piece& left, const text_piece* between, const text_piece& right) {
  std::string out = "the border between " + print(left) + " and " + print(right) + " is not told";
  if (between != nullptr && between->what == input::literal)
    return out + " by what stands there, which both may contain";
  return out + ": nothing stands there that neither can contain";
}

}  // namespace

// A text can be read back if, of the values without a fixed size, some are told from the left by
// what follows them, the others from the right by what stands before them, and at most one is what
// is left over in between.
std::optional<std::string> ambiguity(const template_text& text, const template_settings& settings) {
  std::vector<std::size_t> values;
  std::vector<byte_set> bytes;
  for (std::size_t i = 0; i < text.pieces.size(); ++i) {
    const extent e = extent_of(text.pieces[i], settings);
    if (e.fixed) continue;
    values.push_back(i);
    bytes.push_back(e.bytes);
  }
  const auto piece = [&](std::size_t i) {
    return i < text.pieces.size() ? &text.pieces[i] : nullptr;
  };
  std::size_t left = 0;
  while (left < values.size() && separates(piece(values[left] + 1), bytes[left])) ++left;
  std::size_t right = values.size();
  while (right > left && values[right - 1] > 0 &&
         separates(piece(values[right - 1] - 1), bytes[right - 1]))
    --right;
  if (right - left <= 1) return std::nullopt;
  const std::size_t from = values[left];
  const std::size_t to = values[left + 1];
  return border(text.pieces[from], to - from > 1 ? piece(from + 1) : nullptr, text.pieces[to]);
}

}  // namespace core::scheme
