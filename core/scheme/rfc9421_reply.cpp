// SPDX-License-Identifier: Apache-2.0
// What a client makes of a signed reply.

#include "core/scheme/rfc9421.hpp"
#include "core/scheme/rfc9421_fields.hpp"

namespace core::scheme {

namespace sf = http::structured;
using base::errc;

base::result<void> rfc9421::reply_covers(const sf::field& in, const covered_components& covered,
                                         const http::fields& fields) const {
  const http::fields::lookup type = fields.find(content_type_name, content_type_key);
  if (type.count > 1) return errc::duplicate_field;
  if (!covered.has(in, "@status") || !covered.has(in, content_digest_name))
    return errc::not_covered;
  if (type.count == 1 && !covered.has(in, content_type_name)) return errc::not_covered;
  for (const std::string& name : settings_.required)
    if (!covered.has_of_request(in, name)) return errc::not_covered;
  if (settings_.content_digest && !covered.has_of_request(in, content_digest_name))
    return errc::not_covered;
  return {};
}

base::result<std::int64_t> rfc9421::verify_reply(const request_view& request,
                                                 std::string_view nonce,
                                                 const http::response_head& head,
                                                 std::string_view body,
                                                 const keys::scheme_key& key) const {
  rfc9421_reading reading;
  const field_lines input = lines_of(head.fields, input_name, input_key, reading.inputs);
  const field_lines signature =
      lines_of(head.fields, signature_name, signature_key, reading.signatures);
  if (input.count == 0 && signature.count == 0) return errc::missing_credential;
  if (input.count == 0 || signature.count == 0) return errc::missing_field;
  sf::field inputs;
  sf::field signatures;
  if (!inputs.parse_dictionary(input.text) || !signatures.parse_dictionary(signature.text))
    return errc::malformed_field;
  // A proxy in between may add a signature of its own.
  const auto chosen = choose_signature(inputs, signatures, {settings_.reply_tag, {}, false});
  if (!chosen) return chosen.error();
  const auto said = read_parameters(inputs, *chosen->input);
  if (!said) return said.error();
  if (!said->created) return errc::missing_field;
  // Another request's reply, even to the same words, is none to this one.
  if (said->nonce.value_or(std::string_view()) != nonce) return errc::bad_signature;

  covered_components covered;
  const signed_message message{{head.fields.begin(), head.fields.end()}, &request, head.status};
  auto done = read_signature(reading, signatures[chosen->signature->self.value.text]);
  if (done) done = read_algorithm(reading, *said);
  if (done) done = covered.parse(inputs, *chosen->input, true, settings_.parameters);
  if (done) done = reply_covers(inputs, covered, head.fields);
  if (done)
    done =
        build_base(reading.base, inputs, *chosen->input, covered, message, settings_.dictionaries);
  if (!done) return done.error();
  if (!proven_by(reading, key.reply ? &*key.reply : nullptr, key)) return errc::bad_signature;

  const field_lines digest =
      lines_of(head.fields, content_digest_name, content_digest_key, reading.digest_lines);
  if (!parse_content_digest(reading.digests, digest.text)) return errc::malformed_field;
  if (!reading.digests.fit(body)) return errc::bad_digest;
  return *said->created;
}

}  // namespace core::scheme
