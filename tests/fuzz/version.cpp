// SPDX-License-Identifier: Apache-2.0
// Two versions and a condition, a line each: the order is one, and a condition that was taken says
// the same as its bounds.

#include "core/keys/version.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>

using namespace core::keys;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  std::array<std::string_view, 3> line;
  std::string_view rest = text;
  for (auto& one : line) {
    one = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(one.size() + 1, rest.size()));
  }
  const auto [a, b, condition] = line;
  const auto order = compare_versions(a, b);
  if (compare_versions(a, a) != 0 || compare_versions(b, a) != (0 <=> order)) std::abort();
  if (is_version(a) && (a.empty() || a.size() > 32)) std::abort();
  // Equal versions are equal to every third one.
  if (order == 0 && compare_versions(a, condition) != compare_versions(b, condition)) std::abort();
  if (order < 0 && compare_versions(b, condition) < 0 && compare_versions(a, condition) >= 0)
    std::abort();
  const auto range = version_range::parse(condition);
  if (range && range->text() != condition) std::abort();
  if (range && order == 0 && range->contains(a) != range->contains(b)) std::abort();
  for (const auto& [how, holds] : {std::pair(">=", order >= 0),
                                   {">", order > 0},
                                   {"<=", order <= 0},
                                   {"<", order < 0},
                                   {"=", order == 0}}) {
    const auto one = version_range::parse(std::string(how).append(b));
    if (is_version(b) && one && one->contains(a) != holds) std::abort();
  }
  return 0;
}
