// SPDX-License-Identifier: Apache-2.0
#pragma once

// The keys that session tickets are sealed with (RFC 5077, RFC 8446 section 4.6.1): the gateway
// keeps no sessions, clients do. One for all workers and listeners, and kept over reloads; a new
// one each hour, and what a ticket's key was is forgotten an hour later.

#include <array>
#include <cstdint>
#include <mutex>

#include "core/base/secret.hpp"
#include "gateway/sys/entropy.hpp"

// OpenSSL's own names, so that only sources include its headers.
struct evp_cipher_ctx_st;
struct evp_mac_ctx_st;

namespace gateway::net {

class ticket_keys {
 public:
  /// Seconds. A ticket can be used as long: its key lives twice that.
  static constexpr std::int64_t lifetime = 3600;

  ticket_keys();
  ticket_keys(const ticket_keys&) = delete;
  ticket_keys& operator=(const ticket_keys&) = delete;

  using name = std::array<unsigned char, 16>;
  using vector = std::array<unsigned char, 16>;

  // Thread-safe. `now` is of a clock that only goes forward, in seconds.
  /// Prepares both for a new ticket, and says how. @return false when OpenSSL can't.
  bool seal(name& by, vector& iv, evp_cipher_ctx_st* cipher, evp_mac_ctx_st* mac, std::int64_t now);
  enum class found { no, yes, old };
  /// Prepares both for a ticket that a client has kept. no: a stranger's, or of a key that is
  /// forgotten; old: it is to be exchanged for a new one.
  found open(const name& by, const vector& iv, evp_cipher_ctx_st* cipher, evp_mac_ctx_st* mac,
             std::int64_t now);

 private:
  struct key {
    name called{};
    core::base::secret bytes;  ///< of the cipher, then of the MAC; empty: there is none
  };

  void renew(std::int64_t now);
  key make();

  std::mutex guard_;
  sys::entropy random_;
  key current_, previous_;
  std::int64_t since_ = 0;  ///< when did the current one begin?
  bool begun_ = false;
};

}  // namespace gateway::net
