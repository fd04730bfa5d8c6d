// SPDX-License-Identifier: Apache-2.0
#include "core/http/name_set.hpp"

#include <algorithm>

#include "core/base/ascii.hpp"

namespace core::http {

namespace {

std::size_t slot(name_key key) { return key * 0x9E3779B1U >> 27; }

std::uint32_t letter_bit(char first) { return 1U << (fold(first) & 31U); }

bool folds_to(std::string_view name, std::string_view folded) {
  return std::ranges::equal(name, folded, {}, fold);
}

}  // namespace

name_set::entry name_set::make_entry(std::string_view name) {
  entry made{std::string(name), std::string(name), key_of(name)};
  std::ranges::transform(made.folded, made.folded.begin(), fold);
  return made;
}

void name_set::add(std::string_view name) {
  if (!name.empty()) names_[slot(key_of(name))].push_back(make_entry(name));
}

void name_set::add_prefix(std::string_view start) {
  if (start.empty()) return;
  prefixes_.push_back(make_entry(start));
  prefix_letters_ |= letter_bit(start.front());
}

/// Is there an entry that is the same as the name, or as its beginning?
template <class Same>
bool name_set::any(std::string_view name, name_key key, Same same) const {
  if (name.empty()) return false;
  for (const entry& e : names_[slot(key)])
    if (e.key == key && same(name, e)) return true;
  if ((prefix_letters_ & letter_bit(name.front())) == 0) return false;
  return std::ranges::any_of(
      prefixes_, [&](const entry& e) { return same(name.substr(0, e.text.size()), e); });
}

bool name_set::contains(std::string_view name, name_key key) const {
  return any(name, key,
             [](std::string_view part, const entry& e) { return base::iequals(part, e.text); });
}

bool name_set::contains_lookalike(std::string_view name, name_key key) const {
  return any(name, key, [](std::string_view part, const entry& e) {
    return base::iequals(part, e.text) || folds_to(part, e.folded);
  });
}

}  // namespace core::http
