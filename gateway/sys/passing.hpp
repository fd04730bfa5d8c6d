// SPDX-License-Identifier: Apache-2.0
#pragma once

// Words and descriptors between two processes of one user on one machine: a socket of the file
// system (unix(7), SOCK_SEQPACKET) whose messages arrive whole or not at all.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/sys/descriptor.hpp"

namespace gateway::sys {

/// A listening socket at `path`, for its owner alone (mode 0600), non-blocking. What stood there
/// before and listens no more is replaced. Throws std::system_error, also for a path of more than
/// 107 bytes.
descriptor listen_at(const std::string& path);

/// The next who connected, non-blocking; nothing if nobody waits.
descriptor accept_at(int listener);

/// Connected to whoever listens at `path`; nothing if nobody does. Blocking, no longer than
/// `patience` for each message. Throws std::system_error.
descriptor connect_to(const std::string& path, std::chrono::milliseconds patience);

/// Is the other end run by this process's user, or by root?
bool is_trusted(const descriptor& peer);

/// The process at the other end.
int process_of(const descriptor& peer);

/// Sends a message, and a duplicate of `with` (-1: none) with it. @return false if it can't be
/// sent: the other end is gone, or doesn't listen.
bool pass(const descriptor& to, std::string_view words, int with = -1);

struct passed {
  std::string words;  ///< empty: the other end is gone
  sys::descriptor with;
};
/// The next message, of at most 256 bytes; nothing while there is none (within the patience of
/// connect_to).
std::optional<passed> receive(const descriptor& from);

}  // namespace gateway::sys
