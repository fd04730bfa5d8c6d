// SPDX-License-Identifier: Apache-2.0
#pragma once

// Messages that are right and messages that must be refused, of one kind, for whoever makes or
// checks such messages with a program of their own. Made with the verbs that the gateway uses, and
// each tried with the verbs that it checks with.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/admission/client_request.hpp"
#include "gateway/cli/examples.hpp"

namespace gateway::cli {

struct request_vector {
  std::string_view what;  ///< in words: the message itself, or what was changed
  core::admission::client_request request;
  std::optional<std::string_view> plaintext;  ///< nothing: a request without a body
  std::int64_t at = 0;                        ///< the gateway's clock
  std::string signed_text;                    ///< empty where the message can't be read
  std::optional<core::base::errc> refused;    ///< nothing: it is accepted
};

/// An answer to the first request.
struct reply_vector {
  std::string_view what;
  unsigned status = 0;
  std::vector<core::admission::client_field> fields;
  std::string body;
  std::int64_t at = 0;    ///< the client's clock
  std::string plaintext;  ///< of a reply that is right
  std::string fault;      ///< why it must be refused; empty: it is right
};

struct vector_set {
  std::vector<request_vector> requests, refused_requests;
  std::vector<reply_vector> replies, refused_replies;
  std::string nonce;     ///< of the requests
  std::string left_out;  ///< why there is nothing; else empty
};

/// `rules` is that of `e.rules`. Changes that this kind of message isn't protected against are no
/// vectors.
vector_set make_vectors(const example& e, const core::admission::snapshot& rules,
                        core::admission::workspace& space);

}  // namespace gateway::cli
