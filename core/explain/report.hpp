// SPDX-License-Identifier: Apache-2.0
#pragma once

// Why was this message refused, and what must be changed?

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/admission/snapshot.hpp"
#include "core/admission/stages.hpp"
#include "core/base/instant.hpp"
#include "core/explain/message.hpp"
#include "core/explain/trials.hpp"
#include "core/explain/walk.hpp"

namespace core::explain {

struct report {
  walk taken;
  std::string mistake;  ///< its name, for programs; empty if none was found or nothing is wrong
  std::string advice;   ///< one sentence
  std::optional<difference> where;  ///< between what the gateway and what the client signs
  std::size_t tried = 0;            ///< how many changes were tried
};

/// `now` is when the message arrived. Points into `rules`.
report explain(const message& m, const admission::snapshot& rules, base::instant now,
               admission::workspace& space);

/// What to change of a message in which nothing is wrong and which was refused for `reason` when it
/// came: the store and the body's size are nothing that can be asked afterwards.
std::string advice_afterwards(std::string_view reason);

/// What `client` says that it signed, held against what is signed: where they part, in a sentence.
/// Where a secret of the client that is named stands in it, <secret> is read.
std::string compare_signed(const walk& taken, std::string_view client);

}  // namespace core::explain
