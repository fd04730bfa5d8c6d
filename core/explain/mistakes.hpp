// SPDX-License-Identifier: Apache-2.0
#pragma once

// The usual mistakes of clients, by what they are made in. Each function tries its own one by one,
// the likeliest first, and says whether one of them was it.

#include <string>
#include <string_view>
#include <vector>

#include "core/explain/trials.hpp"

namespace core::explain {

/// Fields that are missing, misspelt, written in another form.
bool try_credential(trials& t);
/// A signature in another encoding than the scheme's, or without what stands before it.
bool try_signature_forms(trials& t);
/// One that the client's algorithm can't have made.
bool try_signature_size(trials& t);
/// Clocks, time zones, milliseconds.
bool try_time(trials& t);
/// A name that nobody has.
bool try_client(trials& t);
/// Another secret, or the same in another form.
bool try_keys(trials& t);
/// The text that RFC 9421 has signed, made in another way.
bool try_signature_base(trials& t);
/// The Laravel scheme's timestamp, or a signature over something else.
bool try_laravel_signature(trials& t);
// A template's settings as the client may have read them.
bool try_template(trials& t);
/// How the secret becomes its key.
bool try_template_key(trials& t);
/// Its algorithm, also where the signature has another size and so can't be read.
bool try_template_algorithm(trials& t);
/// A body that was changed after it was signed.
bool try_signed_body(trials& t);
/// A digest over something else than what went over the wire.
bool try_digest(trials& t);
/// An envelope made with another key, by another algorithm, or none at all.
bool try_envelope(trials& t);
/// A plaintext in another form.
bool try_plaintext(trials& t);

/// A text as one of the forms in which libraries would write it again.
struct variant {
  std::string_view mistake;
  std::string text;
  std::string how;  ///< completes "was signed …"
};
/// Of a body, without those that are the body itself.
std::vector<variant> body_variants(std::string_view body);

}  // namespace core::explain
