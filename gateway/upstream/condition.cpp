// SPDX-License-Identifier: Apache-2.0
#include "gateway/upstream/condition.hpp"

namespace gateway::upstream {

namespace policy = core::upstream;

policy::entry condition::ask(const policy::ejection_rule& by, milliseconds now) {
  policy::ejection_state seen = ejection_.load(relaxed);
  policy::entry_step step;
  do {
    step = policy::ask(by, seen, now);
  } while (step.next != seen && !ejection_.compare_exchange_weak(seen, step.next, relaxed));
  return step.what;
}

bool condition::takes(const policy::ejection_rule& by, milliseconds now) const {
  return up() && policy::ask(by, ejection_.load(relaxed), now).what != policy::entry::shut;
}

condition::change condition::note(const policy::ejection_rule& by, policy::outcome what,
                                  milliseconds now, bool others) {
  policy::ejection_state seen = ejection_.load(relaxed);
  policy::ejection_step step;
  do {
    step = policy::note(by, seen, what, now, others);
  } while (step.next != seen && !ejection_.compare_exchange_weak(seen, step.next, relaxed));
  if (step.ejected) {
    ejections_.fetch_add(1, relaxed);
    return change::ejected;
  }
  if (!step.returned) return change::none;
  returned_at_.store(now.count(), relaxed);
  return change::returned;
}

void condition::come_up(milliseconds now) {
  ejection_.store(0, relaxed);
  returned_at_.store(now.count(), relaxed);
  up_.store(true, relaxed);
}

condition::figures condition::look(milliseconds now) const {
  return {up(),
          policy::is_ejected(ejection_.load(relaxed), now),
          reachable_.load(relaxed),
          ejections_.load(relaxed),
          good_probes_.load(relaxed),
          failed_probes_.load(relaxed)};
}

}  // namespace gateway::upstream
