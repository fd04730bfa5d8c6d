// SPDX-License-Identifier: Apache-2.0
#pragma once

// A gateway without a socket, and clients that sign and seal for it: what the tests of the stages,
// the answers and the upstream's head share.

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/admission/stages.hpp"
#include "core/admission/upstream_head.hpp"
#include "core/base/encoding.hpp"
#include "tests/core/config/sample.hpp"

namespace tests::messages {

inline constexpr std::int64_t now = 1700000000;
inline constexpr std::string_view secret16 = "0123456789abcdef";
inline constexpr std::string_view secret32 = "0123456789abcdef0123456789ABCDEF";
inline constexpr std::string_view one_client = "billing: {token: my_key, secret: 0123456789abcdef}";
inline constexpr std::string_view plain_route =
    "{name: orders, path: /api/, scheme: laravel, upstream: orders}";

/// A whole configuration of these clients and routes (in flow style, comma-separated).
inline std::string yaml(std::string_view clients, std::string_view routes,
                        std::string_view top = {}) {
  std::string text = "listen: 127.0.0.1:8080\nupstreams: {orders: http://127.0.0.1:9001}\n";
  return text.append(top)
      .append("\nclients: {")
      .append(clients)
      .append("}\nroutes: [")
      .append(routes)
      .append("]\n");
}

/// Where all messages come from.
constexpr std::string_view peer = "192.0.2.7";

/// The configuration compiled, and what a worker keeps.
struct gateway {
  core::admission::snapshot rules;
  core::admission::workspace space{};

  explicit gateway(std::string_view clients = one_client, std::string_view routes = plain_route,
                   std::string_view top = {})
      : gateway(config::model_of(yaml(clients, routes, top))) {}
  /// For what the reader of configurations would not let through.
  explicit gateway(core::config::model m, const core::replay::window_history& before = {})
      : rules(std::move(m), before) {}
};

/// A gateway whose one route has these further settings.
inline gateway with_route(std::string_view settings, std::string_view clients = one_client) {
  return gateway(clients,
                 std::string("{name: orders, path: /api/, scheme: laravel, upstream: orders, ")
                     .append(settings)
                     .append("}"));
}

using field_list = std::vector<std::pair<std::string, std::string>>;

/// A request as it stands on the wire. Its head views it.
struct message {
  std::string method = "POST";
  std::string target = "/api/orders";
  field_list fields{};
  std::string body{};
  int minor_version = 1;

  [[nodiscard]] core::http::request_head head() const {
    core::http::request_head h;
    h.method = method;
    h.target = target;
    h.minor_version = minor_version;
    for (const auto& [name, value] : fields) h.fields.add(name, value);
    return h;
  }
  message& set(std::string_view name, std::string value) {
    const auto found =
        std::ranges::find_if(fields, [name](const auto& f) { return f.first == name; });
    if (found == fields.end())
      fields.emplace_back(name, std::move(value));
    else
      found->second = std::move(value);
    return *this;
  }
  message& add(std::string name, std::string value) {
    fields.emplace_back(std::move(name), std::move(value));
    return *this;
  }
  message& drop(std::string_view name) {
    std::erase_if(fields, [name](const auto& f) { return f.first == name; });
    return *this;
  }
};

/// A client of the Laravel scheme, construction A1.
struct laravel_client {
  std::string token = "my_key";
  std::string secret{secret16};
  core::crypto::cipher cipher = core::crypto::cipher::aes_128_cbc;
  std::string version = "1.0.0";
  std::string iv = "0123456789ABCDEF";
  /// What seals, where it is not the secret.
  std::string key{};

