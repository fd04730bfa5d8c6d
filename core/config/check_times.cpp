// SPDX-License-Identifier: Apache-2.0
// What ends as time goes by, clients' secrets above all. Told the time by whoever reads: a file
// that was right last year may leave a client without a secret today.

#include <algorithm>
#include <limits>

#include "core/base/date.hpp"
#include "core/config/checks.hpp"
#include "core/crypto/certificate.hpp"

namespace core::config {

namespace {

constexpr auto always = std::numeric_limits<std::int64_t>::min();
constexpr auto ever = std::numeric_limits<std::int64_t>::max();

/// Long enough to make a new secret, hand it over, and see it used.
constexpr std::int64_t notice = std::int64_t{30} * 24 * 3600;

std::int64_t from(const secret_generation& g) { return g.from.value_or(always); }
std::int64_t until(const secret_generation& g) { return g.until.value_or(ever); }

/// Seconds: 90 days.
constexpr std::int64_t longest_explanation = 90 * 86'400;

/// The end of the time, from `at` on, in which there is a secret in force at every moment; `at` if
/// there is none at once.
std::int64_t covered_until(const std::vector<secret_generation>& secrets, std::int64_t at) {
  for (;;) {
    const std::int64_t before = at;
    for (const secret_generation& g : secrets)
      if (from(g) <= at && at < until(g)) at = until(g);
    if (at == before || at == ever) return at;
  }
}

/// When the first secret after `at` begins.
std::int64_t next_from(const std::vector<secret_generation>& secrets, std::int64_t at) {
  std::int64_t next = ever;
  for (const secret_generation& g : secrets)
    if (from(g) > at && from(g) < until(g)) next = std::min(next, from(g));
  return next;
}

void check_client_times(const reviewed& f, const client_draft& c, const spot& at,
                        std::int64_t now) {
  const std::int64_t end = covered_until(c.secrets, now);
  if (end == ever) return;
  const std::int64_t next = next_from(c.secrets, end);
  if (end == now) {
    f.problems.warn(at, "none is in force now, so every message of this client is refused" +
                            (next == ever ? std::string("; \"countersign keygen\" makes a new one")
                                          : ", until " + base::format_iso8601(next)));
  } else if (next != ever) {
    f.problems.warn(at, "none is in force from " + base::format_iso8601(end) + " until " +
                            base::format_iso8601(next));
  } else if (end - now <= notice) {
    f.problems.warn(
        at, "the last one ends on " + base::format_iso8601(end) + ", and none comes after it");
  }
}

/// Those that are renewed by themselves have been by then.
constexpr std::int64_t renewal_notice = std::int64_t{14} * 24 * 3600;

void check_certificate_times(const reviewed& f, const certificate& c, const spot& at,
                             std::int64_t now) {
  const auto facts = std::get<crypto::certificate_facts>(crypto::read_certificate(c.chain.text));
  if (facts.until <= now)
    f.problems.warn(at, "expired on " + base::format_iso8601(facts.until) +
                            ": it is refused by whoever checks it");
  else if (facts.from > now)
    f.problems.warn(at, "is not valid before " + base::format_iso8601(facts.from));
  else if (facts.until - now <= renewal_notice)
    f.problems.warn(at, "expires on " + base::format_iso8601(facts.until));
}

void check_listener_times(const reviewed& f, std::int64_t now) {
  const spot all = f.top("listen");
  for (std::size_t i = 0; i < f.d.listen.size(); ++i) {
    const auto& tls = f.d.listen[i].tls;
    if (!tls) continue;
    const spot at = (all.at->what == node::kind::sequence ? all.item(i) : all).key("tls");
    const bool listed = at.at->find("certificates") != nullptr;
    for (std::size_t n = 0; n < tls->certificates.size(); ++n) {
      const spot pair = listed ? at.key("certificates").item(n) : at;
      check_certificate_times(f, tls->certificates[n], pair.key("certificate"), now);
    }
  }
}

void check_upstream_times(const reviewed& f, std::int64_t now) {
  for (std::size_t i = 0; i < f.d.upstreams.size(); ++i) {
    const auto& tls = f.d.upstreams[i].tls;
    if (tls && tls->own)
      check_certificate_times(f, *tls->own, f.upstream(i).key("tls").key("certificate"), now);
  }
}

}  // namespace

void check_times(const reviewed& f, std::int64_t now) {
  if (const auto& c = f.d.capture; c && c->until && *c->until <= now) {
    f.problems.warn(f.top("capture").key("until"),
                    "is over, so nothing is written; take `capture` out, and remove what it wrote");
  }
  check_listener_times(f, now);
  check_upstream_times(f, now);
  for (std::size_t i = 0; i < f.d.client_drafts.size(); ++i) {
    const client_draft& c = f.d.client_drafts[i];
    if (c.explain_until && *c.explain_until - now > longest_explanation)
      f.problems.warn(f.client(i).key("explain_to_client").key("until"),
                      "is more than 90 days away: it is for as long as a client is being written");
    if (c.enabled && !c.secrets.empty()) check_client_times(f, c, f.client(i).key("secrets"), now);
  }
}

}  // namespace core::config
