// SPDX-License-Identifier: Apache-2.0
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>

#include "core/admission/refusal.hpp"
#include "core/base/encoding.hpp"
#include "core/base/utf8.hpp"
#include "core/config/words.hpp"
#include "core/keys/derived.hpp"
#include "gateway/cli/commands.hpp"
#include "gateway/cli/load.hpp"
#include "gateway/cli/readable_json.hpp"
#include "gateway/cli/say.hpp"
#include "gateway/cli/vector_set.hpp"

namespace gateway::cli {

namespace {

namespace admission = core::admission;
namespace config = core::config;
namespace json = boost::json;

// Said in the output, for whoever finds it without this program.
constexpr std::string_view about =
    "Made by `countersign vectors`. All keys are examples, none is a client's. requests are "
    "accepted by a gateway whose clock is `at`, must_fail are not; replies answer the first "
    "request. Where `signed` holds <secret>, the secret is signed in its place.";

json::string text(std::string_view of) { return json::string(of.data(), of.size()); }

/// Bytes that are no text get a name that says so.
void put(json::object& into, const std::string& key, std::string_view bytes) {
  if (core::base::is_utf8(bytes))
    into[key] = text(bytes);
  else
    into[key + "_base64"] = text(core::base::base64(bytes));
}

json::array fields_of(const std::vector<admission::client_field>& fields) {
  json::array all;
  for (const auto& f : fields) all.push_back(json::array{text(f.name), text(f.value)});
  return all;
}

void put_key(json::object& into, std::string_view purpose, const core::base::secret& from,
             std::string_view client) {
  const core::keys::purpose* p = core::keys::find_purpose(purpose);
  if (p != nullptr)
    into[purpose] = text(core::base::hex(core::keys::derive(from, *p, client).reveal()));
}

/// The keys that come of the secret, of those that these messages need.
json::object derived_keys(const example& e, const core::keys::generation& g) {
  json::object keys;
  const config::client& c = e.rules.clients.front();
  const config::route& r = e.rules.routes.front();
  const core::base::secret& secret = c.secrets.front().value;
  if (secret.empty()) return keys;
  const core::base::secret& signing = c.signing_secret.value_or(secret);
  if (const auto* own = std::get_if<config::template_preset>(&e.rules.schemes.front().what)) {
    put_key(keys, own->scheme.key.derive, signing, c.id);
    if (r.reply.sign) put_key(keys, own->scheme.response->derive, signing, c.id);
  } else if (c.algorithm) {
    if (core::crypto::is_symmetric(*c.algorithm) && !c.signing_secret)
      put_key(keys, "sign-c2s", signing, c.id);
    if (r.reply.sign) put_key(keys, "sign-s2c", signing, c.id);
  }
  const core::base::secret& sealing = c.encryption_key.value_or(secret);
  const auto put_both = [&](const std::string& before, std::string_view after) {
    if (!c.encryption_key) put_key(keys, (before + "c2s:").append(after), sealing, c.id);
    if (r.reply.seal) put_key(keys, (before + "s2c:").append(after), sealing, c.id);
  };
  switch (r.envelope) {
    case config::envelope_kind::none: break;
    case config::envelope_kind::aes128gcm: put_both("enc-", "aes128gcm"); break;
    case config::envelope_kind::laravel:
      if (r.reply.seal)
        keys["laravel-reply:" + std::string(core::crypto::name(c.cipher))] =
            text(core::base::hex(g.reply.reveal()));
      break;
    case config::envelope_kind::jwe:
      if (c.jwe.alg == core::envelope::jwe_alg::dir)
        put_both("enc-", core::envelope::name(c.jwe.enc));
      else
        put_both("kw-", core::envelope::name(c.jwe.alg));
  }
  return keys;
}

json::object client_of(const example& e, const admission::snapshot& rules) {
  const config::client& c = e.rules.clients.front();
  json::object out;
  out["id"] = text(c.id);
  out["token"] = text(c.token);
  out["version"] = text(e.version);
  if (const auto& secret = c.secrets.front().value; !secret.empty())
    out["secret"] = text(secret.reveal());
  if (c.signing_secret) out["signing_secret"] = text(c.signing_secret->reveal());
  if (c.encryption_key) out["encryption_key"] = text(c.encryption_key->reveal());
  if (c.algorithm) out["algorithm"] = text(core::crypto::name(*c.algorithm));
  if (c.public_key) out["public_key"] = text(*c.public_key);
  if (!e.private_key.empty()) out["private_key"] = text(e.private_key);
  const auto envelope = e.rules.routes.front().envelope;
  if (envelope == config::envelope_kind::laravel)
    out["cipher"] = text(core::crypto::name(c.cipher));
  if (envelope == config::envelope_kind::jwe)
    out["jwe"] = json::object{{"alg", text(core::envelope::name(c.jwe.alg))},
                              {"enc", text(core::envelope::name(c.jwe.enc))}};
  json::object keys = derived_keys(e, rules.keys.all()[1].generations.front());
  if (!keys.empty()) out["keys"] = std::move(keys);
  return out;
}

json::object request_of(const request_vector& v) {
  const admission::client_request& r = v.request;
  json::object out;
  out["what"] = text(v.what);
  out["at"] = v.at;
  out["method"] = text(r.method);
  out["authority"] = text(r.authority);
  out["target"] = text(r.target);
  if (v.plaintext) put(out, "plaintext", *v.plaintext);
  if (!v.refused) put(out, "signed", v.signed_text);
  out["fields"] = fields_of(r.fields);
  if (r.body) put(out, "body", *r.body);
  if (v.refused) {
    const admission::refusal answer = admission::refusal_for(*v.refused);
    out["reason"] = text(core::base::name(*v.refused));
    out["status"] = answer.status;
    out["code"] = text(answer.code);
  }
  return out;
}

json::object reply_of(const reply_vector& v) {
  json::object out;
  out["what"] = text(v.what);
  out["at"] = v.at;
  out["status"] = v.status;
  out["fields"] = fields_of(v.fields);
  put(out, "body", v.body);
  if (v.fault.empty())
    put(out, "plaintext", v.plaintext);
  else
    out["reason"] = text(v.fault);
  return out;
}

template <class Vectors, class Make>
json::array each(const Vectors& all, Make make) {
  json::array out;
  for (const auto& v : all) out.push_back(make(v));
  return out;
}

json::object kind_of(const example& e) {
  json::object out;
  out["name"] = text(e.name);
  out["scheme"] = text(e.scheme);
  out["envelope"] = text(config::name(e.rules.routes.front().envelope));
  const admission::snapshot rules(e.rules);
  admission::workspace space;
  const vector_set made = make_vectors(e, rules, space);
  if (!made.left_out.empty()) {
    out["left_out"] = text(made.left_out);
    return out;
  }
  out["timestamp"] = example_time;
  out["nonce"] = text(made.nonce);
  out["client"] = client_of(e, rules);
  // Replies to a client that shares nothing have the gateway's own signature.
  if (rules.identity && e.rules.clients.front().secrets.front().value.empty())
    out["gateway"] =
        json::object{{"keyid", text(e.rules.identity->id)},
                     {"public_key", text(core::base::base64(rules.identity->public_spki()))}};
  out["requests"] = each(made.requests, request_of);
  out["must_fail"] = each(made.refused_requests, request_of);
  if (made.replies.empty()) return out;
  out["replies"] = each(made.replies, reply_of);
  out["replies_must_fail"] = each(made.refused_replies, reply_of);
  return out;
}

int vectors(const std::string& path) {
  config::reading read = read_configuration(path);
  if (has_errors(read)) {
    print_problems(read.problems, path);
    return exit_config;
  }
  json::array kinds;
  for (const example& e : examples_of(*read.value)) {
    kinds.push_back(kind_of(e));
    const auto* why = kinds.back().get_object().if_contains("left_out");
    if (why != nullptr)
      warn("no vectors for " + e.name + ": " + std::string(why->get_string().c_str()));
  }
  if (kinds.empty())
    warn("no route of this configuration has a scheme that one of its clients may use");
  json::object all;
  all["about"] = text(about);
  all["vectors"] = std::move(kinds);
  print(readable_json(all));
  return exit_fine;
}

}  // namespace

void add_vectors(CLI::App& app, int& status) {
  auto path = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("vectors",
                                         "Print test vectors for every scheme in use, as JSON, "
                                         "made with example keys for partners' CI");
  command->add_option("-c,--config", *path, "The configuration file")->required();
  command->callback([path, &status] { status = vectors(*path); });
}

}  // namespace gateway::cli
