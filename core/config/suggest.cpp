// SPDX-License-Identifier: Apache-2.0
#include "core/config/suggest.hpp"

#include <algorithm>
#include <numeric>

#include "core/base/ascii.hpp"

namespace core::config {

namespace {

/// Insertions, deletions, replacements and swaps of neighbours that lead from `a` to `b`; case
/// counts for nothing.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  const auto same = [&](std::size_t i, std::size_t j) {
    return base::to_lower(a[i]) == base::to_lower(b[j]);
  };
  for (std::size_t i = 0; i < a.size(); ++i) {
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      row[j + 1] = std::min({last[j + 1] + 1, row[j] + 1, last[j] + (same(i, j) ? 0 : 1)});
      if (i > 0 && j > 0 && same(i, j - 1) && same(i - 1, j))
        row[j + 1] = std::min(row[j + 1], before_last[j - 1] + 1);
    }
    std::swap(before_last, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

}  // namespace

std::optional<std::string_view> nearest(std::string_view written,
                                        const std::vector<std::string_view>& words) {
  constexpr std::size_t longest = 64;
  if (written.size() > longest) return std::nullopt;
  std::optional<std::string_view> best;
  std::size_t best_distance = 0;
  for (const std::string_view word : words) {
    const std::size_t shorter = std::min(word.size(), written.size());
    const std::size_t allowed = shorter < 3 ? 0 : shorter / 3;
    const std::size_t unlike =
        word.size() > written.size() ? word.size() - written.size() : written.size() - word.size();
    if (unlike > allowed || word.size() > longest) continue;
    const std::size_t d = distance(written, word);
    if (d <= allowed && (!best || d < best_distance)) {
      best = word;
      best_distance = d;
    }
  }
  return best;
}

std::string suggestion(std::string_view written, const std::vector<std::string_view>& words) {
  constexpr std::size_t most = 20;
  if (const auto word = nearest(written, words))
    return "; did you mean \"" + std::string(*word) + "\"?";
  if (words.empty() || words.size() > most) return {};
  std::string out = "; known here: ";
  for (std::size_t i = 0; i < words.size(); ++i) out.append(i == 0 ? "" : ", ").append(words[i]);
  return out;
}

}  // namespace core::config
