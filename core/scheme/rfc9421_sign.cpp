// SPDX-License-Identifier: Apache-2.0
// What rfc9421 signs, and what a client makes of a reply.

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "core/base/ascii.hpp"
#include "core/base/encoding.hpp"
#include "core/http/structured_print.hpp"
#include "core/scheme/rfc9421.hpp"
#include "core/scheme/rfc9421_fields.hpp"

namespace core::scheme {

namespace sf = http::structured;

namespace {

constexpr std::string_view label = "sig";

std::string quoted(std::string_view text) {
  std::string out;
  if (!sf::print_string(out, text))
    throw std::invalid_argument("a signature's parameters are ASCII");
  return out;
}

void append_component(std::string& list, std::string_view name, std::string_view flag = {}) {
  if (!list.empty()) list += ' ';
  list += quoted(name);
  list += flag;
}

std::string made_by(const rfc9421_signer& signer, std::string_view text) {
  if (signer.mac != nullptr) return std::string(signer.mac->mac({text}).view());
  return signer.own->sign(signer.algorithm, text);
}

/// The inner list with its parameters, in the order of the RFC's own examples.
std::string signed_list(const std::string& components, const rfc9421_signer& signer,
                        std::int64_t created, std::string_view nonce, std::string_view tag) {
  std::string text =
      "(" + components + ");created=" + std::to_string(created) + ";keyid=" + quoted(signer.keyid);
  if (!nonce.empty()) text += ";nonce=" + quoted(nonce);
  const crypto::signature_algorithm by =
      signer.mac != nullptr ? crypto::signature_algorithm::hmac_sha256 : signer.algorithm;
  text += ";alg=" + quoted(crypto::name(by));
  if (!tag.empty()) text += ";tag=" + quoted(tag);
  return text;
}

/// Signature-Input and Signature.
rfc9421::field_list signature_fields(const std::string& list, std::string_view under,
                                     const signed_message& message, const rfc9421_signer& signer,
                                     const rfc9421_settings& settings) {
  const std::string input = std::string(under) + "=" + list;
  sf::field in;
  covered_components covered;
  std::string text;
  if (!in.parse_dictionary(input) ||
      !covered.parse(in, in.members().front(), message.is_reply(), settings.parameters) ||
      !build_base(text, in, in.members().front(), covered, message, settings.dictionaries))
    throw std::invalid_argument("the message lacks something that its signature must cover");
  std::string signature = std::string(under) + "=";
  sf::print_byte_sequence(signature, made_by(signer, text));
  return {{"Signature-Input", input}, {"Signature", signature}};
}

}  // namespace

std::string rfc9421::request_components(bool has_content_type, bool has_version) const {
  std::string list;
  bool digest = false;
  bool type = !has_content_type;
  const auto add_type = [&] {
    if (!std::exchange(type, true)) append_component(list, content_type_name);
  };
  for (const std::string& name : settings_.required) {
    if (name == content_digest_name) add_type();
    digest = digest || name == content_digest_name;
    type = type || name == content_type_name;
    append_component(list, name);
  }
  add_type();
  if (!digest && settings_.content_digest) append_component(list, content_digest_name);
  if (has_version) append_component(list, version_name_);
  return list;
}

std::string rfc9421::accept_signature(bool has_content_type) const {
  std::string text(settings_.label.empty() ? label : std::string_view(settings_.label));
  text += "=(" + request_components(has_content_type && settings_.cover_content_type, false) + ")";
  if (settings_.created) text += ";created";
  if (settings_.algorithms.size() == 1)
    text += ";alg=" + quoted(crypto::name(settings_.algorithms.front()));
  if (!settings_.tag.empty()) text += ";tag=" + quoted(settings_.tag);
  return text;
}

std::string rfc9421::reply_components(bool has_content_type) const {
  std::string list;
  append_component(list, "@status");
  if (has_content_type) append_component(list, content_type_name);
  append_component(list, content_digest_name);
  bool digest = false;
  for (const std::string& name : settings_.required) {
    append_component(list, name, ";req");
    digest = digest || name == content_digest_name;
  }
  if (!digest && settings_.content_digest) append_component(list, content_digest_name, ";req");
  return list;
}

rfc9421::field_list rfc9421::sign_reply(const rfc9421_reading& asked, const request_view& request,
                                        const rfc9421_reply& reply,
                                        const rfc9421_signer& signer) const {
  const std::string digest = content_digest(reply.body);
  std::array<http::field, 2> fields{{{content_digest_name, digest}, {}}};
  std::size_t count = 1;
  if (!reply.content_type.empty()) fields[count++] = {content_type_name, reply.content_type};
  const signed_message message{{fields.data(), count}, &request, reply.status};
  const std::string list = signed_list(reply_components(!reply.content_type.empty()), signer,
                                       reply.now, asked.nonce, settings_.reply_tag);
  field_list all{{"Content-Digest", digest}};
  for (auto& field : signature_fields(list, label, message, signer, settings_))
    all.push_back(std::move(field));
  return all;
}

rfc9421::field_list rfc9421::sign_request(const request_view& request, std::string_view body,
                                          const rfc9421_message& what,
                                          const rfc9421_signer& signer) const {
  field_list all;
  if (settings_.content_digest) all.emplace_back("Content-Digest", content_digest(body));
  const bool versioned = !what.version.empty() && !settings_.version_field.empty();
  if (versioned) all.emplace_back(settings_.version_field, what.version);

  http::request_head head = request.head;
  for (const auto& [name, value] : all)
    if (!head.fields.add(name, value)) throw std::invalid_argument("too many header fields");
  const bool typed = settings_.cover_content_type &&
                     head.fields.find(content_type_name, content_type_key).count != 0;
  const request_view whole{head, request.target, request.authority, request.scheme};
  const std::string list = signed_list(request_components(typed, versioned), signer, what.timestamp,
                                       what.nonce, settings_.tag);
  for (auto& field :
       signature_fields(list, settings_.label.empty() ? label : std::string_view(settings_.label),
                        message_of(whole), signer, settings_))
    all.push_back(std::move(field));
  return all;
}

}  // namespace core::scheme
