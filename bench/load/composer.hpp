// SPDX-License-Identifier: Apache-2.0
#pragma once

// Makes requests, each with a message that was never sent before and, where it is sealed, under a
// fresh IV. One per thread. It knows no socket and no clock; random bytes come from the kernel, or
// from whoever needs the same ones again.

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "bench/load/options.hpp"
#include "bench/load/signer.hpp"
#include "bench/load/subject.hpp"
#include "core/crypto/cipher.hpp"

namespace bench::load {

struct request {
  std::string bytes;                        ///< the whole of it
  const core::keys::client* who = nullptr;  ///< whose it is
  std::uint64_t serial = 0;                 ///< which message it holds
  std::string mark;          ///< hex of what identifies it, for a signed reply; else empty
  std::int64_t stamp = 0;    ///< the second it is signed with
  std::size_t stamp_at = 0;  ///< where that stands in `bytes`
  std::size_t signature_at = 0;
};

using random_bytes = std::function<void(std::span<char>)>;

class composer {
 public:
  /// Bytes of a message: fewer don't hold who it is.
  static constexpr std::uint64_t smallest = 64;

  composer(const options& o, const subject& s);
  composer(const options& o, const subject& s, random_bytes draw);

  /// Replaces `out` by a new request, signed with `now` (Unix seconds).
  void compose(request& out, std::int64_t now);
  /// Signs it anew if the second has changed since: what was made ahead leaves with the stamp of
  /// the second in which it leaves. Where more than the stamp is signed, another message is made
  /// in its place once it is half a minute old.
  void restamp(request& r, std::int64_t now);
  /// The message of this serial number; until the next call of a member.
  std::string_view message(std::uint64_t serial);

 private:
  void write_head(request& out, std::string_view type, std::size_t body_size, std::int64_t now);
  const core::keys::client* speaker();
  [[nodiscard]] const core::keys::generation& key_of(const core::keys::client& who) const;
  const std::string& signature(const core::keys::client& who, std::int64_t now);
  [[nodiscard]] std::string token(const core::keys::client& who) const;

  const subject& subject_;
  random_bytes draw_;
  std::string target_line_;  ///< the request line and Host
  std::string version_;
  spoiled spoil_;
  bool drawn_;
  bool wants_mark_;
  std::string message_;
  std::size_t serial_at_;
  std::uint64_t next_serial_ = 0;
  std::int64_t signed_for_ = -1;
  const core::keys::client* signed_by_ = nullptr;
  std::string signature_;
  core::crypto::cipher_contexts contexts_;
  std::optional<signer> signer_;  ///< of messages by RFC 9421
};

/// Hex of what identifies this payload: CBC its MAC, GCM iv and tag.
std::string mark_of(std::string payload, core::crypto::cipher c);

}  // namespace bench::load
