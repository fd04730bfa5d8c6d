// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which of a client's secrets proves a message? The same for every scheme.

#include <cstdint>

#include "core/base/errc.hpp"
#include "core/keys/client.hpp"

namespace core::scheme {

/// The generation in force that `verifies` the message. All in force that `has_key` says have a key
/// for it are tried, whatever the first ones answer. For an unknown client pass
/// key_ring::dummy(): the same work, never a match.
/// @return no_secret_in_force or bad_signature.
template <class HasKey, class Verifies>
base::result<const keys::generation*> find_generation(const keys::client& who, std::int64_t now,
                                                      HasKey has_key, Verifies verifies) {
  const keys::generation* match = nullptr;
  const keys::generation* other = nullptr;
  bool tried = false;
  for (const keys::generation& key : who.generations) {
    if (!has_key(key)) continue;
    if (other == nullptr) other = &key;
    if (!key.in_force(now)) continue;
    tried = true;
    // Verified first: leaving out the work after a match would tell by its time which generation a
    // client uses.
    if (verifies(key) && match == nullptr) match = &key;
  }
  if (!tried) {
    // As much work as a wrong signature with one secret in force, so that time does not tell an
    // expired client from an unknown one.
    if (other != nullptr) static_cast<void>(verifies(*other));
    return base::errc::no_secret_in_force;
  }
  if (match == nullptr || who.index == 0)
    return base::errc::bad_signature;  // 0 is the dummy: nobody's key, whatever it answers
  return match;
}

}  // namespace core::scheme
