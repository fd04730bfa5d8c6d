// SPDX-License-Identifier: Apache-2.0
#include "gateway/app/marks.hpp"

#include <algorithm>
#include <variant>

#include "core/base/instant.hpp"
#include "gateway/replay/state_path.hpp"
#include "gateway/sys/clock.hpp"
#include "gateway/sys/environment.hpp"

namespace gateway::app {

namespace {

replay::state_path auto_state(const std::string& config_path) {
  replay::state_environment env;
  env.state_directory = sys::environment("STATE_DIRECTORY");
  env.xdg_state_home = sys::environment("XDG_STATE_HOME");
  env.home = sys::environment("HOME");
  return replay::find_state_path(config_path, env);
}

}  // namespace

state_choice choose_state(const core::config::model& model, const std::string& config_path,
                          bool first_start) {
  if (config_path.empty() || model.replay.state == "none") return {{}, !first_start, {}};
  // Our container image says so: there the disk may be another one at each start.
  const std::string said = sys::environment("COUNTERSIGN_EPHEMERAL");
  const bool ephemeral = !said.empty() && said != "0";
  if (model.replay.state != "auto") return {model.replay.state, ephemeral, {}};
  // Nobody can have addressed a port that the kernel chooses anew at each start.
  if (std::ranges::all_of(model.listen, [](const auto& a) { return !a.is_path() && a.port == 0; }))
    return {};
  const replay::state_path found = auto_state(config_path);
  return {found.path, ephemeral || found.path.empty(), found.why_not};
}

std::unique_ptr<replay::store> open_marks(const core::config::model& model,
                                          const state_choice& state, log::logger& log) {
  replay::store_settings s;
  s.capacity = model.replay.capacity;
  s.retention = model.replay.retention.count();
  s.window = s.narrowest = model.replay.window.count();
  s.future = model.replay.future.count();
  // Schemes may have windows of their own.
  for (const core::config::scheme_settings& one : model.schemes) {
    const auto* own = std::get_if<core::config::template_preset>(&one.what);
    if (own == nullptr) continue;
    s.window = std::max(s.window, own->scheme.window.value_or(0));
    s.narrowest = std::min(s.narrowest, own->scheme.window.value_or(s.narrowest));
    s.future = std::max(s.future, own->scheme.future.value_or(0));
  }
  s.state_file = state.file;
  s.barrier = state.marks_lost;
  if (!state.why_not.empty()) log.warning("marks will not survive a restart: {}", state.why_not);
  auto opened = std::make_unique<replay::store>(s, core::base::unix_seconds(sys::now()));
  if (!opened->note().empty()) log.warning("{}", opened->note());
  // Whoever expected it to be there learns that what was sent before is not known here.
  if (opened->first_start() && !state.marks_lost)
    log.info(
        "replay marks begin: {} was not there, nor a trace of it; if they were both lost, what was "
        "sent before can be sent once more",
        state.file);
  return opened;
}

}  // namespace gateway::app
