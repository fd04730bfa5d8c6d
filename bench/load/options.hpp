// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the command line asks for, checked. Every load has an end, in requests and in seconds.

#include <cstdint>
#include <optional>
#include <string>

#include "bench/load/target.hpp"

namespace bench::load {

inline constexpr int exit_fine = 0;
inline constexpr int exit_failure = 1;
inline constexpr int exit_usage = 64;
inline constexpr int exit_config = 78;

/// What the body of an answer must be.
enum class expected_body { any, echo };

/// What is wrong with every request, on purpose.
enum class spoiled { nothing, signature, token };

struct options {
  std::string url;
  target to;

  // Who speaks.
  bool plain = false;
  std::string config, client, route;
  bool drawn = false;  ///< each message is another client's, drawn from all that the file has
  std::string token, secret, cipher = "AES-128-CBC", construction = "A1";
  std::string payload;    ///< form, json, raw; empty: as the route says
  std::string plaintext;  ///< serialized, raw; empty: as the route says
  std::string version = "1.0.0";
  std::string private_key;  ///< file of a client's that has a public key
  spoiled spoil = spoiled::nothing;

  // How much, and how fast.
  std::uint64_t requests = 100'000;
  double seconds = 10;
  std::uint32_t connections = 64;
  unsigned threads = 1;
  double rate = 0;  ///< requests a second, of all threads together; 0: a closed loop
  std::uint64_t size = 1024;
  double timeout = 10;
  bool reconnect = false;  ///< each request has a connection of its own

  // What is right, and what is said.
  unsigned status = 200;
  expected_body body = expected_body::any;
  bool allow_refused = false;  ///< 503 or 429 with Retry-After is counted apart, and no failure
  bool json = false;
};

/// Says on stderr what is wrong. @return nothing, with `status` set, when there is nothing to run.
std::optional<options> parse_options(int argc, const char* const* argv, int& status);

}  // namespace bench::load
