// SPDX-License-Identifier: Apache-2.0
#pragma once

// What frees an object of OpenSSL's, as std::unique_ptr takes it.

#include <memory>

namespace core::crypto {

template <auto Free>
struct freed_by {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};

template <class T, auto Free>
using owned = std::unique_ptr<T, freed_by<Free>>;

}  // namespace core::crypto
