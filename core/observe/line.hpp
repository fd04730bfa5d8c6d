// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which exchanges have a line in the access log, and how it is written. Whatever a peer sent, it is
// one line of printable text.

#include <cstdint>
#include <string>

#include "core/observe/members.hpp"
#include "core/observe/record.hpp"

namespace core::observe {

enum class line_format {
  json,      ///< an object
  combined,  ///< as Apache and nginx write it: what tools for web servers read
  logfmt,    ///< name=value, with blanks between
};

/// Of members; a bit each.
class member_set {
 public:
  void add(member m) { bits_ |= bit(m); }
  [[nodiscard]] bool holds(member m) const { return (bits_ & bit(m)) != 0; }

 private:
  static std::uint32_t bit(member m) { return std::uint32_t{1} << static_cast<unsigned>(m); }
  std::uint32_t bits_ = 0;
};

inline constexpr std::uint32_t every_line = 1'000'000;

struct line_style {
  line_format format = line_format::json;
  /// What json and logfmt write of what has a value; if `whole`, all.
  bool whole = true;
  member_set members;
  std::uint32_t sample = every_line;  ///< so many of a million successful exchanges
};

/// Is the line of this exchange written? What was refused, would have been, failed, or was answered
/// with a status of 400 or more always is; of the others, the request's id decides.
bool is_written(const record& r, std::uint32_t sample);

/// Appends one line with a final newline.
void append_line(std::string& out, const line_style& style, const record& r, const names& n);

}  // namespace core::observe
