// SPDX-License-Identifier: Apache-2.0
#include "gateway/sys/signals.hpp"

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace gateway::sys {

namespace {

sigset_t ours() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGHUP, SIGTERM, SIGINT, SIGUSR1}) sigaddset(&set, number);
  return set;
}

}  // namespace

struct signals::masks {
  sigset_t blocked{};
  struct sigaction pipe{};
  struct sigaction file_size{};
};

signals::signals() : before_(std::make_unique<masks>()) {
  const sigset_t set = ours();
  descriptor_ = ::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
  if (descriptor_ < 0) throw std::system_error(errno, std::generic_category(), "signalfd");
  ::pthread_sigmask(SIG_BLOCK, &set, &before_->blocked);
  struct sigaction ignore{};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &ignore, &before_->pipe);
  ::sigaction(SIGXFSZ, &ignore, &before_->file_size);
}

signals::~signals() {
  ::close(descriptor_);
  ::pthread_sigmask(SIG_SETMASK, &before_->blocked, nullptr);
  ::sigaction(SIGPIPE, &before_->pipe, nullptr);
  ::sigaction(SIGXFSZ, &before_->file_size, nullptr);
}

std::optional<signal> signals::next() {
  signalfd_siginfo info{};
  if (::read(descriptor_, &info, sizeof info) != static_cast<ssize_t>(sizeof info))
    return std::nullopt;
  switch (static_cast<int>(info.ssi_signo)) {
    case SIGHUP: return signal::reload;
    case SIGUSR1: return signal::reopen;
    default: return signal::stop;
  }
}

}  // namespace gateway::sys
