// SPDX-License-Identifier: Apache-2.0
#pragma once

// A message taken through the steps that the server takes it through, by the very functions, with
// what each step read and found written down. The replay store alone is not asked: it is the
// running gateway's.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/admission/stages.hpp"
#include "core/base/errc.hpp"
#include "core/explain/message.hpp"

namespace core::explain {

/// In their order; a message that is refused in a later one has come further.
enum class step : std::uint8_t {
  framing,     ///< is it HTTP that can be understood in one way only?
  route,       ///< which route is responsible?
  credential,  ///< what does it say of itself?
  time,        ///< is it fresh?
  client,      ///< who is named?
  signature,   ///< did they sign it?
  body,        ///< is the body whole, and can it be opened?
  admission,   ///< does the route take what was opened, and may this client do this?
  passed,
};
std::string_view name(step s);

struct fact {
  std::string_view name;
  std::string value;  ///< visible
};

struct step_taken {
  step what = step::framing;
  std::vector<fact> facts;
  std::optional<base::errc> refused;
};

/// How far a message comes. Points into the snapshot.
struct walk {
  step reached = step::framing;
  std::optional<base::errc> refused;
  bool observed = false;  ///< its route lets it pass all the same
  const admission::route_policy* policy = nullptr;
  const keys::client* client = nullptr;    ///< whom it names, proven or not
  const keys::generation* key = nullptr;   ///< whose signature it is, if it is one
  bool read = false;                       ///< could the credential be read?
  std::string token, version, stamp_text;  ///< of the credential
  std::int64_t stamp = 0;                  ///< Unix seconds
  bool stamped = false;
  std::string signed_text;               ///< with <secret> where the secret stands
  std::optional<std::string> plaintext;  ///< of a body that could be opened
  std::vector<step_taken> steps;

  [[nodiscard]] bool comes_further_than(const walk& other) const { return reached > other.reached; }
};

/// `now` as for the server: when the message arrived.
walk take(const message& m, const admission::snapshot& rules, base::instant now,
          admission::workspace& space);

}  // namespace core::explain
