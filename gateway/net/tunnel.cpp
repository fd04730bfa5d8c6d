// SPDX-License-Identifier: Apache-2.0
#include "gateway/net/tunnel.hpp"

#include <algorithm>

namespace gateway::net {

namespace {

constexpr std::size_t piece = 16 * 1024;
// Others have their turn after so many pieces each way.
constexpr int most_at_once = 16;
/// Whoever hears that the other side has ended ends soon as well.
constexpr std::chrono::milliseconds last_words{10'000};

}  // namespace

tunnel::tunnel(transport& client, transport& upstream, const early& first, buffer_pool& buffers,
               milliseconds idle)
    : buffers_(buffers),
      up_{client, upstream, first.of_client},
      down_{upstream, client, first.of_upstream},
      idle_(idle) {}

task<io_error> tunnel::run() { co_return co_await up_.from.drive_both(up_.to, *this, idle_); }

transport::driver::step tunnel::drive() {
  step now;
  for (int i = 0; i < most_at_once; ++i) {
    bool moved = false;
    for (direction* one : {&up_, &down_})
      if (const io_error failed = advance(*one, moved); failed != io_error::none) {
        now.over = failed;
        return now;
      }
    if (up_.ended && down_.ended) {
      now.over = io_error::none;
      return now;
    }
    now.moved = now.moved || moved;
    now.patience = up_.ended || down_.ended ? std::min(idle_, last_words) : idle_;
    if (!moved) return now;
  }
  now.more = true;
  return now;
}

// A step of one direction. An end is passed on once all before it has been.
io_error tunnel::advance(direction& one, bool& moved) {
  if (one.ended) return io_error::none;
  if (one.unsent.empty()) {
    one.memory = buffers_.borrow(piece);
    const auto got = one.from.read_now(one.memory.bytes());
    if (!got || got->error != io_error::none) one.memory.give_back();
    if (!got) return io_error::none;
    moved = true;
    if (got->error == io_error::eof) {
      one.ended = true;
      one.to.finish_sending();
      return io_error::none;
    }
    if (got->error != io_error::none) return got->error;
    one.unsent = {one.memory.data(), got->bytes};
  }
  const io_result sent = one.to.write_now(one.unsent);
  moved = moved || sent.bytes != 0;
  one.moved += sent.bytes;
  one.unsent.remove_prefix(sent.bytes);
  if (one.unsent.empty()) one.memory.give_back();
  return sent.error;
}

}  // namespace gateway::net
