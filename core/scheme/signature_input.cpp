// SPDX-License-Identifier: Apache-2.0
#include "core/scheme/signature_input.hpp"

#include "core/scheme/timestamp.hpp"

namespace core::scheme {

namespace sf = http::structured;
using base::errc;

namespace {

std::optional<std::int64_t> read_time(const sf::field& in, const sf::bare_item& value) {
  if (value.kind != sf::kind::integer) return std::nullopt;
  return parse_timestamp(in[value.text]);
}

bool read_text(std::optional<std::string_view>& out, const sf::field& in,
               const sf::bare_item& value) {
  if (value.kind != sf::kind::string) return false;
  out = in[value.text];
  return true;
}

bool read_parameter(signature_parameters& out, const sf::field& in, const sf::parameter& p) {
  const std::string_view key = in[p.key];
  if (key == "created") {
    out.created = read_time(in, p.value);
    out.created_text = in[p.value.text];
    return out.created.has_value();
  }
  if (key == "expires") return (out.expires = read_time(in, p.value)).has_value();
  if (key == "keyid") return read_text(out.keyid, in, p.value);
  if (key == "nonce") return read_text(out.nonce, in, p.value);
  if (key == "alg") return read_text(out.alg, in, p.value);
  if (key == "tag") return read_text(out.tag, in, p.value);
  return true;
}

bool is_meant(const sf::field& in, const sf::member& input, const signature_choice& choice) {
  if (!choice.label.empty() && in[input.key] != choice.label) return false;
  if (choice.tag.empty()) return true;
  const sf::parameter* const tag = in.find_parameter(input.self, "tag");
  return tag != nullptr && tag->value.kind == sf::kind::string && in[tag->value.text] == choice.tag;
}

}  // namespace

base::result<chosen_signature> choose_signature(const sf::field& inputs,
                                                const sf::field& signatures,
                                                const signature_choice& choice) {
  // No label is there twice in a field: as many in each, and each of one in the other.
  if (inputs.members().size() != signatures.members().size()) return errc::malformed_field;
  if (choice.alone && inputs.members().size() > 1) return errc::malformed_field;
  chosen_signature chosen;
  for (const sf::member& input : inputs.members()) {
    const sf::member* const signature = signatures.find(inputs[input.key]);
    if (signature == nullptr || !input.is_inner_list ||
        signature->self.value.kind != sf::kind::byte_sequence)
      return errc::malformed_field;
    if (!is_meant(inputs, input, choice)) continue;
    if (chosen.input != nullptr) return errc::duplicate_field;
    chosen = {&input, signature};
  }
  if (chosen.input == nullptr) return errc::missing_credential;
  return chosen;
}

base::result<signature_parameters> read_parameters(const sf::field& inputs,
                                                   const sf::member& input) {
  signature_parameters out;
  for (const sf::parameter& p : inputs.parameters(input.self))
    if (!read_parameter(out, inputs, p)) return errc::malformed_field;
  return out;
}

}  // namespace core::scheme
