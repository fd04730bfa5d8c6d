// SPDX-License-Identifier: Apache-2.0
#include "core/explain/report.hpp"

#include <algorithm>

#include "core/explain/credential_fields.hpp"
#include "core/explain/mistakes.hpp"
#include "core/explain/rewriting.hpp"

namespace core::explain {

namespace {

using base::errc;

std::string missing_fields(const message& m, const walk& taken) {
  std::string all;
  for (const credential_field& f : credential_fields(*taken.policy))
    if (!m.has(f.header) && all.find("`" + f.header + "`") == std::string::npos)
      all.append(all.empty() ? "" : ", ").append("`" + f.header + "`");
  const auto* templated = taken.policy->templated();
  const http::request_head head = m.head();
  for (std::size_t i = 0; templated != nullptr && i < templated->settings().fields.size(); ++i) {
    const scheme::template_field& f = templated->settings().fields[i];
    const scheme::extraction_settings& place = f;
    const scheme::extraction where(place);
    const auto found = where.find(head.fields);
    const auto value = where.only_value(found.value);
    if (f.kv && found.count == 1 && value && !*value)
      all.append(all.empty() ? "" : ", ")
          .append("`" + f.kv->key + f.kv->assign + "…` in `" + f.header + "`");
  }
  return all.empty() ? "all fields of the scheme" : all;
}

std::string of_routing(errc reason, const message& m) {
  switch (reason) {
    case errc::bad_target:
      return "send a path that means one thing: no //, no dot segments, no %2e, %5c or %00 in it, "
             "%2F only where the route has allow_encoded_slash, no escape or ';' that would make "
             "another route's of it, and no absolute URL";
    case errc::target_too_long:
      return "send a shorter path and query, or raise `limits.target_bytes`";
    case errc::bad_host: return "send exactly one well-formed Host";
    case errc::unknown_method:
      return "use a method that the gateway knows, in upper case: \"" + visible(m.method, 20) +
             "\" is none";
    case errc::bad_framing:
      return "send one Content-Length, or Transfer-Encoding: chunked, and not both";
    case errc::no_route:
      return "no route takes this host and path: correct the URL, or add a route to the "
             "configuration";
    case errc::method_not_allowed:
      return "the route doesn't take " + visible(m.method, 20) +
             ": use another method, or add it to `methods`";
    case errc::body_too_large: return "send a smaller body, or raise `body_bytes` of the route";
    default: return "send HTTP/1.1 as RFC 9112 has it";
  }
}

std::string of_credential(errc reason, const message& m, const walk& taken) {
  switch (reason) {
    case errc::missing_credential:
    case errc::missing_field:
      return "send " + missing_fields(m, taken) + " too, which the scheme \"" +
             taken.policy->scheme_name + "\" needs";
    case errc::unknown_alg:
      return "name no `alg` in `Signature-Input`, or one that the scheme's `algorithms` list";
    default: return "write the fields of the credential as the scheme has them: one is malformed";
  }
}

/// How a body in this envelope says what it is.
std::string content_of(config::envelope_kind envelope) {
  switch (envelope) {
    case config::envelope_kind::jwe:
      return "send the JWE with `Content-Type: application/jose` and without Content-Encoding";
    case config::envelope_kind::aes128gcm:
      return "send the body with exactly `Content-Encoding: aes128gcm`";
    case config::envelope_kind::laravel:
      return "send the payload with the Content-Type that `payload` of the configuration names, "
             "application/x-www-form-urlencoded for a form, and without Content-Encoding";
    case config::envelope_kind::none: break;
  }
  return "send the body without Content-Encoding";
}

std::string of_policy(errc reason, const walk& taken) {
  const config::envelope_kind envelope = taken.policy->settings.envelope;
  const bool sealed = envelope != config::envelope_kind::none;
  switch (reason) {
    case errc::no_key:
      return "give the client \"" + taken.client->id +
             "\" a secret: it has none that bodies could be "
             "sealed with";
    case errc::route_forbidden:
      return "add the route \"" + taken.policy->settings.name + "\" to `routes` of the client \"" +
             taken.client->id + "\"";
    case errc::version_rejected:
      if (taken.version.empty())
        return "send the client's version: its `versions.minimum` is " +
               taken.client->versions.minimum;
      return "use a newer version of the client: " +
             (taken.client->versions.minimum.empty()
                  ? std::string("no route of this path takes ") + visible(taken.version, 40)
                  : "its `versions.minimum` is " + taken.client->versions.minimum +
                        ", and this is " + visible(taken.version, 40));
    case errc::not_json:
      return sealed ? "seal JSON: what was sealed is none"
                    : "send JSON, or say `content: any` on the route: the body is none";
    case errc::bad_plaintext:
      return "seal the message in the form that the route's `plaintext` names";
    case errc::unsupported_content: return content_of(envelope);
    default: return {};
  }
}

std::string general_advice(const message& m, const walk& taken, std::size_t tried) {
  const errc reason = *taken.refused;
  const std::string none = "none of " + std::to_string(tried) + " usual mistakes explains it: ";
  switch (taken.reached) {
    case step::framing:
    case step::route: return of_routing(reason, m);
    case step::credential: return of_credential(reason, m, taken);
    case step::signature:
      return none +
             "compare the bytes above with what the client signs, the secret, and whether the "
             "message was changed on its way";
    default: break;
  }
  if (std::string words = of_policy(reason, taken); !words.empty()) return words;
  if (reason == errc::bad_digest)
    return none + "the body is not the one that the digest was made of; was it changed on its way?";
  return none + "the body was sealed with another key or in another form, or changed on its way";
}

bool look_for_mistake(trials& t) {
  const walk& taken = t.first();
  switch (taken.reached) {
    case step::credential: return try_credential(t);
    case step::time: return try_time(t);
    case step::client: return try_client(t);
    case step::signature:
      return try_signature_forms(t) || try_template_key(t) || try_keys(t) ||
             try_signature_base(t) || try_laravel_signature(t) || try_template(t) ||
             (t.request().has_body && try_signed_body(t)) || try_signature_size(t);
    case step::body: return *taken.refused == errc::bad_digest ? try_digest(t) : try_envelope(t);
    case step::admission: return try_plaintext(t);
    default: return false;
  }
}

/// In every form in which a text that is signed may hold it.
std::vector<base::secret> secrets_of(const keys::generation& g) {
  std::vector<base::secret> all{g.signing, g.encryption};
  for (const auto& key : g.schemes)
    if (key) all.push_back(key->secret);
  return all;
}

}  // namespace

report explain(const message& m, const admission::snapshot& rules, base::instant now,
               admission::workspace& space) {
  report out;
  out.taken = take(m, rules, now, space);
  if (!out.taken.refused) {
    out.advice = "nothing is wrong with it: the gateway takes it, unless it was seen before";
    return out;
  }
  trials t(m, rules, now, out.taken, space);
  if (look_for_mistake(t)) {
    out.mistake = t.result()->mistake;
    out.advice = t.result()->advice;
    out.where = t.result()->where;
  } else {
    out.advice = general_advice(m, out.taken, t.count());
  }
  out.tried = t.count();
  return out;
}

std::string advice_afterwards(std::string_view reason) {
  if (reason == base::name(errc::replay))
    return "make each message anew, with a nonce or a sealed body of its own: nothing is wrong "
           "with "
           "this one but that it was seen before";
  if (reason == base::name(errc::body_too_large))
    return "send a smaller body, or raise `body_bytes` of the route: it was larger than that";
  return "nothing is wrong with what was captured, by this configuration and for this time, and it "
         "was "
         "refused as " +
         visible(reason, 40) +
         " when it came: what was configured has changed, or what was not captured was wrong";
}

std::string compare_signed(const walk& taken, std::string_view client) {
  std::string said(client);
  if (taken.client != nullptr)
    for (const keys::generation& g : taken.client->generations)
      for (const base::secret& secret : secrets_of(g))
        if (!secret.empty()) said = replaced(said, secret.reveal(), "<secret>");
  const auto parts = first_difference(taken.signed_text, said);
  if (!parts) return "what the client signs is what the gateway signs, so the secrets differ";
  return "what the client signs differs " + in_words(*parts);
}

}  // namespace core::explain
