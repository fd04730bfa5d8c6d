// SPDX-License-Identifier: Apache-2.0
#include "bench/load/signer.hpp"

#include "core/base/encoding.hpp"
#include "core/envelope/jwe.hpp"
#include "core/http/host.hpp"

namespace bench::load {

namespace {

void add_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

/// Nobody's: no id of a configuration begins like this.
std::string unknown(std::string token) {
  token.front() = '~';
  return token;
}

}  // namespace

signer::signer(const options& o, const subject& s)
    : target_line_("POST " + o.to.path + " HTTP/1.1\r\n"),
      authority_(o.to.authority),
      version_(o.version),
      token_(o.spoil == spoiled::token ? unknown(s.client->token) : s.client->token),
      path_(o.to.path),
      target_(core::http::parse_target(path_).value()),
      spoil_(o.spoil),
      subject_(s) {}

void signer::write(std::string& out, std::string_view message, std::int64_t now,
                   std::span<const char> random) {
  const bool seals = subject_.route->settings.envelope == core::config::envelope_kind::jwe;
  const std::string_view chance(random.data(), random.size());
  std::string sealed;
  if (seals) {
    const auto& how = subject_.rules->model.clients[subject_.client->index - 1].jwe;
    sealed = core::envelope::seal_jwe(
        message, {how, subject_.key->jwe.request.reveal(), subject_.client->token},
        chance.substr(0, core::envelope::jwe_random_size), contexts_);
  }
  const std::string_view body = seals ? std::string_view(sealed) : message;
  const std::string_view type = seals ? "application/jose" : "application/json";

  core::http::request_head head;
  head.method = "POST";
  head.target = path_;
  head.fields.add("Host", authority_);
  head.fields.add("Content-Type", type);
  const std::string_view scheme = subject_.rules->external_scheme;
  std::string lower;
  const core::scheme::request_view view{
      head, target_, core::http::authority_of(authority_, scheme, lower), scheme};
  const core::keys::scheme_key& key = *subject_.key->key_of(*subject_.route->settings.scheme);
  const core::scheme::rfc9421_signer who{token_, key.proof ? &*key.proof : nullptr,
                                         key.proof ? nullptr : &*subject_.private_key,
                                         *key.algorithm};
  const std::string nonce = core::base::hex(chance.substr(core::envelope::jwe_random_size));
  auto fields = subject_.route->signatures()->sign_request(view, body, {version_, now, nonce}, who);

  out.assign(target_line_);
  add_field(out, "Host", authority_);
  add_field(out, "Content-Type", type);
  for (auto& [name, value] : fields) {
    // The first letter of its base64, behind "sig=:".
    if (spoil_ == spoiled::signature && name == "Signature") {
      char& letter = value[value.find(':') + 1];
      letter = letter == 'A' ? 'B' : 'A';
    }
    add_field(out, name, value);
  }
  add_field(out, "Content-Length", std::to_string(body.size()));
  out.append("\r\n").append(body);
}

}  // namespace bench::load
