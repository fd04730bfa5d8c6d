// SPDX-License-Identifier: Apache-2.0
#include "gateway/app/marks.hpp"

#include <algorithm>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/instant.hpp"
#include "gateway/replay/state_path.hpp"
#include "gateway/sys/clock.hpp"
#include "gateway/sys/environment.hpp"

namespace gateway::app {

namespace {

replay::state_path auto_state(const core::config::model& model, const std::string& config_path) {
  std::vector<std::string> addresses;
  for (const core::config::address& a : model.listen)
    addresses.push_back(a.host + ":" + std::to_string(a.port));
  replay::state_environment env;
  env.state_directory = sys::environment("STATE_DIRECTORY");
  env.xdg_state_home = sys::environment("XDG_STATE_HOME");
  env.home = sys::environment("HOME");
  return replay::find_state_path(config_path, std::move(addresses), env);
}

}  // namespace

std::unique_ptr<replay::store> open_marks(const core::config::model& model,
                                          const std::string& config_path, bool first_start,
                                          log::logger& log) {
  replay::store_settings s;
  s.capacity = model.replay.capacity;
  s.retention = model.replay.retention.count();
  s.window = model.replay.window.count();
  s.future = model.replay.future.count();
  // Schemes may have windows of their own.
  for (const core::config::scheme_settings& one : model.schemes) {
    const auto* own = std::get_if<core::config::template_preset>(&one.what);
    if (own == nullptr) continue;
    s.window = std::max(s.window, own->scheme.window.value_or(0));
    s.future = std::max(s.future, own->scheme.future.value_or(0));
  }
  if (config_path.empty() || model.replay.state == "none") {
    s.barrier = !first_start;
  } else if (model.replay.state == "auto") {
    const replay::state_path found = auto_state(model, config_path);
    s.state_file = found.path;
    // Nobody can have addressed a port that the kernel chooses anew at each start.
    const bool fresh_ports =
        std::ranges::all_of(model.listen, [](const auto& a) { return a.port == 0; });
    if (fresh_ports) s.state_file.clear();
    s.barrier = found.path.empty() && !fresh_ports;
    if (s.barrier) log.warning("marks will not survive a restart: {}", found.why_not);
  } else {
    s.state_file = model.replay.state;
  }
  auto opened = std::make_unique<replay::store>(s, core::base::unix_seconds(sys::now()));
  if (!opened->note().empty()) log.warning("{}", opened->note());
  return opened;
}

}  // namespace gateway::app
