// SPDX-License-Identifier: Apache-2.0
// The server's part in a take-over, as the one that comes and as the one that gives way.

#include <fcntl.h>

#include <algorithm>
#include <system_error>

#include "gateway/app/server.hpp"
#include "gateway/sys/clock.hpp"
#include "gateway/sys/passing.hpp"

namespace gateway::app {

void server::ask_to_give_way(const state_choice& state, std::vector<sys::descriptor>& handed) {
  if (state.file.empty())
    throw std::runtime_error(
        "can't take over: replay marks are kept in no file, and those of the gateway that runs "
        "would be lost");
  before_ = predecessor::find(control_path(state.file));
  if (!before_) {
    log_.info("no gateway runs that could be taken over");
    return;
  }
  log_.info("taking over from process {}", before_->process());
  for (sys::descriptor& one : before_->take_sockets()) handed.push_back(std::move(one));
}

// Where that can't be, the gateway serves all the same.
void server::listen_to_successors(const std::string& state_file) {
  if (state_file.empty()) return;
  try {
    const std::string path = control_path(state_file);
    sys::descriptor listening = sys::listen_at(path);
    successors_.assign(listening.get());
    static_cast<void>(listening.release());
    control_path_ = path;
  } catch (const std::system_error& e) {
    log_.warning("no other process will be able to take over: {}", e.what());
  }
}

void server::attend_successors() {
  if (control_path_.empty()) return;
  way_ = {
      [this] { return phase_ == phase::serving; },
      [this] {
        std::vector<offered_socket> all = state_.doors.offer();
        if (admin_)
          all.push_back({admin_->socket.native_handle(), static_cast<bool>(admin_->file)});
        return all;
      },
      [this] { close_doors(); },
      [this] { return std::ranges::all_of(workers_, [](const auto& w) { return w->settled(); }); },
      [this] { marks_->hand_over(); },
      [this] { go_on(); },
      [this] { leave_to_successor(); }};
  net::spawn(steward_, app::attend_successors(&steward_, &successors_, &way_, &log_));
}

void server::close_doors() {
  phase now = phase::serving;
  phase_.compare_exchange_strong(now, phase::handing_over);
  for (auto& w : workers_) w->leave_doors();
  if (!admin_) return;
  admin_kept_ = sys::descriptor(::fcntl(admin_->socket.native_handle(), F_DUPFD_CLOEXEC, 0));
  admin_->socket.close();
}

void server::go_on() {
  if (phase_ == phase::draining) return;  // told to stop meanwhile
  try {
    marks_->take_back(core::base::unix_seconds(sys::now()));
    std::vector<std::vector<door>> doors;
    for (std::size_t i = 0; i < workers_.size(); ++i) doors.push_back(state_.doors.duplicates());
    for (std::size_t i = 0; i < workers_.size(); ++i) workers_[i]->return_to(std::move(doors[i]));
    if (admin_) {
      admin_->socket.assign(admin_address_.protocol(), admin_kept_.get());
      static_cast<void>(admin_kept_.release());
      admin_->socket.non_blocking(true);
      net::spawn(steward_, net::serve_plain(&admin_->socket, &admin_handler_));
    }
    phase_ = phase::serving;
  } catch (const std::exception& e) {
    // The other one has the marks, and may serve yet; or there are no descriptors left.
    log_.error("{}", e.what());
    begin_drain();
  }
}

void server::leave_files() {
  state_.doors.leave_files();
  if (admin_) admin_->file.leave();
}

// Once it can no longer need them.
void server::own_files_left() {
  for (const std::string& path : before_->files()) {
    if (model().admin && model().admin->path == path)
      admin_->file = sys::socket_file(path);
    else if (!state_.doors.own_file(path))
      sys::socket_file(path).remove();
  }
}

void server::leave_to_successor() {
  audit(core::observe::audit_event::handed_over);
  // It has a socket of its own there now, and the files are its.
  control_path_.clear();
  leave_files();
  if (phase_ != phase::draining) begin_drain();
}

}  // namespace gateway::app
