// SPDX-License-Identifier: Apache-2.0
#pragma once

// The stages of a request. Each is a type that only the step before it can make, so that a path
// which forgets a check does not compile: arrival → routed → claimed → proven → opened → outbound →
// reserved, or routed → waived on a route that says `scheme: none`; what one that observes lets
// pass unproven is in core/admission/observing.hpp. A stage is a handle: what is known of the
// request stands in one place, which only the steps write, and holds views. That, the head, the
// body and the snapshot must outlive the stages.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/admission/snapshot.hpp"
#include "core/base/errc.hpp"
#include "core/base/instant.hpp"
#include "core/envelope/laravel.hpp"
#include "core/http/framing.hpp"
#include "core/http/head.hpp"
#include "core/http/target.hpp"
#include "core/keys/client.hpp"
#include "core/replay/mark.hpp"
#include "core/scheme/claim.hpp"
#include "core/scheme/request_view.hpp"
#include "core/scheme/rfc9421.hpp"
#include "core/scheme/template_reading.hpp"
#include "core/scheme/template_scheme.hpp"

namespace core::admission {

/// What a worker keeps between messages so that opening one allocates nothing.
struct workspace {
  crypto::cipher_contexts contexts;
  std::string scratch;  ///< plaintext turned into JSON
};

class findings;
class arrival;
class routed;
class waived;
class claimed;
class proven;
class opened;
class outbound;
struct proof;

/// `known` is the request's own, and empty. What follows fills it. `peer` is the address that the
/// connection came from, empty where there was none; what it says of whom it forwards for counts if
/// it is among `trusted_proxies`. `scheme` is what that connection speaks, "http" or "https"; it
/// counts unless the configuration says what clients address, and empty is what they usually do.
/// @return target_too_long, bad_target, no_route (a host that `external` doesn't list) and what
/// http::frame_request says.
base::result<arrival> arrive(const http::request_head& head, const snapshot& rules,
                             base::instant now, findings& known, std::string_view peer = {},
                             std::string_view scheme = {});

/// A version that none of the routes of this path takes is for prove() to refuse: only a proven
/// client learns of it, and is counted with it.
/// @return no_route, method_not_allowed, version_rejected (where nothing proves).
base::result<routed> find_route(const arrival& a, const snapshot& rules);

/// What is known of one request so far. Only the steps look into it or change it; everybody else
/// reads a stage, which says what may be relied on.
class findings {
 public:
  findings() = default;
  findings(const findings&) = delete;
  findings& operator=(const findings&) = delete;

 private:
  friend class arrival;
  friend class routed;
  friend class claimed;
  friend class proven;
  friend class opened;
  friend class outbound;
  friend base::result<arrival> arrive(const http::request_head&, const snapshot&, base::instant,
                                      findings&, std::string_view, std::string_view);
  friend base::result<routed> find_route(const arrival&, const snapshot&);
  friend base::result<claimed> inspect(const routed&);
  friend proof prove(const claimed&, const snapshot&, std::string_view);
  friend base::result<opened> open(const proven&, std::span<char>, workspace&);
  friend base::result<outbound> admit(const opened&, base::instant, workspace&);

  const http::request_head* head_ = nullptr;
  http::request_framing framing_;
  http::target target_;
  const snapshot* rules_ = nullptr;
  std::string_view authority_;  // only for schemes that may sign it
  std::string authority_text_;  // of a Host that is not in lower case
  base::instant now_{};
  std::string_view client_address_;
  bool proxied_ = false;  // by one whose word counts
  std::string_view scheme_;
  const route_policy* policy_ = nullptr;
  bool version_taken_ = true;
  scheme::claim claim_;
  std::unique_ptr<scheme::template_reading> template_;  // of such a scheme
  std::unique_ptr<scheme::rfc9421_reading> signature_;  // likewise
  const keys::client* client_ = nullptr;
  const keys::generation* key_ = nullptr;
  bool body_opened_ = false;
  bool has_plaintext_ = false;
  std::string_view plaintext_;
  envelope::payload_identity identity_;
  std::string_view content_;
  bool content_is_json_ = false;
  std::optional<replay::mark> mark_;
  std::optional<scheme::replay_identity> replay_identity_;  // of schemes that sign all
  crypto::sha256_digest signed_digest_{};                   // what it may look at
  bool deprecated_ = false;
};

/// A well-framed request with a clean target.
class arrival {
 public:
  // Not the compiler's, so that a step's result is made where its caller wants it. In registers it
  // would be put together in memory, in pieces that the processor can't read back as one at once.
  arrival(const arrival& other)  // NOLINT(modernize-use-equals-default): else it is trivial
      : known(other.known) {}
  arrival& operator=(const arrival&) = default;
  ~arrival() = default;

