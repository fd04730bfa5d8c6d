// SPDX-License-Identifier: Apache-2.0
#pragma once

// What `sign` and `call` have in common: the options that say who speaks to whom, and the request
// made of them.

#include <CLI/App.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/admission/client_request.hpp"
#include "core/http/url.hpp"
#include "gateway/net/plain_client.hpp"

namespace gateway::cli {

struct message_options {
  std::string config;
  std::string client;
  std::string secret;
  std::string version = "1.0.0";
  std::string method;               ///< empty: POST with a body, GET without
  std::optional<std::string> data;  ///< a body, @FILE, or @- for standard input
  std::vector<std::string> fields;  ///< "NAME: VALUE"
  std::optional<std::int64_t> at;   ///< the stamp, if it isn't now
  std::string private_key;          ///< path
  std::string connect_to;
  std::string url;
};

void add_message_options(CLI::App& command, message_options& given);

struct message {
  std::unique_ptr<core::admission::snapshot> rules;
  core::http::url url;
  net::plain_destination destination;
  std::optional<core::crypto::private_key> private_key;
  core::admission::client_request request;
  std::int64_t timestamp = 0;
  std::optional<core::base::errc> foreseen;  ///< what the gateway will refuse it for
};

/// @return the message, or the exit status after what is wrong was said.
std::variant<message, int> make_message(const message_options& given);

/// "the gateway will refuse this: …", for stderr.
std::string warning_of(core::base::errc foreseen);

}  // namespace gateway::cli
