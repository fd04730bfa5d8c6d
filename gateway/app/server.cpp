// SPDX-License-Identifier: Apache-2.0
#include "gateway/app/server.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <thread>

#include "core/config/read.hpp"
#include "gateway/net/loop.hpp"
#include "gateway/net/resolve.hpp"
#include "gateway/replay/state_path.hpp"
#include "gateway/sys/clock.hpp"
#include "gateway/sys/environment.hpp"
#include "gateway/sys/process.hpp"

namespace gateway::app {

using core::observe::audit_event;

namespace {

std::vector<upstream::group> look_up(const core::config::model& model) {
  std::vector<upstream::group> groups;
  for (const core::config::upstream& u : model.upstreams) {
    upstream::group g{u, {}};
    for (const core::config::address& a : u.endpoints) {
      const bool ipv6 = a.host.find(':') != std::string::npos;
      const std::string host = ipv6 ? "[" + a.host + "]" : a.host;
      // The default port is left out of Host, as clients do (RFC 9110, section 7.2).
      g.endpoints.push_back(
          {net::resolve(a), a.port == 80 ? host : host + ":" + std::to_string(a.port)});
    }
    groups.push_back(std::move(g));
  }
  return groups;
}

metrics::catalog describe(const core::admission::snapshot& rules,
                          const std::vector<upstream::group>& groups) {
  metrics::catalog names;
  for (const auto& policy : rules.policies) names.routes.push_back(policy.settings.name);
  for (const core::config::client& c : rules.model.clients) {
    metrics::client_description d{c.id, {}};
    for (const auto& s : c.secrets) d.secrets.push_back({s.id, s.until});
    names.clients.push_back(std::move(d));
  }
  for (const upstream::group& g : groups) {
    metrics::upstream_description d{g.settings.name, {}};
    for (const upstream::endpoint& e : g.endpoints) d.endpoints.push_back("http://" + e.authority);
    names.upstreams.push_back(std::move(d));
  }
  names.named_clients = rules.model.metrics_clients;
  names.loaded_at = sys::now();
  return names;
}

net::tcp_acceptor listen(net::event_loop& context, const core::config::address& where,
                         cannot_listen::listener whose) {
  const net::tcp_endpoint address = net::resolve(where);
  try {
    return net::listen_on(context, address);
  } catch (const boost::system::system_error& e) {
    throw cannot_listen(
        whose, "can't listen on " + net::format_endpoint(address) + ": " + e.code().message());
  }
}

replay::state_path auto_state(const server_settings& settings) {
  std::vector<std::string> addresses;
  for (const core::config::address& a : settings.model.listen)
    addresses.push_back(a.host + ":" + std::to_string(a.port));
  replay::state_environment env;
  env.state_directory = sys::environment("STATE_DIRECTORY");
  env.xdg_state_home = sys::environment("XDG_STATE_HOME");
  env.home = sys::environment("HOME");
  return replay::find_state_path(settings.config_path, std::move(addresses), env);
}

core::observe::line_style style_of(const core::config::access_log& settings) {
  core::observe::line_style style{settings.format, settings.fields.empty(), {}, settings.sample};
  for (const core::observe::member m : settings.fields) style.members.add(m);
  return style;
}

std::unique_ptr<replay::store> open_store(const server_settings& settings, log::logger& log) {
  const core::config::model& model = settings.model;
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
  if (settings.config_path.empty() || model.replay.state == "none") {
    s.barrier = !settings.first_start;
  } else if (model.replay.state == "auto") {
    const replay::state_path found = auto_state(settings);
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

}  // namespace

server::server(server_settings settings, log::logger& diagnostics)
    : log_(diagnostics), settings_(std::move(settings)), started_(sys::now()) {
  // Before anybody can take the last descriptor: a gateway that could not hear its signals, which
  // are blocked, could not be told to stop.
  const int own = ::dup(signals_.descriptor());
  if (own < 0) throw std::system_error(errno, std::generic_category(), "watching for signals");
  told_.assign(own);
  rules_ = std::make_shared<const core::admission::snapshot>(settings_.model);
  groups_ = look_up(rules_->model);
  for (const core::config::address& a : rules_->model.listen)
    listeners_.push_back(listen(steward_, a, cannot_listen::listener::clients));
  if (rules_->model.admin) {
    admin_ = std::make_unique<net::tcp_acceptor>(
        listen(steward_, *rules_->model.admin, cannot_listen::listener::admin));
    admin_address_ = admin_->local_endpoint();
  }
  marks_ = open_store(settings_, log_);
  start_workers();
}

server::~server() {
  for (auto& w : workers_) w->stop();
  for (auto& w : workers_) w->join();
}

void server::start_workers() {
  const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
  const unsigned count = rules_->model.workers == 0 ? cores : rules_->model.workers;
  counters_ = std::make_unique<metrics::registry>(describe(*rules_, groups_), count);
  counters_->reloaded(true, sys::now());
  const core::config::access_log& lines = rules_->model.access_log;
  lines_ = std::make_unique<log::access_log>(lines.path, count, style_of(lines));
  writer_ = std::make_unique<log::lines_writer>(*lines_, "access log", log_);
  if (const auto& audits = rules_->model.audit_log) {
    audits_ = std::make_unique<log::audit_log>(audits->path, count);
    audit_writer_ = std::make_unique<log::lines_writer>(*audits_, "audit log", log_);
  }
  if (const auto& capture = rules_->model.capture) {
    captures_ = std::make_unique<log::capture>(
        *capture, log::capture_folder(*capture, settings_.config_path));
    capture_writer_ = std::make_unique<log::capture_writer>(*captures_, log_);
  }
  std::vector<int> listening;
  for (auto& l : listeners_) listening.push_back(l.native_handle());
  const shared_parts parts{rules_, groups_, *marks_, connections_, captures_.get()};
  for (unsigned i = 0; i < count; ++i) {
    reporters_.push_back(
        std::make_unique<reporter>(*rules_, groups_, counters_->worker(i), lines_->sink(i)));
    if (audits_) reporters_.back()->audit_to(*audits_, i);
    workers_.push_back(std::make_unique<worker_thread>(parts, listening, counters_->worker(i),
                                                       *reporters_.back()));
  }
}

int server::run() {
  // Before anything that a client could do.
  audit(audit_event::start);
  for (auto& w : workers_) w->start();
  for (const net::tcp_endpoint& address : addresses())
    log_.info("listening on {}", net::format_endpoint(address));
  if (admin_) {
    start_admin();
    log_.info("admin on http://{}/", net::format_endpoint(admin_address_));
  }
  net::spawn(steward_, watch_signals());
  steward_.run();
  for (auto& w : workers_) w->stop();
  for (auto& w : workers_) w->join();
  audit(audit_event::stop);
  log_.info("stopped");
  return 0;
}

void server::start_admin() {
  admin_handler_ = [this](const net::plain_request& asked) { return answer_admin(asked); };
  net::spawn(steward_, net::serve_plain(admin_.get(), &admin_handler_));
}

void server::stop() {
  net::post(steward_, [this] { begin_drain(); });
}

void server::begin_drain() {
  if (phase_.exchange(phase::draining) == phase::draining) {
    log_.warning("told to stop again: ending what is still in flight");
    steward_.stop();
    return;
  }
  audit(audit_event::draining);
  log_.info("draining: {} connections, at most {} ms", connections_.open.load(),
            rules_->model.limits.drain_time.count());
  for (auto& w : workers_) w->drain();
  // The workers hold duplicates, which they empty before they close them.
  for (auto& l : listeners_) l.close();
  net::spawn(steward_, drain());
}

bool server::all_drained() const {
  return std::ranges::all_of(workers_, [](const auto& w) { return w->drained(); }) &&
         connections_.open.load() == 0;
}

net::task<void> server::drain() {
  const std::int64_t until =
      sys::steady_us() + std::chrono::microseconds(rules_->model.limits.drain_time).count();
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
        case sys::signal::stop: begin_drain(); break;
        case sys::signal::reopen: reopen_logs(); break;
        case sys::signal::reload:
          log_.warning("SIGHUP: this version takes a changed configuration up at a restart only");
          break;
      }
    }
  }
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
  audit(audit_event::logs_reopened, problems);
}

