// SPDX-License-Identifier: Apache-2.0
#include "core/explain/walk.hpp"

#include "core/admission/observing.hpp"
#include "core/base/date.hpp"
#include "core/config/words.hpp"
#include "core/explain/visible.hpp"

namespace core::explain {

namespace {

using base::errc;

constexpr std::size_t shown_bytes = 160;

std::string bytes(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " byte" : " bytes");
}

/// Which step of the walk an error of admission::prove() belongs to.
step step_of(errc reason) {
  switch (reason) {
    case errc::stale:
    case errc::future: return step::time;
    case errc::unknown_client:
    case errc::client_disabled:
    case errc::no_secret_in_force: return step::client;
    case errc::version_rejected: return step::admission;
    default: return step::signature;
  }
}

std::string networks(const keys::client& who) {
  std::string all;
  for (const base::ip_network& n : *who.addresses)
    all.append(all.empty() ? "" : " or ").append(base::print_ip_network(n));
  return all;
}

/// Writes down what the stages find. One instance, one message.
class walker {
 public:
  walker(const message& m, const admission::snapshot& rules, base::instant now,
         admission::workspace& space)
      : message_(m), head_(m.head()), rules_(rules), now_(now), space_(space), body_(m.body) {}

  walk take() {
    if (const auto refused = go()) {
      out_.refused = refused;
      out_.reached = out_.steps.back().what;
      out_.steps.back().refused = refused;
      out_.observed = route_ && admission::observe(*route_, *refused);
    } else {
      out_.reached = step::passed;
    }
    return std::move(out_);
  }

 private:
  std::vector<fact>& begin(step what) { return out_.steps.emplace_back(what).facts; }

  std::optional<errc> go() {
    auto* facts = &begin(step::framing);
    facts->push_back({"request", visible(message_.method + " " + message_.target, shown_bytes)});
    facts->push_back({"body", message_.has_body ? bytes(message_.body.size()) : "not captured"});
    const auto arrived = admission::arrive(head_, rules_, now_, known_);
    if (!arrived) return arrived.error();
    facts->push_back({"host", visible(arrived->framing().host, shown_bytes)});

    facts = &begin(step::route);
    const auto route = admission::find_route(*arrived, rules_);
    if (!route) return route.error();
    route_ = *route;
    out_.policy = &route->policy();
    const config::route& settings = route->policy().settings;
    facts->push_back({"route", settings.name});
    facts->push_back(
        {"scheme", route->policy().scheme ? route->policy().scheme_name : std::string("none")});
    facts->push_back({"envelope", std::string(config::name(settings.envelope))});
    if (message_.body.size() > settings.body_bytes) return errc::body_too_large;
    if (admission::waive(*route)) return std::nullopt;
    return read_credential(*route);
  }

  std::optional<errc> read_credential(const admission::routed& route) {
    auto* facts = &begin(step::credential);
    const auto claim = admission::inspect(route);
    if (!claim) return claim.error();
    const scheme::claim& said = claim->claim();
    out_.read = true;
    out_.token = said.token;
    out_.version = said.version;
    out_.stamp_text = said.timestamp_text;
    out_.stamp = said.timestamp;
    out_.stamped = said.stamped;
    if (!said.token.empty()) facts->push_back({"token", visible(said.token, shown_bytes)});
    if (!said.version.empty()) facts->push_back({"version", visible(said.version, shown_bytes)});
    if (said.stamped)
      facts->push_back({"timestamp", visible(said.timestamp_text, shown_bytes) + " (" +
                                         base::format_iso8601(said.timestamp) + ")"});
    if (!said.nonce.empty()) facts->push_back({"nonce", visible(said.nonce, shown_bytes)});
    return check_time(*claim);
  }

  std::optional<errc> check_time(const admission::claimed& claim) {
    auto* facts = &begin(step::time);
    const std::int64_t now = base::unix_seconds(now_);
    const replay::window& window = claim.policy().window;
    facts->push_back({"arrived", base::format_iso8601(now)});
    if (claim.claim().stamped)
      facts->push_back({"age", std::to_string(now - claim.claim().timestamp) + " s"});
    facts->push_back({"window", std::to_string(window.past) + " s past, " +
                                    std::to_string(window.future) + " s ahead"});
    if (const auto fresh = admission::check_time(claim, now_); !fresh) return fresh.error();
    return prove(claim);
  }

  std::optional<errc> prove(const admission::claimed& claim) {
    const auto proof = admission::prove(claim, rules_, body_);
    out_.client = proof.client;
    out_.key = proof.key;
    out_.signed_text = admission::signed_text(claim, body_);
    auto* facts = &begin(step::client);
    tell_client(*facts);
    if (!proof.outcome && step_of(proof.outcome.error()) == step::client)
      return proof.outcome.error();

    facts = &begin(step::signature);
    facts->push_back({"signed", bytes(out_.signed_text.size())});
    if (proof.key != nullptr) facts->push_back({"proven by secret", proof.key->id});
    if (!proof.outcome) {
      if (step_of(proof.outcome.error()) == step::admission) begin(step::admission);
      return proof.outcome.error();
    }
    return open(*proof.outcome);
  }

  void tell_client(std::vector<fact>& facts) const {
    if (out_.client == nullptr) return;
    facts.push_back({"client", out_.client->id});
    std::string all;
    for (const keys::generation& g : out_.client->generations) {
      all.append(all.empty() ? "" : ", ").append(g.id);
      if (!g.in_force(base::unix_seconds(now_))) all += " (not in force)";
    }
    facts.push_back({"secrets", all});
  }

  std::optional<errc> open(const admission::proven& proven) {
    auto* facts = &begin(step::body);
    if (!message_.has_body) {
      facts->push_back({"body", "not captured: nothing can be said of it"});
      return std::nullopt;
    }
    const auto opened = admission::open(proven, body_, space_);
    if (!opened) return opened.error();
    if (opened->has_plaintext()) {
      out_.plaintext = opened->plaintext();
      facts->push_back({"opened", bytes(opened->plaintext().size())});
    }

    facts = &begin(step::admission);
    const auto admitted = admission::admit(*opened, now_, space_);
    if (!admitted && admitted.error() == errc::address_forbidden) {
      facts->push_back({"address", "not captured: it must come from " + networks(*out_.client)});
      return std::nullopt;
    }
    if (!admitted) return admitted.error();
    facts->push_back({"goes on as", admitted->content_is_json() ? "JSON" : "it is"});
    return std::nullopt;
  }

  const message& message_;
  const http::request_head head_;
  const admission::snapshot& rules_;
  const base::instant now_;
  admission::workspace& space_;
  std::string body_;  // opened in place
  admission::findings known_;
  std::optional<admission::routed> route_;
  walk out_;
};

}  // namespace

std::string_view name(step s) {
  switch (s) {
    case step::framing: return "framing";
    case step::route: return "route";
    case step::credential: return "credential";
    case step::time: return "time";
    case step::client: return "client";
    case step::signature: return "signature";
    case step::body: return "body";
    case step::admission: return "admission";
    case step::passed: break;
  }
  return "passed";
}

walk take(const message& m, const admission::snapshot& rules, base::instant now,
          admission::workspace& space) {
  return walker(m, rules, now, space).take();
}

}  // namespace core::explain
