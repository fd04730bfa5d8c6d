// SPDX-License-Identifier: Apache-2.0
#pragma once

// The chunked coding (RFC 9112, section 7.1) read strictly, a piece at a time, without a copy.
// Trailers are read and dropped.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace core::http {

class chunked_decoder {
 public:
  enum class status {
    need_more,  ///< everything given was consumed
    data,       ///< `data` is a piece of the body; call again with what is left
    done,       ///< the last chunk and its trailer section have been read
    invalid,    ///< not the chunked coding: the connection can't be used any more
  };
  struct step {
    status what;
    std::size_t consumed;   ///< of the input given
    std::string_view data;  ///< a view into the input
  };

  /// Extensions and trailers together may take at most this many bytes a message.
  static constexpr std::size_t overhead_limit = 8192;

  /// Sizes have 1 to 15 hex digits (2^60 - 1), which can't overflow.
  static constexpr std::size_t size_digits = 15;

  /// `done` and `invalid` stay; bytes after the end are left alone.
  step resume(std::string_view input);

 private:
  /// Named after what is read next.
  enum class state {
    size_start,        ///< a chunk's first digit
    size,              ///< more digits, or what ends them
    before_extension,  ///< blanks after the size, which only ';' may follow
    extension,         ///< an extension, not interpreted
    size_lf,           ///< the LF of the size's line
    data,
    data_cr,
    data_lf,
    trailer_start,  ///< a trailer field's first byte, or the CR of the last line
    trailer_name,
    trailer_value,
    trailer_lf,
    end_lf,  ///< the LF of the last line
    done,
    invalid,
  };

  bool take(char c);
  bool take_size(char c);
  bool take_trailer(char c);
  bool go(state next) {
    state_ = next;
    return true;
  }
  bool spend() { return ++overhead_ <= overhead_limit; }

  state state_ = state::size_start;
  std::uint64_t left_ = 0;    ///< how much of the current chunk is still to come?
  std::size_t digits_ = 0;    ///< how many digits has this chunk's size?
  std::size_t overhead_ = 0;  ///< how many bytes went into extensions and trailers?
};

}  // namespace core::http
