// SPDX-License-Identifier: Apache-2.0
#include "core/keys/derived.hpp"

#include <algorithm>
#include <string>

#include "core/crypto/digest.hpp"

namespace core::keys {

const purpose* find_purpose(std::string_view name) {
  const auto* const found =
      std::ranges::find_if(purposes, [&](const purpose& p) { return p.name == name; });
  return found == purposes.end() ? nullptr : found;
}

base::secret derive(const base::secret& from, std::string_view purpose, std::string_view client_id,
                    std::size_t size) {
  const std::string info = std::string(purpose).append(":").append(client_id);
  std::string key = crypto::hkdf_sha256(from.reveal(), "gw-kdf-v1", info, size);
  base::secret out(key);
  explicit_bzero(key.data(), key.size());
  return out;
}

base::secret derive(const base::secret& from, const purpose& p, std::string_view client_id) {
  return derive(from, p.name, client_id, p.size);
}

}  // namespace core::keys
