// SPDX-License-Identifier: Apache-2.0
#include "core/keys/key_ring.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <stdexcept>
#include <utility>

namespace core::keys {
namespace {

constexpr std::string_view salt = "gw-kdf-v1";

/// Anyone can compute the dummy's key, and needn't be kept from it: nobody's token leads to the
/// dummy, and what proves a message against it discards a match (core/scheme). It only has to cost
/// what a client's key costs: always in force, of the usual cipher.
client make_dummy() {
  client dummy;
  dummy.id = "unknown";
  const base::secret key(
      crypto::hkdf_sha256("countersign", salt, "nobody", crypto::key_size(dummy.cipher)));
  dummy.generations.push_back(make_generation("none", std::numeric_limits<std::int64_t>::min(),
                                              std::numeric_limits<std::int64_t>::max(), key, key,
                                              dummy.cipher));
  return dummy;
}

/// Asks for the memory that proving and opening a message takes of this client, and then of its
/// newest secret: all lines of the cache at once, instead of one after the other.
void prefetch(const client& c) {
  constexpr std::size_t line = 64;
  const auto ask = [](const auto& of) {
    for (std::size_t at = 0; at < of.needed_bytes; at += line)
      __builtin_prefetch(reinterpret_cast<const char*>(&of) + at);
  };
  ask(c);
  if (!c.generations.empty()) ask(c.generations.front());
}

}  // namespace

key_ring::key_ring(std::vector<client> clients, std::vector<dummy_keys> kinds,
                   std::string_view seed) {
  if (kinds.size() > 1) choice_.emplace(crypto::hkdf_sha256(seed, salt, "unknown-token", 32));
  clients_.reserve(clients.size() + 1);
  clients_.push_back(make_dummy());
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    client& dummy = i == 0 ? clients_.front() : more_dummies_.emplace_back(make_dummy());
    dummy.generations.front().schemes = std::move(kinds[i]);
  }
  std::ranges::move(clients, std::back_inserter(clients_));
  // From here on clients_ stays as it is: the map's keys are views into it.
  by_token_.reserve(clients_.size());
  for (std::size_t index = 0; index < clients_.size(); ++index) {
    clients_[index].index = static_cast<std::uint32_t>(index);
    // The dummy has no token: a message that names none must not find it. Nor has a client that
    // routes name: what its messages say of themselves counts for nothing.
    if (index != 0 && !clients_[index].bound)
      by_token_.emplace(clients_[index].token, &clients_[index]);
  }
}

const client& key_ring::dummy(std::string_view token) const {
  if (!choice_) return clients_.front();
  const crypto::sha256_digest digest = choice_->mac({token});
  const std::size_t which = static_cast<unsigned char>(digest[0]) % (more_dummies_.size() + 1);
  return which == 0 ? clients_.front() : more_dummies_[which - 1];
}

const client* key_ring::find(std::string_view token) const {
  const auto found = by_token_.find(token);
  const client* const named = found == by_token_.end() ? nullptr : found->second;
  // As much for nobody, so that an unknown token takes no fewer steps.
  prefetch(named != nullptr ? *named : dummy());
  return named;
}

generation make_generation(std::string id, std::int64_t from, std::int64_t until,
                           const base::secret& signing, const base::secret& encryption,
                           crypto::cipher c) {
  // An empty key would let everybody in.
  if (signing.empty() || encryption.empty()) throw std::invalid_argument("a secret is empty");
  base::secret reply(crypto::hkdf_sha256(encryption.reveal(), salt,
                                         std::string("laravel-reply:").append(name(c)),
                                         crypto::key_size(c)));
  crypto::hmac_sha256 reply_mac(reply.reveal());
  return {
      .from = from,
      .until = until,
      .signing = signing,
      .encryption = encryption,
      .reply = std::move(reply),
      .sign_mac = crypto::hmac_sha256(signing.reveal()),
      .envelope_mac = crypto::hmac_sha256(encryption.reveal()),
      .id = std::move(id),
      .schemes = {},
      .reply_mac = reply_mac,
      .jwe = {},
      .aes128gcm = {},
  };
}

generation make_unshared_generation(std::string id) {
  // The MACs must have some key. They are never asked: is_shared() is false.
  const crypto::hmac_sha256 unused("no secret");
  return {.signing = {},
          .encryption = {},
          .reply = {},
          .sign_mac = unused,
          .envelope_mac = unused,
          .id = std::move(id),
          .schemes = {},
          .reply_mac = unused,
          .jwe = {},
          .aes128gcm = {}};
}

}  // namespace core::keys
