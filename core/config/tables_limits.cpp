// SPDX-License-Identifier: Apache-2.0
// The keys of what is bounded.

#include "core/config/codecs.hpp"
#include "core/config/tables.hpp"
#include "core/config/units.hpp"

namespace core::config {

namespace {

struct per_address_table {
  using value = per_address;
  static std::span<const field<value>> fields() {
    static constexpr field<value> table[] = {
        row<value, &value::connections, maybe<number<std::uint32_t, 1, 1'000'000>>>(
            "connections",
            "connections at once from one address; beyond them it is hung up on; trusted proxies "
            "have no limit",
            "no limit"),
        row<value, &value::failures, maybe<number<std::uint32_t, 1, 1'000'000>>>(
            "failures",
            "refusals (400, 401, 403) for one address; beyond them 429 with Retry-After, before "
            "anything is proven",
            "no limit"),
        row<value, &value::per, duration<seconds, second, hour>>("per", "`failures`: in this time"),
    };
    return table;
  }
};

/// Off where it is left out; one that limits nothing is a slip.
struct per_address_section : maybe_section<per_address_table> {
  static bool read(reader& r, const spot& s, value& out) {
    if (!maybe_section<per_address_table>::read(r, s, out)) return false;
    const bool any = s.at->find("connections") != nullptr || s.at->find("failures") != nullptr;
    if (!any) r.problems.error(s, "limits nothing: say `connections`, `failures` or both");
    if (any && s.at->find("per") != nullptr && s.at->find("failures") == nullptr)
      r.problems.warn(s.key("per"), "has no effect without failures");
    return any;
  }
};

}  // namespace

std::span<const field<limits>> limits_table::fields() {
  static constexpr field<limits> table[] = {
      row<limits, &limits::header_bytes, size<kib, mib>>("header_bytes",
                                                         "largest request head; beyond it 431"),
      row<limits, &limits::target_bytes, size<64, mib>>("target_bytes",
                                                        "longest request-target; beyond it 414"),
      row<limits, &limits::body_bytes, size<1, gib>>(
          "body_bytes", "largest request body, as sent; beyond it 413"),
      row<limits, &limits::reply_bytes, size<kib, gib>>(
          "reply_bytes",
          "largest answer of an upstream on a route that seals or signs it; beyond it 502"),
      row<limits, &limits::header_timeout, duration<milliseconds, 10, hour>>(
          "header_timeout", "from a request's first byte until its head is whole; beyond it 408"),
      row<limits, &limits::body_timeout, duration<milliseconds, 10, hour>>(
          "body_timeout", "until the body is whole; beyond it 408"),
      row<limits, &limits::idle_timeout, duration<milliseconds, 10, day>>(
          "idle_timeout",
          "how long a client connection may be idle, and how long a client may read nothing of its "
          "answer"),
      row<limits, &limits::connections, number<std::uint32_t, 1, 1'000'000>>(
          "connections", "client connections at once; beyond them 503"),
      row<limits, &limits::drain_delay, duration<milliseconds, 0, hour>>(
          "drain_delay",
          "after SIGTERM, how long connections are still taken while /readyz says that it drains"),
      row<limits, &limits::drain_time, duration<milliseconds, 0, hour>>(
          "drain_time", "after that, how long requests in flight may take"),
      row<limits, &limits::per_address, per_address_section>("per_address", ""),
  };
  return table;
}

}  // namespace core::config
