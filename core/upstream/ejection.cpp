// SPDX-License-Identifier: Apache-2.0
#include "core/upstream/ejection.hpp"

namespace core::upstream {

namespace {

/// The word: failures below, then whether a trial is under way, and above until when it is shut.
struct unpacked {
  std::uint32_t failures = 0;
  bool trial = false;
  std::uint64_t until = 0;  ///< milliseconds; 0: not ejected
};

constexpr unsigned trial_shift = 16;
constexpr unsigned until_shift = 17;
constexpr std::uint32_t most_failures = 0xFFFF;

unpacked unpack(ejection_state word) {
  return {static_cast<std::uint32_t>(word & most_failures), (word >> trial_shift & 1) != 0,
          word >> until_shift};
}

ejection_state pack(const unpacked& u) {
  return u.until << until_shift | std::uint64_t{u.trial} << trial_shift | u.failures;
}

std::uint64_t end_of(const ejection_rule& by, std::chrono::milliseconds now) {
  return static_cast<std::uint64_t>((now + by.time).count());
}

ejection_step note_failure(const ejection_rule& by, unpacked u, outcome what,
                           std::chrono::milliseconds now, bool others) {
  ejection_step step;
  if (u.until != 0) {
    // The trial failed; what was sent before the ejection says nothing new.
    if (u.trial) u = {u.failures, false, end_of(by, now)};
  } else {
    if (u.failures < most_failures) ++u.failures;
    const bool spared = what == outcome::unable && !others;
    if (by.failures != 0 && u.failures >= by.failures && !spared) {
      u.until = end_of(by, now);
      step.ejected = true;
    }
  }
  step.next = pack(u);
  return step;
}

}  // namespace

const char* name(outcome what) {
  switch (what) {
    case outcome::served: return "served";
    case outcome::unreachable: return "took no connection";
    case outcome::broken: return "broke off";
    case outcome::late: return "did not answer in time";
    case outcome::unable: return "answered 502, 503 or 504";
  }
  return "";
}

outcome outcome_of(unsigned status) {
  return status >= 502 && status <= 504 ? outcome::unable : outcome::served;
}

bool is_ejected(ejection_state state, std::chrono::milliseconds now) {
  return static_cast<std::uint64_t>(now.count()) < unpack(state).until;
}

ejection_step note(const ejection_rule& by, ejection_state state, outcome what,
                   std::chrono::milliseconds now, bool others) {
  const unpacked u = unpack(state);
  if (what != outcome::served) return note_failure(by, u, what, now, others);
  if (u.until == 0) return {};
  if (!u.trial) return {state};
  return {0, false, true};
}

entry_step ask(const ejection_rule& by, ejection_state state, std::chrono::milliseconds now) {
  unpacked u = unpack(state);
  if (by.failures == 0 || u.until == 0) return {state, entry::open};
  if (static_cast<std::uint64_t>(now.count()) < u.until) return {state, entry::shut};
  u.trial = true;
  u.until = end_of(by, now);
  return {pack(u), entry::trial};
}

}  // namespace core::upstream
