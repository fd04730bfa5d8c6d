// SPDX-License-Identifier: Apache-2.0
#include "core/http/head.hpp"

namespace core::http {

namespace {

/// Called, so that the loop over keys, which rarely finds one, needs none of its registers.
[[gnu::noinline]] bool same(std::string_view a, std::string_view b) { return base::iequals(a, b); }

}  // namespace

fields::lookup fields::find(std::string_view name, name_key key) const {
  lookup found;
  const name_key* const keys = keys_.data();
  for (std::size_t i = 0; i < size_; ++i) {
    if (keys[i] != key || !same(items_[i].name, name)) continue;
    if (++found.count == 1) found.value = items_[i].value;
  }
  return found;
}

}  // namespace core::http
