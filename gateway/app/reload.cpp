// SPDX-License-Identifier: Apache-2.0
#include "gateway/app/reload.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <future>
#include <utility>

#include "core/base/instant.hpp"
#include "core/config/report.hpp"
#include "core/json/check.hpp"
#include "gateway/app/names.hpp"
#include "gateway/app/restart.hpp"
#include "gateway/sys/clock.hpp"

namespace gateway::app {

namespace {

/// A worker's loop turns within microseconds; one that doesn't must not hold up everything else.
constexpr std::chrono::seconds turn_patience{10};

bool has_errors(const core::config::reading& r) {
  return !r.value || std::ranges::any_of(r.problems, [](const core::config::problem& p) {
    return p.level == core::config::problem::severity::error;
  });
}

core::config::problem of_the_whole(std::string message) {
  return {core::config::problem::severity::error, 0, 0, {}, std::move(message)};
}

/// What may take its time: files and names.
struct read_and_looked_up {
  core::config::reading read;
  destinations found;
};

core::config::problem warning(std::string message) {
  core::config::problem p = of_the_whole(std::move(message));
  p.level = core::config::problem::severity::warning;
  return p;
}

read_and_looked_up look(const configuration_source& from, const reloaded_parts& parts,
                        std::vector<std::string>& need_restart) {
  read_and_looked_up got;
  got.read = from.read();
  if (has_errors(got.read)) return got;
  const session::generation& now = *parts.state.generation;
  need_restart = keep_what_needs_a_restart(now.rules->model, *got.read.value);
  got.found = look_up(*got.read.value, parts.state.heritage.shared, now.groups, parts.look);
  for (const upstream::looked_up& one : got.found.lost)
    got.read.problems.push_back(warning(one.problem + "; what it led to before is still used"));
  for (std::string& text : crowded(got.found.groups))
    got.read.problems.push_back(warning(std::move(text)));
  return got;
}

/// Runs it on a thread of its own and waits for it: who supervises the process hears of us
/// meanwhile.
template <class Work>
auto wait_for(const Work& work, const std::function<void()>& meanwhile) {
  static constexpr std::chrono::milliseconds step{100};
  auto result = std::async(std::launch::async, work);
  while (result.wait_for(step) != std::future_status::ready)
    if (meanwhile) meanwhile();
  return result.get();
}

/// What takes its place, made whole.
struct successor {
  std::shared_ptr<session::generation> next;
  listeners::change doors;
  std::int64_t now = 0;
};

successor prepare(core::config::model wanted, std::vector<upstream::group> groups,
                  const reloaded_parts& parts) {
  successor made;
  made.next = std::make_shared<session::generation>();
  made.next->groups = std::move(groups);
  made.doors = parts.state.doors.prepare(parts.steward, wanted.listen,
                                         static_cast<unsigned>(parts.workers.size()));
  made.next->secured = secure(wanted.listen, made.doors.numbers, parts.state.tickets);
  made.next->introducing = introducing(wanted.listen, made.doors.numbers);
  // As late as can be: what is accepted until then goes by the windows of the old one.
  const core::base::instant now = sys::now();
  made.now = core::base::unix_seconds(now);
  made.next->rules = std::make_shared<const core::admission::snapshot>(
      std::move(wanted), ended(parts.state.heritage.windows, made.now));
  made.next->allowances =
      limit::client_limits(made.next->rules->model.clients, &parts.state.generation->allowances);
  made.next->addresses =
      limit::address_limits(made.next->rules->model, &parts.state.generation->addresses);
  // The last that can fail: names that were added in vain are no harm.
  made.next->places =
      parts.counters.take_up(describe(made.next->rules->model, made.next->groups, now));
  return made;
}

void put_in_force(successor made, const reloaded_parts& parts) {
  parts.state.heritage.put_in_force(*made.next, made.now);
  std::vector<std::future<void>> done;
  for (std::size_t i = 0; i < parts.workers.size(); ++i)
    done.push_back(
        parts.workers[i]->take_up(made.next, std::move(made.doors.doors[i]), made.doors.closed));
  for (const std::future<void>& one : done) one.wait_for(turn_patience);
  parts.state.doors.commit(std::move(made.doors));
  parts.state.generation = std::move(made.next);
}

}  // namespace

reload_outcome reload(const configuration_source& from, const reloaded_parts& parts) {
  reload_outcome out;
  if (!from.read) {
    out.problems.push_back(of_the_whole("there is none to read"));
    return out;
  }
  try {
    read_and_looked_up got =
        wait_for([&] { return look(from, parts, out.need_restart); }, parts.meanwhile);
    const bool bad = has_errors(got.read);
    out.problems = std::move(got.read.problems);
    if (bad) return out;
    out.lost = std::move(got.found.lost);
    put_in_force(prepare(std::move(*got.read.value), std::move(got.found.groups), parts), parts);
    out.done = true;
  } catch (const std::exception& e) {
    out.problems.push_back(of_the_whole(e.what()));
  }
  return out;
}

std::string json_members(const reload_outcome& what) {
  std::string json = R"("problems":[)";
  bool first = true;
  for (const core::config::problem& p : what.problems) {
    if (!std::exchange(first, false)) json += ',';
    core::config::append_json(json, p);
  }
  json.append(R"(],"restart_needed":[)");
  first = true;
  for (const std::string& key : what.need_restart) {
    if (!std::exchange(first, false)) json += ',';
    core::json::append_string(json, key);
  }
  return json += ']';
}

}  // namespace gateway::app
