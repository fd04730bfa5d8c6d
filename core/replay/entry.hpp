// SPDX-License-Identifier: Apache-2.0
#pragma once

// What is kept of a mark. Entries and ledgers may live in a file that the next process maps: their
// layout is a format, and each change is ordered so that a process killed between any two of its
// stores leaves memory that can be read.

#include <array>
#include <cstdint>

namespace core::replay {

using fingerprint = std::array<std::uint8_t, 12>;

/// No entry: the end of a list, or "not found". Entries are numbered from 0; bit 31 of a link is
/// the state.
inline constexpr std::uint32_t nil = 0x7fff'ffff;

struct entry {
  replay::fingerprint fingerprint;
  std::uint32_t client;  ///< whose mark it is (mark::client); of a free entry: the next free one
  std::uint32_t link;    ///< the next entry of the list it is in; bit 31: it was released
  std::uint32_t window_end;  ///< Unix seconds; 0: the entry is free and in no list. Written last
                             ///< when it is filled, first when it is emptied

  static constexpr std::uint32_t released_bit = 0x8000'0000;

  [[nodiscard]] std::uint32_t next() const { return link & ~released_bit; }
  void set_next(std::uint32_t to) { link = (link & released_bit) | to; }
  [[nodiscard]] bool released() const { return (link & released_bit) != 0; }
  /// It holds nobody's mark: never filled, emptied or released.
  [[nodiscard]] bool free() const { return window_end == 0 || released(); }
  void set_released(bool on) { publish(link, on ? link | released_bit : link & ~released_bit); }
  void set_window_end(std::uint32_t to) { publish(window_end, to); }

  /// Nothing that was written before it can be missing where this is found after a kill. It orders
  /// stores; it does not share them between threads.
  template <class Word>
  static void publish(Word& word, Word value) {
    __atomic_store_n(&word, value, __ATOMIC_RELEASE);
  }
};
static_assert(sizeof(entry) == 24);

/// What has to outlive the process beside the entries, one for each set of them.
struct alignas(64) ledger {
  std::uint32_t used;  ///< entries that were ever filled: those behind them were never touched
  std::uint32_t unused;
  std::int64_t horizon;   ///< the latest window_end of anything that was forgotten; 0: nothing was
  std::uint64_t highest;  ///< the latest window_end ever reserved, its complement in the upper
                          ///< half: torn writes show

  void raise_horizon(std::int64_t to) {
    if (to > horizon) entry::publish(horizon, to);
  }
  void raise_highest(std::uint32_t to) {
    if (to > static_cast<std::uint32_t>(highest)) {
      entry::publish(highest, (static_cast<std::uint64_t>(~to) << 32U) | to);
    }
  }
  /// 0 when the two halves do not belong together.
  [[nodiscard]] std::uint32_t proven_highest() const {
    const auto low = static_cast<std::uint32_t>(highest);
    return static_cast<std::uint32_t>(highest >> 32U) == static_cast<std::uint32_t>(~low) ? low : 0;
  }
};
static_assert(sizeof(ledger) == 64);

}  // namespace core::replay
