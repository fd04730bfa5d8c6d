// SPDX-License-Identifier: Apache-2.0
#pragma once

// The composition root: everything is made here, in order, from a model that is whole; nothing is
// bound before that. The calling thread becomes the steward, which runs what is not a request:
// signals, admin, other configurations, the end.

#include <atomic>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/config/model.hpp"
#include "gateway/admin/handle.hpp"
#include "gateway/app/handshake_log.hpp"
#include "gateway/app/listeners.hpp"
#include "gateway/app/marks.hpp"
#include "gateway/app/reload.hpp"
#include "gateway/app/reporter.hpp"
#include "gateway/app/take_over.hpp"
#include "gateway/app/worker_thread.hpp"
#include "gateway/log/access_log.hpp"
#include "gateway/log/audit_log.hpp"
#include "gateway/log/capture.hpp"
#include "gateway/log/logger.hpp"
#include "gateway/metrics/registry.hpp"
#include "gateway/net/plain_server.hpp"
#include "gateway/sys/descriptor.hpp"
#include "gateway/sys/service_manager.hpp"
#include "gateway/sys/signals.hpp"
#include "gateway/upstream/prober.hpp"
#include "gateway/upstream/resolver.hpp"

namespace gateway::app {

struct server_settings {
  core::config::model model;
  std::string config_path;  ///< names the replay state; empty: none is kept
  bool first_start =
      false;  ///< no messages can have been accepted before (demo): no barrier without a state file
  configuration_source source{};  ///< of the next one
  bool take_over = false;         ///< asks the gateway that runs to give way
};

class server {
 public:
  /// Looks up names, binds, opens logs and the replay state. Throws cannot_listen, or another
  /// std::exception with a sentence for the operator.
  /// Uses those of `handed` that listen where it should, and closes the others.
  server(server_settings settings, log::logger& diagnostics,
         std::vector<sys::descriptor> handed = {});
  ~server();
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  /// Serves until SIGTERM or SIGINT (or stop()), then drains. @return the exit status.
  int run();
  /// Thread-safe: as SIGTERM.
  void stop();

  /// Where it listens, with the ports that the kernel chose for 0.
  [[nodiscard]] std::vector<net::socket_address> addresses() const;
  [[nodiscard]] const net::socket_address* admin_address() const {
    return admin_ ? &admin_address_ : nullptr;
  }

 private:
  enum class phase { serving, handing_over, draining };

  void ask_to_give_way(const state_choice& state, std::vector<sys::descriptor>& handed);
  void open_logs(unsigned workers);
  void start_workers(listeners::change& doors);
  void listen_to_successors(const std::string& state_file);
  void attend_successors();
  void close_doors();
  void go_on();
  void leave_to_successor();
  void leave_files();
  /// Those of the one that gave way.
  void own_files_left();
  /// What it is at, in a word or two.
  [[nodiscard]] std::string_view occupation() const;
  /// For /readyz, in a sentence; empty: it is.
  [[nodiscard]] std::string why_not_ready() const;
  void start_admin();
  void announce();
  /// Asks the endpoints of the configuration in force how they are, where it says so.
  void watch_endpoints();
  void say(upstream::news what);
  /// Looks the names of the configuration in force up again, where it says so.
  void follow_names();
  void hear(const upstream::looked_up& found);
  [[nodiscard]] std::string status() const;
  net::task<void> watch_signals();
  void reopen_logs();
  void audit(core::observe::audit_event event, const core::observe::audit_facts& known = {});
  /// What a reload has changed in who can prove messages.
  void audit_clients(const core::config::model& before);
  /// In where it listens. `inherited`: of those before, what somebody else has opened.
  void say_what_differs(const std::vector<net::socket_address>& before,
                        const std::vector<net::socket_address>& inherited);
  /// `asked_by`: for whoever reads the logs.
  reload_outcome reload_configuration(std::string_view asked_by);
  /// `delay`: how long connections are still taken, so that whoever reads /readyz sends no more.
  void begin_drain(std::chrono::milliseconds delay = {});
  net::task<void> close_doors_after(std::chrono::milliseconds delay);
  void close_doors_for_good();
  net::task<void> drain();
  [[nodiscard]] bool all_drained() const;
  [[nodiscard]] net::plain_response answer_admin(const net::plain_request& asked);
  [[nodiscard]] metrics::readings read_figures() const;
  [[nodiscard]] const core::config::model& model() const { return state_.generation->rules->model; }

  log::logger& log_;
  sys::signals signals_;  // first of all: threads inherit its mask
  sys::service_manager manager_;
  server_settings settings_;
  std::unique_ptr<replay::store> marks_;
  std::unique_ptr<predecessor> before_;  ///< null: nobody gave way, or it is gone
  net::event_loop steward_{1};
  net::stream_descriptor told_{steward_};        ///< readable when a signal has come
  net::stream_descriptor successors_{steward_};  ///< where a new process can ask us to give way
  std::string control_path_;                     ///< of that; empty: nowhere
  giving_way way_;
  in_force state_;
  std::unique_ptr<bound> admin_;
  sys::descriptor admin_kept_;  ///< while another process may serve it
  net::socket_address admin_address_;
  net::plain_handler admin_handler_;
  std::unique_ptr<metrics::registry> counters_;
  std::unique_ptr<log::access_log> lines_;
  std::unique_ptr<log::lines_writer> writer_;
  std::unique_ptr<log::audit_log> audits_;  ///< null: off
  std::unique_ptr<log::lines_writer> audit_writer_;
  std::unique_ptr<log::capture> captures_;  ///< null: off
  std::unique_ptr<log::capture_writer> capture_writer_;
  session::connection_count connections_;
  handshake_log handshakes_{log_};
  std::vector<std::unique_ptr<reporter>> reporters_;
  std::vector<std::unique_ptr<worker_thread>> workers_;
  std::unique_ptr<upstream::prober> prober_;      ///< null until a configuration wants one
  std::set<std::string> lost_names_;              ///< that were not found the last time
  std::unique_ptr<upstream::resolver> resolver_;  ///< null until a configuration wants one
  std::atomic<phase> phase_{phase::serving};
  core::base::instant started_{};
  core::base::instant configured_{};  ///< when what is in force was read
  bool reload_succeeded_ = true;      ///< the last time the configuration was read
};

}  // namespace gateway::app
