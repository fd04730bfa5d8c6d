// SPDX-License-Identifier: Apache-2.0
#include "core/http/chunked.hpp"

#include <algorithm>

#include "core/base/ascii.hpp"
#include "core/http/syntax.hpp"

namespace core::http {

chunked_decoder::step chunked_decoder::resume(std::string_view input) {
  std::size_t at = 0;
  for (;;) {
    if (state_ == state::done) return {status::done, at, {}};
    if (state_ == state::invalid) return {status::invalid, at, {}};
    if (at == input.size()) return {status::need_more, at, {}};
    if (state_ == state::data) {
      const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, input.size() - at));
      left_ -= size;
      if (left_ == 0) state_ = state::data_cr;
      return {status::data, at + size, input.substr(at, size)};
    }
    if (!take(input[at++])) state_ = state::invalid;
  }
}

/// One byte of what is not data. @return false if it can't stand there.
bool chunked_decoder::take(char c) {
  switch (state_) {
    case state::size_start:
    case state::size:
    case state::before_extension:
    case state::extension: return take_size(c);
    case state::size_lf: return c == '\n' && go(left_ > 0 ? state::data : state::trailer_start);
    case state::data_cr: return c == '\r' && go(state::data_lf);
    case state::data_lf:
      left_ = 0;
      digits_ = 0;
      return c == '\n' && go(state::size_start);
    case state::trailer_start:
    case state::trailer_name:
    case state::trailer_value:
    case state::trailer_lf: return take_trailer(c);
    case state::end_lf: return c == '\n' && go(state::done);
    case state::data:
    case state::done:
    case state::invalid: break;
  }
  return false;
}

/// chunk-size [ chunk-ext ] CRLF. Blanks may stand before ';' only: "5 CRLF" is read in two ways
/// out there.
bool chunked_decoder::take_size(char c) {
  if (state_ == state::size_start || state_ == state::size) {
    if (const int digit = base::hex_value(c); digit >= 0) {
      left_ = left_ * 16 + static_cast<std::uint64_t>(digit);
      return ++digits_ <= size_digits && go(state::size);
    }
    if (state_ == state::size_start) return false;
    if (c == '\r') return go(state::size_lf);
  }
  if (state_ == state::extension) {
    if (c == '\r') return go(state::size_lf);
    return is_value_byte(c) && spend();
  }
  if (c == ';') return spend() && go(state::extension);
  return (c == ' ' || c == '\t') && spend() && go(state::before_extension);
}

/// Trailer fields are dropped unread (merging them into the head is how checks get bypassed), but
/// must be field lines.
bool chunked_decoder::take_trailer(char c) {
  if (state_ == state::trailer_start && c == '\r') return go(state::end_lf);
  if (!spend()) return false;
  switch (state_) {
    case state::trailer_start: return is_token_byte(c) && go(state::trailer_name);
    case state::trailer_name: return c == ':' ? go(state::trailer_value) : is_token_byte(c);
    case state::trailer_value: return c == '\r' ? go(state::trailer_lf) : is_value_byte(c);
    default: return c == '\n' && go(state::trailer_start);
  }
}

}  // namespace core::http
