// SPDX-License-Identifier: Apache-2.0
#include "gateway/app/server.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "core/config/changes.hpp"
#include "core/config/read.hpp"
#include "gateway/app/names.hpp"
#include "gateway/app/resources.hpp"
#include "gateway/app/watchdog.hpp"
#include "gateway/net/handed.hpp"
#include "gateway/net/loop.hpp"
#include "gateway/net/resolve.hpp"
#include "gateway/sys/clock.hpp"
#include "gateway/sys/limits.hpp"

namespace gateway::app {

using core::observe::audit_event;

namespace {

core::observe::line_style style_of(const core::config::access_log& settings) {
  core::observe::line_style style{settings.format, settings.fields.empty(), {}, settings.sample};
  for (const core::observe::member m : settings.fields) style.members.add(m);
  return style;
}

}  // namespace

server::server(server_settings settings, log::logger& diagnostics,
               std::vector<sys::descriptor> handed)
    : log_(diagnostics),
      settings_(std::move(settings)),
      started_(sys::now()),
      configured_(started_) {
  // Before anybody can take the last descriptor: a gateway that could not hear its signals, which
  // are blocked, could not be told to stop.
  const int own = ::dup(signals_.descriptor());
  if (own < 0) throw std::system_error(errno, std::generic_category(), "watching for signals");
  told_.assign(own);
  core::config::model& model = settings_.model;
  const state_choice state = choose_state(model, settings_.config_path, settings_.first_start);
  if (settings_.take_over) ask_to_give_way(state, handed);
  auto first = std::make_shared<session::generation>();
  first->groups = look_up(model, {}).groups;
  for (const std::string& text : crowded(first->groups)) log_.warning("{}", text);
  const unsigned workers = worker_count(model);
  listeners::change doors = state_.doors.prepare(steward_, model.listen, workers, &handed);
  first->secured = secure(model.listen, doors.numbers, state_.tickets);
  first->introducing = introducing(model.listen, doors.numbers);
  if (model.admin) {
    admin_ = std::make_unique<bound>(
        listen(steward_, *model.admin, cannot_listen::listener::admin, &handed));
    admin_address_ = admin_->socket.local_endpoint();
  }
  for (const sys::descriptor& other : handed)
    log_.warning("handed over, and in no use here: {}", net::describe(other));
  open_logs(workers);
  // From here on nobody is served until we do.
  if (before_) before_->ask_for_marks();
  marks_ = open_marks(model, state, log_);
  listen_to_successors(state.file);
  counters_ =
      std::make_unique<metrics::registry>(describe(model, first->groups, started_), workers);
  first->places = counters_->shared_places();
  first->rules = std::make_shared<const core::admission::snapshot>(std::move(model));
  first->allowances = limit::client_limits(first->rules->model.clients);
  first->addresses = limit::address_limits(first->rules->model);
  state_.heritage.put_in_force(*first, core::base::unix_seconds(started_));
  state_.generation = std::move(first);
  start_workers(doors);
  state_.doors.commit(std::move(doors));
}

server::~server() {
  if (!control_path_.empty()) ::unlink(control_path_.c_str());
  for (auto& w : workers_) w->stop();
  for (auto& w : workers_) w->join();
}

void server::open_logs(unsigned count) {
  const core::config::model& model = settings_.model;
  const core::config::access_log& lines = model.access_log;
  lines_ = std::make_unique<log::access_log>(lines.path, count, style_of(lines));
  writer_ = std::make_unique<log::lines_writer>(*lines_, "access log", log_);
  if (const auto& audits = model.audit_log) {
    audits_ = std::make_unique<log::audit_log>(audits->path, count);
    audit_writer_ = std::make_unique<log::lines_writer>(*audits_, "audit log", log_);
  }
  if (const auto& capture = model.capture) {
    captures_ = std::make_unique<log::capture>(
        *capture, log::capture_folder(*capture, settings_.config_path));
    capture_writer_ = std::make_unique<log::capture_writer>(*captures_, log_);
  }
}

void server::start_workers(listeners::change& doors) {
  const auto count = static_cast<unsigned>(doors.doors.size());
  const shared_parts parts{
      state_.generation, *marks_,         connections_,
      steward_,          captures_.get(), [this](upstream::news what) { say(std::move(what)); }};
  for (unsigned i = 0; i < count; ++i) {
    reporters_.push_back(std::make_unique<reporter>(counters_->worker(i), lines_->sink(i)));
    reporters_.back()->tell_of_handshakes(handshakes_);
    if (audits_) reporters_.back()->audit_to(*audits_, i);
    workers_.push_back(std::make_unique<worker_thread>(parts, std::move(doors.doors[i]),
                                                       counters_->worker(i), *reporters_.back()));
  }
}

int server::run() {
  // Before anything that a client could do.
  audit(audit_event::start);
  for (auto& w : workers_) w->start();
  watch_endpoints();
  follow_names();
  for (const net::socket_address& address : addresses())
    log_.info("listening on {}", net::format_address(address));
  if (admin_) {
    start_admin();
    const std::string at = net::format_address(admin_address_);
    log_.info("admin on {}", net::path_of(admin_address_).empty() ? "http://" + at + "/" : at);
  }
  net::spawn(steward_, watch_signals());
  announce();
  if (before_) {
    before_->relieve();
    own_files_left();
  }
  before_.reset();
  attend_successors();
  steward_.run();
  for (auto& w : workers_) w->stop();
  for (auto& w : workers_) w->join();
  audit(audit_event::stop);
  log_.info("stopped");
  return 0;
}

void server::announce() {
  std::vector<heartbeat*> hearts;
  for (auto& w : workers_) hearts.push_back(&w->pulse());
  net::spawn(steward_, feed_watchdog(&steward_, &manager_, std::move(hearts), &log_));
  if (!manager_.ready(status())) log_.warning("the service manager can't be told of the start");
}

std::string server::status() const {
  std::string text = "serving";
  for (const net::socket_address& address : addresses()) text += ' ' + net::format_address(address);
  return text;
}

void server::start_admin() {
  admin_handler_ = [this](const net::plain_request& asked) { return answer_admin(asked); };
  net::spawn(steward_, net::serve_plain(&admin_->socket, &admin_handler_));
}

void server::stop() {
  net::post(steward_, [this] { begin_drain(); });
}

void server::begin_drain(std::chrono::milliseconds delay) {
  const phase before = phase_.exchange(phase::draining);
  // Who was about to take over may have done so.
  if (before == phase::handing_over) leave_files();
  if (before == phase::draining) {
    log_.warning("told to stop again: ending what is still in flight");
    steward_.stop();
    return;
  }
  audit(audit_event::draining);
  manager_.stopping("draining");
  if (delay.count() == 0) return close_doors_for_good();
  log_.info("draining: connections are taken for another {} ms", delay.count());
  net::spawn(steward_, close_doors_after(delay));
}

net::task<void> server::close_doors_after(std::chrono::milliseconds delay) {
  co_await net::pause(steward_, delay);
  close_doors_for_good();
}

void server::close_doors_for_good() {
  log_.info("draining: {} connections, at most {} ms", connections_.open.load(),
            model().limits.drain_time.count());
  for (auto& w : workers_) w->drain();
  // The workers hold duplicates, which they empty before they close them.
  state_.doors.close();
  net::spawn(steward_, drain());
}

bool server::all_drained() const {
  return std::ranges::all_of(workers_, [](const auto& w) { return w->drained(); }) &&
         connections_.open.load() == 0;
}

net::task<void> server::drain() {
  const std::int64_t until =
      sys::steady_us() + std::chrono::microseconds(model().limits.drain_time).count();
  while (!all_drained() && sys::steady_us() < until)
    co_await net::pause(steward_, std::chrono::milliseconds(20));
  if (!all_drained())
    log_.warning("drain time is over: {} connections are cut", connections_.open.load());
  steward_.stop();
}

net::task<void> server::watch_signals() {
  for (;;) {
    if (co_await net::when_readable(told_)) co_return;
    while (const auto told = signals_.next()) {
      switch (*told) {
        case sys::signal::stop: begin_drain(model().limits.drain_delay); break;
        case sys::signal::reopen: reopen_logs(); break;
        case sys::signal::reload: reload_configuration("SIGHUP"); break;
      }
    }
  }
}

std::string_view server::occupation() const {
  switch (phase_.load()) {
    case phase::serving: return "serving";
    case phase::handing_over: return "handing over";
    case phase::draining: break;
  }
  return "draining";
}

void server::reopen_logs() {
  std::string problems;
  const auto reopen = [&](log::lines& one) {
    const auto problem = one.reopen();
    if (!problem) return;
    log_.error("{}", *problem);
    problems.append(problems.empty() ? "" : "; ").append(*problem);
  };
  reopen(*lines_);
  if (audits_) reopen(*audits_);
  audit(audit_event::logs_reopened, {problems});
}

void server::audit(audit_event event, const core::observe::audit_facts& known) {
  if (audits_) audits_->gateway(event, sys::now(), known);
}

void server::audit_clients(const core::config::model& before) {
  if (!audits_) return;
  for (const core::config::client_change& c : core::config::client_changes(before, model()))
    audit(c.what, {{}, {}, c.client, c.secret});
}

void server::say_what_differs(const std::vector<net::socket_address>& before,
                              const std::vector<net::socket_address>& inherited) {
  const std::vector<net::socket_address> now = addresses();
  const auto is_in = [](const auto& all, const auto& one) {
    return std::ranges::find(all, one) != all.end();
  };
  for (const net::socket_address& one : now)
    if (!is_in(before, one)) log_.info("listening on {}", net::format_address(one));
  for (const net::socket_address& one : before)
    if (!is_in(now, one))
      log_.info("no longer listening on {}{}", net::format_address(one),
                is_in(inherited, one) ? "; if a service manager has opened it, whoever connects "
                                        "there waits until that closes it too"
                                      : "");
}

reload_outcome server::reload_configuration(std::string_view asked_by) {
  if (phase_ != phase::serving) {
    log_.warning("{}: not while {}", asked_by, occupation());
    return {};
  }
  manager_.reloading();
  const std::vector<net::socket_address> before = addresses();
  const std::vector<net::socket_address> inherited = state_.doors.inherited();
  const auto generation = state_.generation;
  reload_outcome what = reload(
      settings_.source, {state_, workers_, *counters_, steward_, [this] { manager_.alive(); }});
  for (const core::config::problem& p : what.problems) {
    const std::string line = core::config::format(p, settings_.source.name);
    if (p.level == core::config::problem::severity::error)
      log_.error("{}", line);
    else
      log_.warning("{}", line);
  }
  for (const std::string& key : what.need_restart)
    log_.warning("{} is as it was: another value takes a restart", key);
  reload_succeeded_ = what.done;
  if (what.done) {
    lost_names_.clear();
    for (const upstream::looked_up& one : what.lost) lost_names_.insert(authority_of(one.name));
  }
  if (what.done) configured_ = sys::now();
  counters_->reloaded(what.done, sys::now());
  if (what.done) {
    log_.info("{}: the configuration is in force ({} routes, {} clients)", asked_by,
              model().routes.size(), model().clients.size());
    watch_endpoints();
    follow_names();
    say_what_differs(before, inherited);
    if (const auto few = descriptor_warning(model(), sys::raise_descriptor_limit()); !few.empty())
      log_.warning("{}", few);
  } else {
    log_.error("{}: nothing has changed, the configuration before is still in force", asked_by);
  }
  // Also where nothing has changed: it serves, after all.
  manager_.ready(status());
  audit(what.done ? audit_event::reload : audit_event::reload_failed, {asked_by});
  if (what.done) audit_clients(generation->rules->model);
  return what;
}

std::vector<net::socket_address> server::addresses() const { return state_.doors.addresses(); }

}  // namespace gateway::app
