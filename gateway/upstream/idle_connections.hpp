// SPDX-License-Identifier: Apache-2.0
#pragma once

// Connections to one endpoint that nobody uses, the most recently used taken first, so that surplus
// ones grow old and are closed.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "gateway/net/transport.hpp"
#include "gateway/sys/prefetch.hpp"

namespace gateway::upstream {

class idle_connections {
 public:
  [[nodiscard]] bool empty() const { return all_.empty(); }
  [[nodiscard]] std::size_t size() const { return all_.size(); }

  /// `age` is the caller's clock, for remove_if().
  void add(std::unique_ptr<net::transport> stream, std::uint64_t turn, std::uint64_t age) {
    stream->rest();
    all_.push_back({std::move(stream), turn, age});
  }

  /// One that was added before this turn of the loop, if there is one: the kernel has said since
  /// whether it is quiet, and need not be asked. Not to be called when empty.
  std::unique_ptr<net::transport> take(std::uint64_t turn) {
    while (rested_ < all_.size() && all_[rested_].turn < turn) ++rested_;
    if (rested_ != 0) std::swap(all_[--rested_], all_.back());
    std::unique_ptr<net::transport> taken = std::move(all_.back().stream);
    all_.pop_back();
    if (!all_.empty()) {  // whoever comes next takes that one
      static constexpr std::size_t looked_at = 6 * 64;
      sys::prefetch((rested_ != 0 ? all_[rested_ - 1] : all_.back()).stream.get(), looked_at);
    }
    return taken;
  }

  /// @return how many were removed: those for which `gone(stream, age)`.
  template <class Gone>
  std::size_t remove_if(Gone gone) {
    rested_ = 0;
    return std::erase_if(all_, [&](const idle& c) { return gone(*c.stream, c.age); });
  }

 private:
  struct idle {
    std::unique_ptr<net::transport> stream;
    std::uint64_t turn = 0;
    std::uint64_t age = 0;
  };
  std::vector<idle> all_;
  std::size_t rested_ = 0;  ///< so many of the first were added before a turn that has been
};

}  // namespace gateway::upstream
