// SPDX-License-Identifier: Apache-2.0
#pragma once

// A request's whole way through the gateway without its sockets, step by step as
// gateway/session/exchange and relay take it: from the head to the answer's, with the line in the
// access log and the counters; or to the problem document.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bench/load/options.hpp"
#include "bench/micro/operation.hpp"
#include "bench/micro/world.hpp"
#include "core/admission/answer.hpp"
#include "core/admission/stages.hpp"
#include "core/admission/upstream_head.hpp"
#include "core/base/errc.hpp"
#include "gateway/sys/clock.hpp"

namespace bench::micro {

class request_path final : public operation {
 public:
  /// `drawn`: each request is another client's, for another route. Else all are the last one's.
  request_path(const sizes& s, load::spoiled how, bool drawn = false);

  void prepare(std::size_t count) override;
  void touch() override;
  void run(std::size_t number) override;

 private:
  using outcome = core::base::result<void>;

  outcome proceed(std::string& message, std::size_t head_size,
                  const gateway::sys::two_clocks& started, core::observe::record& record);
  void forward(const core::admission::cleared& message, const core::admission::opened& sender,
               const gateway::sys::two_clocks& started, core::observe::record& record);
  void refuse(core::base::errc reason, core::observe::record& record);
  core::admission::envelope_facts facts(const core::admission::opened* sender,
                                        const core::observe::record& record,
                                        core::base::instant then);
  core::base::instant now() const;
  gateway::sys::two_clocks read_clocks() const;

  world world_;
  sizes sizes_;
  load::spoiled how_;
  bool drawn_;
  std::vector<std::string> messages_;
  gateway::session::scratch scratch_;
};

}  // namespace bench::micro
