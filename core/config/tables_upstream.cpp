// SPDX-License-Identifier: Apache-2.0
// The keys of an upstream.

#include <algorithm>

#include "core/config/address_codecs.hpp"
#include "core/config/tables.hpp"
#include "core/config/units.hpp"
#include "core/http/target.hpp"

namespace core::config {

namespace {

/// The one key that every endpoint has.
struct endpoint_url {
  using value = endpoint;
  static std::string type() { return "URL"; }
  static bool read(reader& r, const spot& s, endpoint& out) {
    const std::string* text = read_scalar(r, s, type());
    if (!text || !accept(r, s, parse_endpoint(*text), static_cast<address&>(out))) return false;
    out.tls = is_secured(*text);
    return true;
  }
  static node print(const endpoint& e) {
    const std::string_view scheme = e.is_path() ? "" : e.tls ? "https://" : "http://";
    return print_as(e, std::string(scheme) + print_address(e));
  }
};

struct endpoint_table {
  using value = endpoint;
  static std::span<const field<endpoint>> fields() {
    static constexpr field<endpoint> table[] = {
        row<endpoint, itself, endpoint_url>(
            "url", "where the service listens: http://HOST:PORT, https://HOST:PORT or unix:PATH",
            required),
        row<endpoint, &endpoint::weight, number<std::uint32_t, 1, 256>>(
            "weight", "its share of the requests, beside the others'"),
    };
    return table;
  }
};

/// http://HOST:PORT, unix:PATH, or {url: http://HOST:PORT, weight: 2}.
struct endpoint_codec : endpoint_url {
  static bool read(reader& r, const spot& s, endpoint& out) {
    if (s.at->what == node::kind::map) return read_fields(r, s, endpoint_table::fields(), out);
    return endpoint_url::read(r, s, out);
  }
};

struct endpoint_list : list_of<endpoint_codec> {
  /// All short, or none.
  static node print(const value& all) {
    if (std::ranges::all_of(all, [](const endpoint& e) { return e.weight == 1; }))
      return list_of<endpoint_codec>::print(all);
    node out = sequence_node();
    for (const endpoint& e : all) out.items.push_back(print_fields(endpoint_table::fields(), e));
    return out;
  }
  static void describe(const std::string& path, const value&, std::vector<reference_row>& out) {
    describe_fields(path + "[]", endpoint_table::fields(), endpoint{}, out);
  }
};

struct balance_words {
  static constexpr std::array<std::pair<std::string_view, balance>, 2> words{
      {{"round_robin", balance::round_robin}, {"least_busy", balance::least_busy}}};
};

struct probe_path_rule : text_rule {
  static constexpr std::string_view type = "path";
  static parsed<std::string> parse(std::string_view text) {
    if (http::parse_target(text)) return std::string(text);
    return wrong{quoted(text) + " must be a path like /healthz, with a query or without"};
  }
};

struct health_table {
  using value = health_check;
  static std::span<const field<health_check>> fields() {
    static constexpr field<health_check> table[] = {
        row<health_check, &health_check::path, ruled<probe_path_rule>>(
            "path", "what is asked for by GET; an answer of 200 to 399 is good", required),
        row<health_check, &health_check::interval, duration<milliseconds, 100, hour>>(
            "interval", "between two probes of an endpoint, a tenth more or less"),
        row<health_check, &health_check::timeout, duration<milliseconds, 10, hour>>(
            "timeout", "until the head of the answer is there; beyond it the probe has failed"),
        row<health_check, &health_check::rise, number<std::uint32_t, 1, 1000>>(
            "rise", "so many good probes in a row, and an endpoint that is down is up"),
        row<health_check, &health_check::fall, number<std::uint32_t, 1, 1000>>(
            "fall", "so many failed probes in a row, and it is down"),
    };
    return table;
  }
};

struct eject_table {
  using value = ejection;
  static std::span<const field<ejection>> fields() {
    static constexpr field<ejection> table[] = {
        row<ejection, &ejection::failures, number<std::uint32_t, 0, 1000>>(
            "failures",
            "so many failed requests in a row, and an endpoint gets none for a while; 0: never; of "
            "no effect where there is only one"),
        row<ejection, &ejection::time, duration<milliseconds, 100, hour>>(
            "for",
            "for how long; then one request tries it, and all others follow if that went well"),
    };
    return table;
  }
};

struct host_words {
  static constexpr std::array<std::pair<std::string_view, bool>, 2> words{
      {{"endpoint", false}, {"preserve", true}}};
};

struct timeouts_table {
  using value = upstream;
  static std::span<const field<upstream>> fields() {
    static constexpr field<upstream> table[] = {
        row<upstream, &upstream::connect_timeout, duration<milliseconds, 10, hour>>(
            "connect",
            "until a connection stands; beyond it 502; and, before that, how long a request waits "
            "in line for one of `max_requests`; beyond it 503"),
        row<upstream, &upstream::response_timeout, duration<milliseconds, 10, hour>>(
            "response",
            "until the head of the answer is there, and then between any two pieces of it; beyond "
            "it 504"),
        row<upstream, &upstream::idle_timeout, duration<milliseconds, 10, hour>>(
            "idle",
            "how long a connection that is not in use is kept; shorter than the service keeps it"),
    };
    return table;
  }
};

}  // namespace

std::span<const field<upstream>> upstream_table::fields() {
  static constexpr field<upstream> table[] = {
      row<upstream, &upstream::endpoints, endpoint_list>(
          "endpoints",
          "where the service listens: http://HOST:PORT, unix:PATH, {url: http://HOST:PORT, weight: "
          "2}, or a list of them; `NAME: URL` is short for an upstream with one endpoint",
          required),
      row<upstream, &upstream::balance, choice<balance_words>>(
          "balance",
          "which endpoint is next: round_robin: each in turn, by weight; least_busy: the one that "
          "has the fewest requests for its weight"),
      row<upstream, &upstream::preserve_host, choice<host_words>>(
          "host",
          "the Host field that the service gets: its endpoint's (localhost where that is a unix: "
          "path), or the one the client sent"),
      row<upstream, itself, section<timeouts_table>>("timeouts", ""),
      row<upstream, &upstream::max_requests, number<std::uint32_t, 1, 1'000'000>>(
          "max_requests",
          "requests that it has at once, of all workers together; more wait in line"),
      row<upstream, &upstream::max_pending, number<std::uint32_t, 0, 1'000'000>>(
          "max_pending",
          "requests that wait in line, of all workers together; beyond them 503; 0: nobody waits"),
      row<upstream, &upstream::retries, number<std::uint32_t, 0, 100>>(
          "retries",
          "how often a request that was sent, and came to nothing, is sent once more; the route's "
          "`retry` says which"),
      row<upstream, &upstream::health, maybe_section<health_table>>("health", ""),
      row<upstream, &upstream::eject, section<eject_table>>("eject", ""),
      row<upstream, &upstream::slow_start, duration<milliseconds, 0, hour>>(
          "slow_start",
          "an endpoint that comes back has its whole share after so long, and less before; of no "
          "effect where there is only one"),
      row<upstream, &upstream::resolve, duration<milliseconds, 0, day>>(
          "resolve",
          "how often the names of its endpoints are looked up again; 0s: at a start and at a "
          "reload "
          "alone"),
      row<upstream, &upstream::tls, upstream_tls_section>("tls", ""),
  };
  return table;
}

void upstream_table::read(reader& r, const spot& s, upstream& out) {
  if (s.at->what != node::kind::scalar) return void(read_fields(r, s, fields(), out));
  endpoint one;
  if (endpoint_codec::read(r, s, one)) out.endpoints.push_back(std::move(one));
}

}  // namespace core::config