void server::audit(audit_event event, std::string_view detail) {
  if (audits_) audits_->gateway(event, sys::now(), detail);
}

net::plain_response server::answer_admin(const net::plain_request& asked) {
  admin::sources from;
  from.metrics = [this] {
    metrics::readings now;
    const replay::store_figures held = marks_->figures(core::base::unix_seconds(sys::now()));
    now.replay =
        metrics::replay_figures{held.marks, rules_->model.replay.capacity, held.retention_held};
    for (const upstream::group& g : groups_) {
      const upstream::slots::figures seen = g.places->look();
      now.upstreams.push_back({seen.taken, seen.waiting});
    }
    now.process = sys::read_process();
    now.log_lines_dropped = lines_->dropped();
    if (rules_->model.access_log.sample < core::observe::every_line)
      now.log_lines_sampled_out = lines_->sampled_out();
    if (audits_) now.audit_lines_dropped = audits_->dropped();
    if (captures_) now.captured = {captures_->written(), captures_->dropped()};
    return counters_->text(now);
  };
  from.config = [this] { return core::config::print_json(rules_->model); };
  from.beyond_loopback = !admin_address_.address().is_loopback();
  if (phase_ == phase::draining) from.not_ready = "draining";
  const std::string host = asked.field("host");
  admin::response answer = admin::handle({asked.method, asked.target, host}, from);
  net::plain_response out{
      answer.status, {{"Content-Type", answer.type}, {"Cache-Control", "no-store"}}, {}};
  if (!answer.allow.empty()) out.fields.emplace_back("Allow", answer.allow);
  out.body = std::move(answer.body);
  return out;
}

std::vector<net::tcp_endpoint> server::addresses() const {
  std::vector<net::tcp_endpoint> all;
  for (const auto& l : listeners_) all.push_back(l.local_endpoint());
  return all;
}

}  // namespace gateway::app
