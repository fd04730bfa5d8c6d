// SPDX-License-Identifier: Apache-2.0
#include "gateway/upstream/prober.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "gateway/net/resolve.hpp"
#include "gateway/net/socket_room.hpp"
#include "gateway/sys/clock.hpp"
#include "gateway/upstream/probe.hpp"

namespace gateway::upstream {

using std::chrono::milliseconds;

prober::prober(teller tell) : tell_(std::move(tell)), thread_([this] { loop_.run(); }) {}

prober::~prober() {
  net::post(loop_, [this] { net::spawn(loop_, end_all(this)); });
  thread_.join();
}

void prober::take_up(const std::vector<group>& groups) {
  std::vector<std::shared_ptr<patient>> wanted;
  for (const group& g : groups) {
    if (!g.settings.health) continue;
    for (const endpoint& e : g.endpoints) {
      auto one = std::make_shared<patient>();
      one->upstream = g.settings.name;
      one->to = e;
      one->tls = tls_to(e, g);
      one->by = *g.settings.health;
      wanted.push_back(std::move(one));
    }
  }
  net::post(loop_, [this, wanted = std::move(wanted)]() mutable { exchange(std::move(wanted)); });
}

void prober::exchange(std::vector<std::shared_ptr<patient>> wanted) {
  for (const auto& known : patients_) known->kept = false;
  std::vector<std::shared_ptr<patient>> next;
  for (auto& one : wanted) {
    const auto same = [&](const auto& known) { return known->to.condition == one->to.condition; };
    if (std::ranges::any_of(next, same)) continue;  // the file names it twice
    if (const auto found = std::ranges::find_if(patients_, same); found != patients_.end()) {
      (*found)->kept = true;
      (*found)->by = one->by;
      (*found)->tls = one->tls;
      next.push_back(*found);
      continue;
    }
    one->next = std::make_unique<net::alarm>(loop_);
    ++attended_;
    net::spawn(loop_, attend(this, one));
    next.push_back(std::move(one));
  }
  for (const auto& known : patients_)
    if (!known->kept) end(*known);
  patients_ = std::move(next);
}

// Whatever probes said of it holds no more.
void prober::end(patient& of) {
  of.ended = true;
  of.next->turn_off();
  of.to.condition->end_probes();
}

net::task<void> prober::attend(prober* self, std::shared_ptr<patient> one) {
  while (!one->ended) {
    const std::int64_t begun_us = sys::steady_us();
    probe_target what{one->to.address, one->to.authority, one->by.path, one->by.timeout, one->tls};
    const std::string why = co_await probe(&self->sockets_, &self->wheel_, std::move(what));
    // Without a descriptor for a socket nobody was asked.
    if (!one->ended && (why.empty() || net::can_open_sockets())) self->hear(*one, why);
    std::array<char, 4> drawn;
    self->random_.fill(drawn);
    std::uint32_t random = 0;
    std::memcpy(&random, drawn.data(), drawn.size());
    const milliseconds pause = core::upstream::until_next(one->by.interval, random);
    const milliseconds taken((sys::steady_us() - begun_us) / 1000);
    co_await one->next->wait(std::max(milliseconds(0), pause - taken));
  }
  --self->attended_;
}

void prober::hear(patient& of, const std::string& why) {
  using change = core::upstream::health::change;
  of.to.condition->count_probe(why.empty());
  const change what = of.health.resume(why.empty(), {of.by.rise, of.by.fall});
  if (what == change::none) return;
  std::string text = "upstream " + of.upstream + ": " + url_of(of.to);
  const std::string address = net::format_address(of.to.address);
  if (!of.to.authority.starts_with(address)) text += " (" + address + ")";
  if (what == change::came_up) {
    of.to.condition->come_up(milliseconds(sys::coarse_steady_us() / 1000));
    text += " is up: " + std::to_string(of.by.rise) + " good probes in a row";
  } else {
    of.to.condition->go_down();
    text +=
        " is down: " + std::to_string(of.by.fall) + " failed probes in a row, the last one: " + why;
  }
  tell_({what == change::came_up, std::move(text)});
}

// Every wait has a deadline, so letting them all run out ends every one; the loop then runs out of
// work by itself.
net::task<void> prober::end_all(prober* self) {
  for (const auto& one : self->patients_) {
    one->ended = true;
    one->next->turn_off();
  }
  while (self->attended_ != 0) {
    self->wheel_.expire_all();
    co_await net::pause(self->loop_, milliseconds(5));
  }
  self->wheel_.stop();
  self->sockets_.stop();
  self->work_.reset();
}

}  // namespace gateway::upstream
