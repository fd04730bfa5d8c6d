// SPDX-License-Identifier: Apache-2.0
#pragma once

// A captured request as people have it: written by the gateway, by a proxy's log, by `curl -v`, by
// hand. Read by the server's own parser, once its line ends are HTTP's.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/errc.hpp"
#include "core/explain/message.hpp"

namespace gateway::cli {

/// Unix seconds; a stamp has no more than these digits either.
inline constexpr std::int64_t latest_arrival = 99'999'999'999;

struct captured {
  core::explain::message message;
  std::optional<std::int64_t> at;  ///< Unix seconds of its arrival, if the capture says it
  std::string reason;              ///< why it was refused then, as the gateway's capture says
  std::vector<std::string> notes;  ///< what was made of it, in sentences
  std::optional<core::base::errc> refused;  ///< it is no HTTP that the gateway reads
};

/// `header_limit` as for the server, in bytes. @return a sentence where there is no request at all.
std::variant<captured, std::string> read_captured(std::string_view raw, std::size_t header_limit);

}  // namespace gateway::cli
