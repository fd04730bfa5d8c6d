// SPDX-License-Identifier: Apache-2.0
// The keys at the top of the file and those of the gateway as a whole.

#include <algorithm>

#include "core/base/ascii.hpp"
#include "core/config/address_codecs.hpp"
#include "core/config/codecs.hpp"
#include "core/config/tables.hpp"
#include "core/config/units.hpp"
#include "core/crypto/signature.hpp"
#include "core/http/host.hpp"

namespace core::config {

namespace {

struct admin_table {
  using value = admin;
  static std::span<const field<admin>> fields() {
    static constexpr field<admin> table[] = {
        row<admin, itself, ruled<listen_rule>>("address",
                                               "where metrics, health and status are served; "
                                               "`admin: ADDRESS:PORT` is short for it",
                                               required),
        row<admin, &admin::token, maybe<secret_value>>(
            "token",
            "who sends it as `Authorization: Bearer TOKEN` may change things from elsewhere, too",
            "off loopback nothing can be changed"),
    };
    return table;
  }
};

/// HOST:PORT, or {address: HOST:PORT, token: SECRET}.
struct admin_section : maybe_section<admin_table> {
  static bool read(reader& r, const spot& s, value& out) {
    if (s.at->what == node::kind::map) return maybe_section<admin_table>::read(r, s, out);
    return ruled<listen_rule>::read(r, s, out.emplace());
  }
  static node print(const value& v) {
    return v && !v->token ? listen_rule::print(*v) : maybe_section<admin_table>::print(v);
  }
};

/// A network, or nothing: those who have no address.
struct peer_rule {
  using value = std::optional<base::ip_network>;
  static constexpr std::string_view type = "network, or unix";
  static parsed<value> parse(std::string_view text) {
    if (text == http::local_peer) return value();
    auto found = parse_network(text);
    if (const auto* network = std::get_if<base::ip_network>(&found)) return value(*network);
    if (text.starts_with(http::local_peer))
      return wrong{quoted(text) + " is no network; who comes over a Unix-domain socket is `unix`"};
    return std::get<wrong>(std::move(found));
  }
  static node print(const value& one) {
    return one ? network_rule::print(*one) : scalar_node(std::string(http::local_peer));
  }
};

struct trusted_list {
  using list = list_of<ruled<peer_rule>, true>;
  using value = http::trusted_peers;
  static std::string type() { return list::type(); }
  static bool read(reader& r, const spot& s, value& out) {
    list::value all;
    const bool whole = list::read(r, s, all);
    for (const peer_rule::value& one : all) {
      if (one)
        out.networks.push_back(*one);
      else
        out.local = true;
    }
    return whole;
  }
  static node print(const value& v) {
    list::value all(v.networks.begin(), v.networks.end());
    if (v.local) all.emplace_back();
    return list::print(all);
  }
};

struct workers_rule {
  using value = unsigned;
  static constexpr std::string_view type = "auto, or a number, 1 to 1024";
  static parsed<unsigned> parse(std::string_view text) {
    if (text == "auto") return 0U;
    const auto n = parse_number(text);
    const auto* count = std::get_if<std::uint64_t>(&n);
    if (!count || *count < 1 || *count > 1024)
      return wrong{quoted(text) + " is neither auto nor a number from 1 to 1024"};
    return static_cast<unsigned>(*count);
  }
  static node print(unsigned n) { return scalar_node(n == 0 ? "auto" : std::to_string(n)); }
};

struct store_words {
  enum class store { memory };
  static constexpr std::array<std::pair<std::string_view, store>, 1> words{
      {{"memory", store::memory}}};
  static constexpr std::array<std::string_view, 1> unsupported{"redis"};
};

struct path_rule : text_rule {
  static parsed<std::string> parse(std::string_view text) {
    if (text.empty()) return wrong{"is empty"};
    return std::string(text);
  }
};

struct state_rule : path_rule {
  static constexpr std::string_view type = "auto, none, or a path";
};

struct replay_table {
  using value = replay;
  static std::span<const field<replay>> fields() {
    static constexpr field<replay> table[] = {
        row<replay, &replay::window, duration<seconds, second, day>>(
            "window", "how old a message's timestamp may be, in whole seconds"),
        row<replay, &replay::future, duration<seconds, 0, hour>>(
            "future", "how far ahead of the gateway's clock a timestamp may be, in whole seconds"),
        row<replay, &replay::retention, duration<seconds, 0, 366 * day>>(
            "retention",
            "how long beyond the window a message is remembered, for schemes that do not join "
            "timestamp and payload"),
        only<replay, choice<store_words>>("store", "where messages are remembered"),
        row<replay, &replay::capacity, number<std::uint64_t, 1, 1'000'000'000>>(
            "capacity",
            "messages remembered at once; a store that is full refuses (503), it never forgets one "
            "early"),
        row<replay, &replay::state, ruled<state_rule>>(
            "state",
            "the file in which they survive a restart; none: after a restart messages are refused "
            "for one window"),
    };
    return table;
  }
};

struct log_rule : path_rule {
  static constexpr std::string_view type = "stdout, stderr, off, or a path";
};

struct folder_rule : path_rule {
  static constexpr std::string_view type = "path";
};

struct log_format_words {
  using format = observe::line_format;
  static constexpr std::array<std::pair<std::string_view, format>, 3> words{
      {{"json", format::json}, {"combined", format::combined}, {"logfmt", format::logfmt}}};
};

struct log_member_words {
  static constexpr auto words = [] {
    std::array<std::pair<std::string_view, observe::member>, observe::member_names.size()> all;
    for (std::size_t i = 0; i < all.size(); ++i)
      all[i] = {observe::member_names[i], static_cast<observe::member>(i)};
    return all;
  }();
};

struct sample_rule {
  using value = std::uint32_t;
  static constexpr std::string_view type = "number above 0, at most 1";
  static parsed<std::uint32_t> parse(std::string_view text) { return parse_fraction(text); }
  static node print(std::uint32_t millionths) { return scalar_node(print_fraction(millionths)); }
};

/// A number: in quotes it would be text.
struct sample_number : ruled<sample_rule> {
  static bool read(reader& r, const spot& s, std::uint32_t& out) {
    const std::string* text = read_plain(r, s, "a number");
    return text && accept(r, s, sample_rule::parse(*text), out);
  }
};

struct access_log_table {
  using value = access_log;
  static std::span<const field<access_log>> fields() {
    static constexpr field<access_log> table[] = {
        row<access_log, &access_log::path, ruled<log_rule>>(
            "path",
            "where the access log goes, one line a request; `access_log: PATH` is short for it"),
        row<access_log, &access_log::format, choice<log_format_words>>(
            "format", "how a line is written; combined: as Apache and nginx do"),
        row<access_log, &access_log::fields, list_of<choice<log_member_words>>>(
            "fields", "what a line says, with json and logfmt; in their own order", "all"),
        row<access_log, &access_log::sample, sample_number>(
            "sample",
            "which part of the successful exchanges has a line; what was refused or failed always "
            "has"),
    };
    return table;
  }
};

struct access_log_section : section<access_log_table> {
  static bool read(reader& r, const spot& s, access_log& out) {
    if (s.at->what == node::kind::scalar) return ruled<log_rule>::read(r, s, out.path);
    return section<access_log_table>::read(r, s, out);
  }
};

struct audit_log_table {
  using value = audit_log;
  static std::span<const field<audit_log>> fields() {
    static constexpr field<audit_log> table[] = {
        row<audit_log, &audit_log::path, ruled<log_rule>>(
            "path", "where the audit log goes; `audit_log: PATH` is short for it", required),
    };
    return table;
  }
};

struct audit_log_section : maybe_section<audit_log_table> {
  static bool read(reader& r, const spot& s, std::optional<audit_log>& out) {
    if (s.at->what == node::kind::scalar) return ruled<log_rule>::read(r, s, out.emplace().path);
    return maybe_section<audit_log_table>::read(r, s, out);
  }
};

struct capture_table {
  using value = capture;
  static std::span<const field<capture>> fields() {
    static constexpr field<capture> table[] = {
        row<capture, &capture::path, ruled<folder_rule>>(
            "path",
            "the folder that holds requests that were refused, each in a file named after its id; "
            "PATH is relative to the configuration's folder",
            required),
        row<capture, &capture::requests, number<std::uint32_t, 1, 10'000>>(
            "requests", "how many are kept; the oldest goes"),
        row<capture, &capture::until, maybe<moment>>("until", "nothing is written from then on",
                                                     "for ever"),
    };
    return table;
  }
};

