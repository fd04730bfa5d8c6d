// SPDX-License-Identifier: Apache-2.0
#pragma once

// What is kept of a request that was refused, or would have been, so that it can be explained.

#include <string_view>

#include "core/base/errc.hpp"
#include "core/observe/record.hpp"
#include "gateway/log/capture.hpp"
#include "gateway/session/body.hpp"

namespace gateway::session {

struct refused_request {
  core::base::errc reason;
  std::string_view head;
  const body_reader* reader;  ///< null: how its body is framed is not known
  std::string_view body;      ///< what is here of it, as it came
  bool chunked;
};

/// Keeps it if it is the client that is to blame.
void keep_refused(log::capture& captures, const core::observe::record& r,
                  const refused_request& request);

}  // namespace gateway::session