  [[nodiscard]] const http::request_head& head() const { return *known->head_; }
  [[nodiscard]] const http::request_framing& framing() const { return known->framing_; }
  [[nodiscard]] const http::target& target() const { return known->target_; }
  [[nodiscard]] base::instant now() const { return known->now_; }
  [[nodiscard]] const snapshot& rules() const { return *known->rules_; }
  /// Whom `addresses`, limits and logs mean: the peer, or the one that it forwards for if its word
  /// counts. Empty where there was no connection.
  [[nodiscard]] std::string_view client_address() const { return known->client_address_; }
  /// Does the word of the one who forwarded it count?
  [[nodiscard]] bool proxied() const { return known->proxied_; }
  /// Of what the client addressed: "http" or "https".
  [[nodiscard]] std::string_view external_scheme() const { return known->scheme_; }

 private:
  friend base::result<arrival> arrive(const http::request_head&, const snapshot&, base::instant,
                                      findings&, std::string_view, std::string_view);
  friend base::result<routed> find_route(const arrival&, const snapshot&);
  friend base::result<claimed> inspect(const routed&);
  friend proof prove(const claimed&, const snapshot&, std::string_view);
  friend base::result<opened> open(const proven&, std::span<char>, workspace&);
  friend base::result<outbound> admit(const opened&, base::instant, workspace&);
  explicit arrival(findings& all) : known(&all) {}

 protected:
  findings* known;
};

/// One route is responsible.
class routed : public arrival {
 public:
  [[nodiscard]] const route_policy& policy() const { return *known->policy_; }
  /// False: `policy` is that of a route which takes other versions alone.
  [[nodiscard]] bool version_taken() const { return known->version_taken_; }

 private:
  friend base::result<routed> find_route(const arrival&, const snapshot&);
  explicit routed(const arrival& a) : arrival(a) {}
};

/// For the Allow field of a 405.
std::string allowed_methods(const arrival& a, const snapshot& rules);

/// A request on a route without authentication: it passes as it is.
class waived : public routed {
 private:
  friend std::optional<waived> waive(const routed&);
  explicit waived(const routed& r) : routed(r) {}
};

/// Nothing unless the route says `scheme: none`.
std::optional<waived> waive(const routed& r);

/// What it says of itself is well-formed. Nothing is proven.
class claimed : public routed {
 public:
  [[nodiscard]] const scheme::claim& claim() const { return known->claim_; }
  /// Is the body needed to prove who sent it? Then it has to be there before prove().
  [[nodiscard]] bool signs_body() const;
  /// What its signature may cover of the head.
  [[nodiscard]] scheme::request_view view() const;
  /// What a template scheme has read of it; only with such a scheme.
  [[nodiscard]] scheme::template_reading& template_reading() const { return *known->template_; }
  /// What a scheme of RFC 9421 has read of it; only with such a scheme.
  [[nodiscard]] const scheme::rfc9421_reading& signature_reading() const {
    return *known->signature_;
  }

 private:
  friend base::result<claimed> inspect(const routed&);
  explicit claimed(const routed& r) : routed(r) {}
};

/// @return what the scheme's inspect says.
base::result<claimed> inspect(const routed& r);

/// Before a body is waited for that the signature needs: is it worth it?
/// @return stale, future.
base::result<void> check_time(const claimed& c, base::instant now);

/// A client with a secret in force signed it within the window.
class proven : public claimed {
 public:
  [[nodiscard]] const keys::client& client() const { return *known->client_; }
  [[nodiscard]] const keys::generation& key() const { return *known->key_; }
  /// How this client's JWE envelopes are made.
  [[nodiscard]] const envelope::jwe_settings& jwe() const {
    return known->rules_->model.clients[client().index - 1].jwe;
  }
  /// Is there a key to seal with as the route does?
  [[nodiscard]] bool can_seal() const { return has_sealing_key(key(), policy().settings.envelope); }
  /// Has open() taken the body?
  [[nodiscard]] bool body_opened() const { return known->body_opened_; }
  /// What identifies the payload that was opened; empty without one. Replies are tied to it.
  [[nodiscard]] std::string_view payload_mark() const {
    return known->has_plaintext_ ? known->identity_.view() : std::string_view();
  }

