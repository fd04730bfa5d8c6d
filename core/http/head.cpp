// SPDX-License-Identifier: Apache-2.0
#include "core/http/head.hpp"

namespace core::http {

fields::lookup fields::find(std::string_view name, name_key key) const {
  lookup found;
  for (std::size_t i = 0; i < size_; ++i)
    if (keys_[i] == key && base::iequals(items_[i].name, name) && ++found.count == 1)
      found.value = items_[i].value;
  return found;
}

}  // namespace core::http