/// Clients by id; what stands in files of its own has been put in its place (assemble.hpp).
struct clients_section : named<client_table> {
  static std::string type() { return "map, file:PATH, or list of: file:PATH"; }
};

struct metrics_table {
  using value = draft;
  static std::span<const field<draft>> fields() {
    static constexpr field<draft> table[] = {
        row<draft, &draft::metrics_clients, number<std::uint32_t, 1, 100'000>>(
            "clients",
            "clients with metrics of their own; those beyond the first so many share "
            "client=\"other\"")};
    return table;
  }
};

struct external_scheme_rule : text_rule {
  static constexpr std::string_view type = "http or https";
  static parsed<std::string> parse(std::string_view text) {
    if (text == "http" || text == "https") return std::string(text);
    return wrong{quoted(text) + " is neither http nor https"};
  }
};

struct authority_rule : text_rule {
  static constexpr std::string_view type = "HOST or HOST:PORT";
  static parsed<std::string> parse(std::string_view text) {
    if (!http::is_host(text)) return wrong{quoted(text) + " is no host"};
    return base::lower(text);
  }
};

struct external_table {
  using value = external;
  static std::span<const field<external>> fields() {
    static constexpr field<external> table[] = {
        row<external, &external::scheme, ruled<external_scheme_rule>>(
            "scheme",
            "of the URLs that clients address, where a TLS proxy stands before the gateway: it is "
            "part of what rfc9421 and templates sign",
            "the connection's"),
        row<external, &external::authorities, list_of<ruled<authority_rule>, true>>(
            "authorities",
            "the hosts that clients may address; others get 404; if empty, any may be addressed",
            "any"),
    };
    return table;
  }
};

