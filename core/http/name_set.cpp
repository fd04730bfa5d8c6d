// SPDX-License-Identifier: Apache-2.0
#include "core/http/name_set.hpp"

#include <algorithm>

#include "core/base/ascii.hpp"

namespace core::http {

namespace {

/// Lower case for letters, themselves for digits, '-' for all else.
constexpr std::array<char, 256> fold_table = [] {
  std::array<char, 256> table{};
  table.fill('-');
  for (char c = '0'; c <= '9'; ++c) table[static_cast<unsigned char>(c)] = c;
  for (char c = 'a'; c <= 'z'; ++c) table[static_cast<unsigned char>(c)] = c;
  for (char c = 'A'; c <= 'Z'; ++c) table[static_cast<unsigned char>(c)] = base::to_lower(c);
  return table;
}();

constexpr char fold(char c) { return fold_table[static_cast<unsigned char>(c)]; }

constexpr std::size_t slot(char first) { return static_cast<unsigned char>(fold(first)) & 31U; }

}  // namespace

void name_set::insert(std::string_view name, bool prefix) {
  if (name.empty()) return;
  entry added{std::string(name), std::string(name), prefix};
  std::ranges::transform(added.folded, added.folded.begin(), fold);
  by_first_[slot(name.front())].push_back(std::move(added));
}

bool name_set::contains(std::string_view name) const {
  if (name.empty()) return false;
  return std::ranges::any_of(by_first_[slot(name.front())], [name](const entry& e) {
    const std::string_view part = e.prefix ? name.substr(0, e.text.size()) : name;
    return base::iequals(part, e.text);
  });
}

bool name_set::contains_lookalike(std::string_view name) const {
  if (name.empty()) return false;
  return std::ranges::any_of(by_first_[slot(name.front())], [name](const entry& e) {
    const std::string_view part = e.prefix ? name.substr(0, e.folded.size()) : name;
    return part.size() == e.folded.size() &&
           std::equal(part.begin(), part.end(), e.folded.begin(),
                      [](char x, char y) { return fold(x) == y; });
  });
}

}  // namespace core::http