  [[nodiscard]] std::string signature(std::int64_t stamp) const {
    const core::crypto::hmac_sha256 mac(secret);
    return core::base::hex(core::crypto::view(mac.mac({std::to_string(stamp)})));
  }
  [[nodiscard]] message bare(std::string method, std::string target = "/api/orders",
                             std::int64_t stamp = now) const {
    message m;
    m.method = std::move(method);
    m.target = std::move(target);
    m.fields = {{"Host", "api.example.com"},
                {"timestamp", std::to_string(stamp)},
                {"version", version},
                {"token", token},
                {"signature", signature(stamp)}};
    return m;
  }
  [[nodiscard]] std::string seal(std::string_view plaintext) const {
    const std::string& sealing = key.empty() ? secret : key;
    const core::crypto::hmac_sha256 mac(sealing);
    core::crypto::cipher_contexts contexts;
    return core::envelope::seal_laravel(
        plaintext, {cipher, sealing, mac},
        std::string_view(iv).substr(0, core::crypto::iv_size(cipher)), contexts);
  }
  /// With this payload as form field.
  [[nodiscard]] message carrying(std::string_view payload, std::int64_t stamp = now) const {
    message m = bare("POST", "/api/orders", stamp);
    m.body = "data=" + core::base::form_encode(payload);
    m.add("Content-Type", "application/x-www-form-urlencoded");
    m.add("Content-Length", std::to_string(m.body.size()));
    return m;
  }
  [[nodiscard]] message sealed(std::string_view plaintext, std::int64_t stamp = now) const {
    return carrying(seal(plaintext), stamp);
  }
};

/// The way of one message through the stages, as far as it gets. Everything the stages view is
/// held here.
class passage {
 public:
  /// `then` is the time at which the body is there.
  passage(gateway& g, message m, std::int64_t when = now, std::optional<std::int64_t> then = {},
          core::replay::verdict answer = core::replay::verdict::fresh)
      : sent_(std::move(m)), head_(sent_.head()) {
    go(g, when, then.value_or(when), answer);
  }
  passage(const passage&) = delete;
  passage& operator=(const passage&) = delete;

  /// "step: reason" of the refusal, "waived" or "reserved".
  [[nodiscard]] const std::string& end() const { return end_; }
  [[nodiscard]] std::optional<core::base::errc> reason() const { return reason_; }
  [[nodiscard]] const message& sent() const { return sent_; }

  std::optional<core::admission::arrival> arrived{};
  std::optional<core::admission::routed> route{};
  std::optional<core::admission::waived> waived{};
  std::optional<core::admission::claimed> claim{};
  std::optional<core::admission::proof> proof{};
  std::optional<core::admission::opened> opened{};
  std::optional<core::admission::outbound> leaving{};
  std::optional<core::admission::reserved> reserved{};

 private:
  /// Keeps what came out of a step, or says why nothing did.
  template <class T>
  bool keep(std::string_view step, const core::base::result<T>& from, std::optional<T>& to) {
    if (from) {
      to = *from;
      return true;
    }
    reason_ = from.error();
    end_ = std::string(step).append(": ").append(core::base::name(from.error()));
    return false;
  }

  void go(gateway& g, std::int64_t when, std::int64_t then, core::replay::verdict answer) {
    namespace stages = core::admission;
    const auto at = core::base::from_unix_seconds(when);
    if (!keep("arrive", stages::arrive(head_, g.rules, at, known_, peer), arrived)) return;
    if (!keep("find_route", stages::find_route(*arrived, g.rules), route)) return;
    waived = stages::waive(*route);
    if (waived) {
      end_ = "waived";
      return;
    }
    if (!keep("inspect", stages::inspect(*route), claim)) return;
    proof = stages::prove(*claim, g.rules);
    std::optional<stages::proven> proven;
    if (!keep("prove", proof->outcome, proven)) return;
    // Opened in place: the message as sent stays readable for the tests.
    body_ = sent_.body;
    if (!keep("open", stages::open(*proven, body_, g.space), opened)) return;
    const auto later = core::base::from_unix_seconds(then);
    if (!keep("admit", stages::admit(*opened, later, g.space), leaving)) return;
    if (!keep("confirm", stages::confirm(*leaving, answer), reserved)) return;
    end_ = "reserved";
  }

  message sent_;
  core::http::request_head head_;
  core::admission::findings known_{};
  std::string body_{};
  std::string end_{};
  std::optional<core::base::errc> reason_{};
};

/// Where the message's way ends.
inline std::string end_of(gateway& g, message m, std::int64_t when = now,
                          std::optional<std::int64_t> then = {}) {
  return passage(g, std::move(m), when, then).end();
}

}  // namespace tests::messages
