// SPDX-License-Identifier: Apache-2.0
// The other direction, for replies: JSON as PHP's serialize(json_decode($json, true)) writes it.

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <system_error>
#include <vector>

#include "core/envelope/php_serialized.hpp"
#include "core/envelope/php_text.hpp"

namespace core::envelope {

namespace {

namespace bj = boost::json;

/// Boost.JSON's parser calls this for each event; values are written as they come, and an object's
/// or array's head, which holds the number of members, is put before them at its end. A tree of its
/// own would round numbers (Boost 1.81 reads doubles inexactly).
class php_writer {
 public:
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);
  using code = bj::error_code;

  std::string take() { return std::move(out_); }

  bool on_document_begin(code&) { return true; }
  bool on_document_end(code&) { return true; }

  bool on_object_begin(code&) { return open(true); }
  bool on_object_end(std::size_t, code&) {
    const frame object = close();
    const std::size_t count = drop_repeated(object);
    members_.resize(object.first_member);
    out_.insert(object.begin, head(count));
    out_ += '}';
    return true;
  }
  bool on_array_begin(code&) { return open(false); }
  bool on_array_end(std::size_t count, code&) {
    const frame array = close();
    out_.insert(array.begin, head(count));
    out_ += '}';
    return true;
  }

  bool on_key_part(std::string_view part, std::size_t, code&) { return append(part); }
  bool on_key(std::string_view part, std::size_t, code&) {
    append(part);
    const std::size_t begin = out_.size();
    // PHP's arrays have no string keys that read as integers.
    if (canonical_integer(text_))
      out_ += "i:" + text_ + ";";
    else
      out_ += php_serialize_string(text_);
    members_.push_back({begin, out_.size()});
    text_.clear();
    return true;
  }
  bool on_string_part(std::string_view part, std::size_t, code&) { return append(part); }
  bool on_string(std::string_view part, std::size_t, code&) {
    append(part);
    before_value();
    out_ += php_serialize_string(text_);
    text_.clear();
    return true;
  }

  bool on_number_part(std::string_view part, code&) { return append(part); }
  bool on_int64(std::int64_t value, std::string_view part, code&) {
    append(part);
    text_.clear();
    before_value();
    out_ += "i:" + std::to_string(value) + ";";
    return true;
  }
  bool on_uint64(std::uint64_t value, std::string_view part, code&) {
    return on_double(static_cast<double>(value), part);
  }
  bool on_double(double rough, std::string_view part, code&) { return on_double(rough, part); }
  bool on_bool(bool value, code&) { return literal(value ? "b:1;" : "b:0;"); }
  bool on_null(code&) { return literal("N;"); }
  bool on_comment_part(std::string_view, code&) { return true; }
  bool on_comment(std::string_view, code&) { return true; }

 private:
  struct frame {
    bool object = false;
    std::size_t begin = 0;         ///< where in out_ its head goes
    std::size_t first_member = 0;  ///< in members_
    std::size_t size = 0;          ///< of an array, so far
  };
  struct member {
    std::size_t begin;  ///< of its key in out_
    std::size_t value;  ///< of its value; it ends where the next one begins
  };

  static std::string head(std::size_t count) { return "a:" + std::to_string(count) + ":{"; }

  bool append(std::string_view part) {
    text_ += part;
    return true;
  }

  /// An array's members have keys too, which JSON doesn't write.
  void before_value() {
    if (!open_.empty() && !open_.back().object)
      out_ += "i:" + std::to_string(open_.back().size++) + ";";
  }

  bool open(bool object) {
    before_value();
    open_.push_back({object, out_.size(), members_.size(), 0});
    return true;
  }

  frame close() {
    const frame last = open_.back();
    open_.pop_back();
    return last;
  }

  bool literal(std::string_view text) {
    before_value();
    out_ += text;
    return true;
  }

  /// `rough` tells which way a number leaves the range of doubles; the number itself is read from
  /// its text.
  bool on_double(double rough, std::string_view part) {
    append(part);
    double value = 0;
    const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), value);
    if (error == std::errc::result_out_of_range)
      value = std::fabs(rough) > 1 ? std::copysign(HUGE_VAL, rough) : std::copysign(0.0, rough);
    text_.clear();
    before_value();
    out_ += "d:";
    if (std::isinf(value))
      out_ += value < 0 ? "-INF" : "INF";
    else
      append_double(out_, value, 'E');
    out_ += ';';
    return true;
  }

  /// As PHP does: the last value counts, in the place of the first. @return how many members are
  /// left.
  std::size_t drop_repeated(const frame& object) {
    const std::size_t count = members_.size() - object.first_member;
    const member* const all = members_.data() + object.first_member;
    const auto key = [&](std::size_t i) {
      return std::string_view(out_).substr(all[i].begin, all[i].value - all[i].begin);
    };
    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, {}, key);
    std::vector<std::size_t> value_of(count, count);  // count: dropped
    std::size_t left = 0;
    for (std::size_t i = 0; i < count; ++left) {
      const std::size_t first = order[i];
      while (i + 1 < count && key(order[i + 1]) == key(first)) ++i;
      value_of[first] = order[i++];
    }
    if (left == count) return count;

    std::string kept;
    for (std::size_t i = 0; i < count; ++i) {
      if (value_of[i] == count) continue;
      const std::size_t from = value_of[i];
      const std::size_t end = from + 1 < count ? all[from + 1].begin : out_.size();
      kept += key(i);
      kept.append(out_, all[from].value, end - all[from].value);
    }
    out_.replace(object.begin, std::string::npos, kept);
    return left;
  }

  std::string out_;
  std::string text_;  ///< of the string, key or number that is being read
  std::vector<frame> open_;
  std::vector<member> members_;  ///< of the objects that are open
};

}  // namespace

std::optional<std::string> php_serialize_json(std::string_view json) {
  bj::parse_options options;
  options.max_depth = max_depth;
  bj::basic_parser<php_writer> parser(options);
  bj::error_code error;
  const std::size_t read = parser.write_some(false, json.data(), json.size(), error);
  if (error || read != json.size()) return std::nullopt;
  return parser.handler().take();
}

}  // namespace core::envelope
