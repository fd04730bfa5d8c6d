// SPDX-License-Identifier: Apache-2.0
#include "core/http/head.hpp"

namespace core::http {

fields::lookup fields::find(std::string_view name, name_key key) const {
  lookup found;
  for (const field& f : *this)
    if (f.named(name, key) && ++found.count == 1) found.value = f.value;
  return found;
}

}  // namespace core::http
