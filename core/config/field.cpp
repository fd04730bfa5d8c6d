// SPDX-License-Identifier: Apache-2.0
#include "core/config/field.hpp"

#include "core/base/ascii.hpp"

namespace core::config {

namespace {

bool is_word(std::string_view key) {
  return !key.empty() && key.size() <= 40 && base::is_alpha(key.front()) &&
         std::ranges::all_of(key, [](char c) {
           return base::is_alpha(c) || base::is_digit(c) || c == '_' || c == '-';
         });
}

}  // namespace

bool report_missing_blank(reader& r, const spot& map, const entry& e) {
  const std::size_t colon = e.key.find(':');
  if (colon == std::string::npos || !is_word(e.key.substr(0, colon))) return false;
  r.problems.error(e.at, join_path(map.path, e.key.substr(0, colon)),
                   "a blank is missing after the colon");
  return true;
}

void report_unknown_key(reader& r, const spot& map, const entry& e,
                        const std::vector<std::string_view>& known) {
  if (report_missing_blank(r, map, e)) return;
  // A key without a value may be a value without its key.
  if (!is_word(e.key) || (e.value.what == node::kind::null && !nearest(e.key, known))) {
    r.problems.error(e.at, map.path, "a key that is not known" + suggestion({}, known));
    return;
  }
  r.problems.error(e.at, join_path(map.path, e.key), "unknown key" + suggestion(e.key, known));
}

std::string unsupported_message(std::string_view instead) {
  std::string out = "is not supported by this version";
  return instead.empty() ? out : out.append(": ").append(instead);
}

bool has_value(reader& r, const spot& s) {
  if (s.at->what == node::kind::null) {
    r.problems.error(
        s,
        "has no value; leave the key out for its default, and quote a text like \"null\" or \"~\"");
  }
  return s.at->what != node::kind::null && s.at->what != node::kind::broken;
}

bool expect_map(reader& r, const spot& s, std::string_view what) {
  if (s.at->what == node::kind::map) return true;
  if (s.at->what != node::kind::broken) r.problems.error(s, "must be " + std::string(what));
  return false;
}

}  // namespace core::config