 private:
  friend proof prove(const claimed&, const snapshot&, std::string_view);
  friend base::result<opened> open(const proven&, std::span<char>, workspace&);
  explicit proven(const claimed& c) : claimed(c) {}

  // How open() does it, by envelope. Each sets the plaintext.
  [[nodiscard]] base::result<void> open_laravel(std::span<char> body, workspace& space) const;
  [[nodiscard]] base::result<void> open_jwe(std::span<char> body, workspace& space) const;
  [[nodiscard]] base::result<void> open_aes128gcm(std::span<char> body, workspace& space) const;
  [[nodiscard]] base::result<void> take_unsealed(std::span<char> body) const;
  /// Is it the body whose digest was signed?
  [[nodiscard]] base::result<void> check_digest(std::span<char> body) const;
};

/// What came of the attempt, also for the record: a stale message may have been genuine, which
/// shows a client whose clock drifts.
struct proof {
  base::result<proven> outcome;
  const keys::client* client = nullptr;   ///< whom the token names, proven or not; null if nobody
  const keys::generation* key = nullptr;  ///< whose signature it is, if it is one
};

/// Window first, then key and signature; the same work for unknown, disabled and wrong. `body` as
/// it came, where signs_body().
/// @return in `outcome` stale, future, unknown_client, client_disabled, no_secret_in_force,
/// bad_signature, version_rejected.
proof prove(const claimed& c, const snapshot& rules, std::string_view body = {});

/// The bytes that are signed, or would have had to be, for people: `<secret>` stands where the
/// secret does. `body` as for prove().
std::string signed_text(const claimed& c, std::string_view body);

/// SHA-256, in hex, of the bytes that would have had to be signed, for a client that may know: one
/// whose `explain_to_client` is on, on a message in time that only its signature fails. Else empty.
/// `body` as for prove().
std::string signed_digest(const claimed& c, const proof& p, std::string_view body);

/// The body, if there is one, was authenticated with the very key that proved the head, and opened.
class opened : public proven {
 public:
  [[nodiscard]] bool has_plaintext() const { return known->has_plaintext_; }
  /// What was sealed, byte for byte.
  [[nodiscard]] std::string_view plaintext() const { return known->plaintext_; }
  [[nodiscard]] const envelope::payload_identity& identity() const { return known->identity_; }
  /// What is remembered of it, which outbound may be reserved. Nothing on a route with `replay:
  /// off`.
  [[nodiscard]] const std::optional<replay::mark>& mark() const { return known->mark_; }

 private:
  friend base::result<opened> open(const proven&, std::span<char>, workspace&);
  friend base::result<outbound> admit(const opened&, base::instant, workspace&);
  explicit opened(const proven& p) : proven(p) {}
  void set_mark() const;
};

/// `body` is overwritten; the plaintext is a view of it. Where replies are sealed, the client has a
/// key for that.
/// @return missing_payload, unsupported_content, no_key, bad_digest, bad_payload, bad_mac,
/// decrypt_failed.
base::result<opened> open(const proven& p, std::span<char> body, workspace& space);

/// What was opened can be forwarded, and the client may do this. Ready, once its mark is reserved.
class outbound : public opened {
 public:
  /// What goes upstream: JSON, or the plaintext itself where the route takes any content.
  [[nodiscard]] std::string_view content() const { return known->content_; }
  [[nodiscard]] bool content_is_json() const { return known->content_is_json_; }
  [[nodiscard]] bool deprecated() const { return known->deprecated_; }

 private:
  friend base::result<outbound> admit(const opened&, base::instant, workspace&);
  explicit outbound(const opened& o) : opened(o) {}
  base::result<void> read_plaintext(workspace& space);
};

/// `now` is read again: a body may have come so slowly that the window has closed behind its head,
/// and with it the mark's reason to be remembered. What goes upstream is a view of the plaintext or
/// of the workspace. @return bad_plaintext, not_json, stale, route_forbidden, version_rejected, and
/// last, when all else is in order, address_forbidden.
base::result<outbound> admit(const opened& o, base::instant now, workspace& space);

/// It was never seen before, and its mark stands.
class reserved : public outbound {
 private:
  friend base::result<reserved> confirm(const outbound&, replay::verdict);
  explicit reserved(const outbound& o) : outbound(o) {}
};

/// What the store's answer means. On a route with `replay: off` there is no mark and nothing to
/// ask: pass `fresh`.
/// @return replay, replay_store_full, replay_store_unavailable.
base::result<reserved> confirm(const outbound& o, replay::verdict answer);

}  // namespace core::admission
