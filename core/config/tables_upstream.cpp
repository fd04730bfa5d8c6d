// SPDX-License-Identifier: Apache-2.0
// The keys of an upstream.

#include "core/config/codecs.hpp"
#include "core/config/tables.hpp"

namespace core::config {

namespace {

constexpr std::int64_t hour = 3'600'000;

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
    std::string text = (e.tls ? "https://" : "http://") + print_address(e);
    const bool plain = text.find('[') == std::string::npos;
    return scalar_node(std::move(text), plain);
  }
};

struct endpoint_table {
  using value = endpoint;
  static std::span<const field<endpoint>> fields() {
    static constexpr field<endpoint> table[] = {
        row<endpoint, itself, endpoint_url>(
            "url", "where the service listens: http://HOST:PORT or https://HOST:PORT", required),
        unsupported<endpoint>("weight", "endpoints are taken in turn")};
    return table;
  }
};

/// http://HOST:PORT, or {url: http://HOST:PORT}.
struct endpoint_codec : endpoint_url {
  static bool read(reader& r, const spot& s, endpoint& out) {
    if (s.at->what == node::kind::map) return read_fields(r, s, endpoint_table::fields(), out);
    return endpoint_url::read(r, s, out);
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
      row<upstream, &upstream::endpoints, list_of<endpoint_codec>>(
          "endpoints",
          "where the service listens: http://HOST:PORT, {url: http://HOST:PORT}, or a list of "
          "them; "
          "`NAME: URL` is short for an upstream with one endpoint",
          required),
      row<upstream, &upstream::preserve_host, choice<host_words>>(
          "host",
          "the Host field that the service gets: its endpoint's, or the one the client sent"),
      row<upstream, itself, section<timeouts_table>>("timeouts", ""),
      row<upstream, &upstream::max_requests, number<std::uint32_t, 1, 1'000'000>>(
          "max_requests",
          "requests that it has at once, of all workers together; more wait in line"),
      row<upstream, &upstream::max_pending, number<std::uint32_t, 0, 1'000'000>>(
          "max_pending",
          "requests that wait in line, of all workers together; beyond them 503; 0: nobody waits"),
      unsupported<upstream>("balance", "endpoints are taken in turn"),
      unsupported<upstream>("health", "endpoints are not probed"),
      unsupported<upstream>("eject", "every endpoint keeps its turn"),
      unsupported<upstream>("retries", "nothing is sent twice"),
      unsupported<upstream>("slow_start"),
      unsupported<upstream>("resolve"),
      row<upstream, &upstream::tls, upstream_tls_section>("tls", ""),
  };
  return table;
}

void upstream_table::read(reader& r, const spot& s, upstream& out) {
  if (s.at->what != node::kind::scalar) return void(read_fields(r, s, fields(), out));
  endpoint e;
  if (endpoint_codec::read(r, s, e)) out.endpoints.push_back(std::move(e));
}

}  // namespace core::config
