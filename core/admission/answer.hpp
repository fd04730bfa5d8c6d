// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the client receives: the head of a streamed answer, an answer sealed and signed as its route
// says, a problem document.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/admission/refusal.hpp"
#include "core/admission/reply.hpp"
#include "core/admission/stages.hpp"
#include "core/http/framing.hpp"
#include "core/http/head.hpp"
#include "core/limit/standing.hpp"

namespace core::admission {

/// What every answer says besides its content.
struct envelope_facts {
  std::string_view request_id;
  std::string_view date;           ///< IMF-fixdate of now
  std::int64_t now = 0;            ///< Unix seconds
  bool close = false;              ///< the connection ends after this answer
  bool head_only = false;          ///< answer to HEAD: fields as for GET, no body
  const proven* sender = nullptr;  ///< the request, if its client is proven; else null
  bool deprecated = false;         ///< the client's version is below its `deprecated_below`
  /// How the client, which is proven, stands with its rate; null where that is not limited.
  const limit::standing* standing = nullptr;
};

/// What the upstream said.
struct upstream_answer {
  const http::response_head& head;
  const http::response_framing& framing;
  const route_policy& policy;  ///< the route it answers
};

/// How the body of a streamed answer is framed towards the client.
/// `websocket`: none, and what follows is no HTTP.
enum class outgoing { none, length, chunked, until_close, websocket };

/// Replaces `into`'s content by the head of an answer whose body is streamed after it.
void write_streamed_head(std::string& into, const upstream_answer& upstream, outgoing how,
                         const envelope_facts& facts);

/// Why there is no answer of the upstream's.
struct problem {
  base::errc reason = base::errc::internal;
  const route_policy* route = nullptr;  ///< whose scheme a 401 names; null if none was found
  std::string_view allow = {};          ///< for 405
  /// What a client that may know compares with the digest of what it signed; else empty.
  std::string_view signed_digest = {};
  unsigned retry_after = 0;  ///< seconds, where that is known better than by the reason; else 0
};

/// Whom a problem is sealed and signed for; null: nobody. What fails to be authentic before the
/// body is open has one answer, which tells nobody how far a message came: a stranger's.
const proven* addressee(const refusal& r, const proven* sender);

/// Replaces `into`'s content by the whole problem document (RFC 9457), signed if the addressee's
/// route says so, and sealed if there is a key for that. `random` is random_size bytes.
void write_problem(std::string& into, const problem& why, const envelope_facts& facts,
                   std::string_view random, workspace& space);

/// True if this request's answers are gathered, to be sealed or signed as a whole.
bool gathers_reply(const opened& sender);

/// Replaces `into`'s content by the whole answer, sealed and signed as the route says. `random`
/// is random_size bytes.
void write_gathered(std::string& into, const upstream_answer& upstream, std::string_view body,
                    const envelope_facts& facts, std::string_view random, workspace& space);

/// The standard reason phrase (RFC 9110, section 15) of a status that we send ourselves.
std::string_view reason_phrase(unsigned status);

}  // namespace core::admission