/// Mostly file:PATH; the PEM text itself, env: and credential: are read as well.
struct private_key_text : secret_value {
  static bool read(reader& r, const spot& s, base::secret& out) {
    base::secret text;
    if (!secret_value::read(r, s, text)) return false;
    const auto key = crypto::private_key::parse(text.reveal());
    if (const auto* why = std::get_if<std::string>(&key)) {
      r.problems.error(s, *why);
      return false;
    }
    if (!std::get<crypto::private_key>(key).fits(crypto::signature_algorithm::ed25519)) {
      r.problems.error(s, "is no Ed25519 key; \"countersign keygen --ed25519\" makes one");
      return false;
    }
    out = std::move(text);
    return true;
  }
};

struct identity_table {
  using value = identity;
  static std::span<const field<identity>> fields() {
    static constexpr field<identity> table[] = {
        row<identity, &identity::id, name_text>("id", "the `keyid` of its signatures", required),
        row<identity, &identity::key, private_key_text>(
            "key",
            "an Ed25519 key (PKCS#8, PEM), as \"countersign keygen --ed25519\" makes it; signs "
            "replies to clients that have only a public key",
            required),
    };
    return table;
  }
};

}  // namespace

std::span<const field<draft>> whole_table::fields() {
  static constexpr field<draft> table[] = {
      row<draft, &draft::listen, listener_list>("listen",
                                                "where clients connect: ADDRESS:PORT, unix:PATH, "
                                                "{address: ADDRESS:PORT}, or a list of them",
                                                required),
      row<draft, &draft::admin, admin_section>("admin", ""),
      row<draft, &draft::workers, ruled<workers_rule>>(
          "workers", "threads that serve clients; auto: one a core"),
      row<draft, &draft::limits, section<limits_table>>("limits", ""),
      row<draft, &draft::trusted_proxies, trusted_list>(
          "trusted_proxies",
          "whose X-Forwarded-* fields and X-Request-Id are believed; `unix`: of those who come "
          "over "
          "a Unix-domain socket"),
      row<draft, &draft::access_log, access_log_section>("access_log", ""),
      row<draft, &draft::audit_log, audit_log_section>("audit_log", ""),
      row<draft, &draft::capture, maybe_section<capture_table>>("capture", ""),
      row<draft, itself, section<metrics_table>>("metrics", ""),
      row<draft, &draft::replay, section<replay_table>>("replay", ""),
      row<draft, &draft::external, section<external_table>>("external", ""),
      row<draft, &draft::identity, maybe_section<identity_table>>("identity", ""),
      row<draft, &draft::client_drafts, clients_section>(
          "clients",
          "clients by id, or files that hold such maps, so that these can be kept elsewhere; PATH "
          "is "
          "relative to the configuration's folder"),
      row<draft, &draft::upstreams, named<upstream_table>>(
          "upstreams", "the services behind the gateway, by name", required),
      row<draft, &draft::schemes, named<scheme_table>>("schemes", ""),
      row<draft, &draft::route_drafts, listed<route_table>>(
          "routes", "which requests go where, and who may send them", required),
  };
  return table;
}

}  // namespace core::config
