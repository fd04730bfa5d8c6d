// SPDX-License-Identifier: Apache-2.0
#pragma once

// The configuration as plain values, defaults at the members, units in the types. What the file
// says, checked, nothing prepared.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/base/ip.hpp"
#include "core/base/secret.hpp"
#include "core/crypto/cipher.hpp"
#include "core/crypto/signature.hpp"
#include "core/envelope/jwe_settings.hpp"
#include "core/envelope/laravel.hpp"
#include "core/envelope/php_serialized.hpp"
#include "core/http/forwarded.hpp"
#include "core/keys/client.hpp"
#include "core/keys/version.hpp"
#include "core/limit/rate.hpp"
#include "core/observe/line.hpp"
#include "core/scheme/laravel.hpp"
#include "core/scheme/rfc9421_settings.hpp"
#include "core/scheme/template_settings.hpp"

namespace core::config {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// A host with a port, or a path.
struct address {
  std::string host;  ///< an IP address, or a name for upstreams; IPv6 without brackets
  std::uint16_t port = 0;
  std::string path{};  ///< of a Unix-domain socket; empty: it is none

  [[nodiscard]] bool is_path() const { return !path.empty(); }
  friend bool operator==(const address&, const address&) = default;
};

/// A file that anybody may see, with what it held when the configuration was read.
struct public_file {
  std::string path;  ///< as written
  std::string text;
};

/// The same for a private key.
struct key_file {
  std::string path;
  base::secret text;
};

/// What one side of a TLS connection shows, and proves to be its own.
struct certificate {
  public_file chain;  ///< PEM; its own certificate first
  key_file key;
};

struct listener_tls {
  std::vector<certificate> certificates;  ///< the first for clients that name no host, or no known
  std::optional<public_file> client_ca;   ///< who signs clients' certificates; none are asked for
};

/// How the gateway speaks to a service over TLS.
struct upstream_tls {
  std::optional<public_file> ca;   ///< who signs its certificate; the system's authorities
  std::optional<certificate> own;  ///< what the gateway shows of itself
  std::string server_name;         ///< in its certificate; empty: the endpoint's host
};

/// Where clients connect.
struct listener : address {
  std::optional<listener_tls> tls;  ///< plain HTTP if there is none
  bool proxy_protocol = false;      ///< is a PROXY header there before anything else?
};

/// Where metrics, health and status are served.
struct admin : address {
  std::optional<base::secret> token;  ///< who knows it may change things from elsewhere, too
};

/// What one address may do; each is off where it is left out. Of IPv6, 64 bits are one.
struct per_address {
  std::optional<std::uint32_t> connections;  ///< at once
  std::optional<std::uint32_t> failures;     ///< in `per`, and as many at once
  seconds per{10};
};

struct limits {
  std::uint64_t header_bytes = 16 * 1024;
  std::uint64_t target_bytes = 8 * 1024;
  std::uint64_t body_bytes = 1024 * 1024;
  std::uint64_t reply_bytes = 8 * 1024 * 1024;  ///< of replies to be sealed
  milliseconds header_timeout{10'000};
  milliseconds body_timeout{30'000};
  milliseconds idle_timeout{60'000};
  std::uint32_t connections = 10'000;
  milliseconds drain_delay{0};
  milliseconds drain_time{30'000};
  std::optional<config::per_address> per_address;
};

struct replay {
  seconds window{300};
  seconds future{60};
  seconds retention{86'400};
  std::uint64_t capacity = 4'000'000;
  std::string state =
      "auto";  ///< "auto", "none", or the path of the file in which marks survive a restart
};

struct access_log {
  std::string path = "stdout";  ///< stdout, stderr, off, or a file's path
  observe::line_format format = observe::line_format::json;
  std::vector<observe::member> fields;         ///< empty: all
  std::uint32_t sample = observe::every_line;  ///< so many of a million successful exchanges
};

struct audit_log {
  std::string path;  ///< as the access log's
};

/// Where requests that were refused are written, to be explained.
struct capture {
  std::string path;                   ///< a folder; relative to the configuration's
  std::uint32_t requests = 100;       ///< the newest so many are kept
  std::optional<std::int64_t> until;  ///< Unix seconds; from then on nothing is written
};

struct secret_generation {
  std::string id;
  base::secret value;                       ///< empty: the client has a public key alone
  std::optional<std::int64_t> from, until;  ///< Unix seconds, half-open
};

/// What clients address, where that differs from what arrives.
struct external {
  std::string scheme;                    ///< "http" or "https"; empty: the connection's
  std::vector<std::string> authorities;  ///< lower case; empty: any
};

/// The gateway's own key: signs replies to clients that have only a public key.
struct identity {
  std::string id;    ///< as `keyid`
  base::secret key;  ///< Ed25519, PKCS#8 PEM
};

struct client {
  std::string id;
  std::string token;                       ///< the id if left out
  std::vector<secret_generation> secrets;  ///< newest first
  std::optional<base::secret> signing_secret;
  std::optional<base::secret> encryption_key;
  crypto::cipher cipher = crypto::cipher::aes_128_cbc;
  envelope::jwe_settings jwe;
  std::optional<std::string> public_key;  ///< SubjectPublicKeyInfo, as base64 or PEM
  std::optional<crypto::signature_algorithm> algorithm;
  std::optional<std::vector<std::string>> schemes, routes;
  keys::version_policy versions;
  std::optional<std::vector<base::ip_network>> addresses;  ///< where it may call from; any
  std::optional<limit::rate> rate;
  std::optional<std::uint32_t> concurrency;  ///< requests at once
  bool enabled = true;
  bool enforced = false;  ///< also on routes that observe
  /// Until then a wrong signature is answered with the digest of what the gateway signed.
  std::optional<std::int64_t> explain_until;
};

/// The Laravel scheme's settings, and how the payload that it goes with is read.
struct laravel_preset {
  scheme::laravel_settings scheme;
  envelope::plaintext_settings plaintext;
  envelope::payload_form payload = envelope::payload_form::by_content_type;
  std::string field = "data";
  bool allow_weak = false;  ///< said for a construction that is no HMAC
};

/// A scheme that is configuration alone.
struct template_preset {
  std::string preset;  ///< what it began as (core/config/presets), or empty
  std::string type;    ///< "template" for one of the file's own
  scheme::template_settings scheme;
};

/// A preset, or a name under `schemes:`.
struct scheme_settings {
  std::string name;
  std::variant<laravel_preset, scheme::rfc9421_settings, template_preset> what;
};

/// Where a service listens.
struct endpoint : address {
  std::uint32_t weight = 1;  ///< its share of the requests, beside the others'
  bool tls = false;          ///< https
};

/// Which endpoint is next.
enum class balance {
  round_robin,  ///< in turn, by weight
  least_busy,   ///< the one that has the fewest requests for its weight
};

/// How endpoints are asked whether they are well.
struct health_check {
  std::string path;  ///< of the request, with its query
  milliseconds interval{5'000};
  milliseconds timeout{1'000};  ///< of all of it: connection, request, head of the answer
  std::uint32_t rise = 2;       ///< good answers in a row until one that was down is up
  std::uint32_t fall = 3;       ///< the other way round
};

/// When an endpoint that fails requests gets none for a while.
struct ejection {
  std::uint32_t failures = 5;  ///< in a row; 0: never
  milliseconds time{10'000};
};

struct upstream {
  std::string name;
  std::vector<endpoint> endpoints;
  config::balance balance = config::balance::round_robin;
  std::optional<upstream_tls> tls;  ///< there if its endpoints are https
  bool preserve_host = false;
  std::optional<health_check> health;
  ejection eject;
  std::uint32_t retries = 1;        ///< of a request that was sent
  milliseconds slow_start{10'000};  ///< until one that came back has its whole share
  milliseconds resolve{30'000};     ///< how often names are looked up again; 0: never
  milliseconds connect_timeout{1'000};
  milliseconds response_timeout{30'000};
  milliseconds idle_timeout{30'000};  ///< how long an unused connection is kept
  std::uint32_t max_requests = 256;   ///< at once, of all workers together
  std::uint32_t max_pending = 64;     ///< waiting for a place among them, of all workers together
};

enum class envelope_kind { laravel, jwe, aes128gcm, none };
enum class bodyless { refuse, safe, all };  ///< safe: GET and HEAD
enum class replay_rule { strict, per_request, off };
enum class content { json, any };
/// observe: what a message lacks of proof is counted and told, and it goes on as it came.
enum class mode { enforce, observe };
enum class retry_rule { never, idempotent };
enum class reply_plaintext { string, array, raw };
enum class reply_form { json, text };

struct reply {
  bool sign = false;
  bool seal = false;
  reply_plaintext plaintext = reply_plaintext::string;
  reply_form form = reply_form::json;
};

struct route {
  std::string name;  ///< unique; made from the path if left out
  std::string host;  ///< lower case, without port; empty: any
  std::string path;  ///< begins with '/'
  bool exact = false;
  std::vector<std::string> methods;  ///< empty: any that the gateway knows
  std::optional<keys::version_range> client_version;
  std::optional<std::size_t> scheme;  ///< index into model::schemes; nothing: `scheme: none`
  envelope_kind envelope = envelope_kind::none;
  std::optional<std::size_t> client;  ///< index into model::clients: whose messages these are
  bodyless bodyless_rule = bodyless::refuse;
  replay_rule replay = replay_rule::strict;
  bool allow_weak = false;
  bool allow_encoded_slash = false;  ///< may a path have %2F?
  std::size_t upstream = 0;          ///< index into model::upstreams
  std::string strip_prefix, add_prefix;
  std::optional<std::vector<std::string>>
      forward;                   ///< names of the fields that pass; all if nothing
  bool forward_covered = false;  ///< only those that the message's signature covers
  config::content content = config::content::json;
  config::reply reply;
  std::uint64_t body_bytes = 0;  ///< the route's own, or the limit for all
  config::mode mode = config::mode::enforce;
  retry_rule retry = retry_rule::never;
  std::optional<milliseconds> response_timeout;  ///< the route's own; else the upstream's
  std::optional<milliseconds> body_timeout;      ///< the route's own; else limits.body_timeout
  bool websocket = false;                        ///< does it take WebSocket handshakes?
  milliseconds websocket_idle{300'000};  ///< of a WebSocket on which neither side says anything
};

struct model {
  std::vector<listener> listen;
  std::optional<config::admin> admin;
  unsigned workers = 0;  ///< 0: one per core
  config::limits limits;
  http::trusted_peers trusted_proxies;  ///< whose X-Forwarded-* fields are believed
  config::access_log access_log;
  std::optional<config::audit_log> audit_log;
  std::optional<config::capture> capture;
  std::uint32_t metrics_clients = 1000;  ///< clients beyond these share client="other"
  config::replay replay;
  config::external external;
  std::optional<config::identity> identity;
  std::vector<client> clients;
  std::vector<upstream> upstreams;
  std::vector<scheme_settings> schemes;
  std::vector<route> routes;
};

}  // namespace core::config
