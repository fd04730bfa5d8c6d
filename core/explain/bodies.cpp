// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "core/base/encoding.hpp"
#include "core/envelope/aes128gcm.hpp"
#include "core/envelope/jwe.hpp"
#include "core/explain/mistakes.hpp"
#include "core/explain/restyle.hpp"
#include "core/explain/rewriting.hpp"
#include "core/scheme/digest_fields.hpp"

namespace core::explain {

namespace {

struct named_style {
  std::string_view how;
  json_style style;
};

std::vector<named_style> styles() {
  using slashes = json_style::slashes;
  using letters = json_style::letters;
  return {
      {"without the blanks between its tokens, as JSON.stringify writes it", {"", ""}},
      {"with blanks after : and , as Python's json.dumps writes it", {" ", " "}},
      {"with blanks and \\u escapes, as Python's json.dumps writes it",
       {" ", " ", 0, slashes::as_they_are, letters::escaped}},
      {"with \\u escapes, as PHP's json_encode writes it",
       {"", "", 0, slashes::as_they_are, letters::escaped}},
      {"with / as \\/, as PHP's json_encode writes it",
       {"", "", 0, slashes::escaped, letters::as_they_are}},
      {"with / as \\/ and \\u escapes, as PHP's json_encode writes it",
       {"", "", 0, slashes::escaped, letters::escaped}},
      {"with plain / where \\/ is sent", {"", "", 0, slashes::plain, letters::as_they_are}},
      {"with letters where \\u escapes are sent",
       {"", "", 0, slashes::as_they_are, letters::plain}},
      {"with plain / and letters where escapes are sent",
       {"", "", 0, slashes::plain, letters::plain}},
      {"indented by 2", {" ", "", 2}},
      {"indented by 4", {" ", "", 4}},
      {"indented by 4, with / as \\/", {" ", "", 4, slashes::escaped, letters::as_they_are}},
  };
}

/// What was sealed, opened with the client's newest key in force.
std::optional<std::string> opened(const trials& t) {
  if (t.first().key == nullptr || t.client() == nullptr) return std::nullopt;
  std::string body = t.request().body;
  crypto::cipher_contexts contexts;
  const keys::generation& key = *t.first().key;
  if (t.policy().settings.envelope == config::envelope_kind::jwe && !key.jwe.request.empty()) {
    const auto plain = envelope::open_jwe(
        body, {t.client()->jwe, key.jwe.request.reveal(), t.client()->token}, contexts);
    if (plain) return std::string(plain->plaintext.data(), plain->plaintext.size());
  }
  if (t.policy().settings.envelope == config::envelope_kind::aes128gcm &&
      !key.aes128gcm.request.empty()) {
    const auto plain = envelope::open_aes128gcm(
        body, {key.aes128gcm.request.reveal(), t.client()->token}, contexts);
    if (plain) return std::string(plain->data(), plain->size());
  }
  return std::nullopt;
}

constexpr std::string_view sign_what_is_sent =
    "sign the bytes of the body that are sent: it was signed ";

}  // namespace

std::vector<variant> body_variants(std::string_view body) {
  std::vector<variant> out;
  const auto add = [&](std::string_view mistake, std::string text, std::string how) {
    if (text != body) out.push_back({mistake, std::move(text), std::move(how)});
  };
  add("body-with-newline", std::string(body) + "\n", "with a line end after it");
  if (body.ends_with('\n'))
    add("body-with-newline", std::string(body.substr(0, body.size() - 1)),
        "without the line end after it");
  for (const named_style& s : styles())
    if (auto text = restyled(body, s.style))
      add("body-serialised-again", std::move(*text), std::string(s.how));
  add("body-line-ends", replaced(body, "\r\n", "\n"), "with LF where CR LF is sent");
  add("body-line-ends", replaced(body, "\n", "\r\n"), "with CR LF where LF is sent");
  add("body-left-out", "", "as if it were empty");
  if (auto decoded = percent_decoded(replaced(body, "+", " ")))
    add("body-decoded", std::move(*decoded), "percent-decoded");
  add("body-in-base64", base::base64(body), "in base64");
  return out;
}

bool try_signed_body(trials& t) {
  const auto* templated = t.policy().templated();
  if (templated == nullptr || !templated->signs_body()) return false;
  return std::ranges::any_of(body_variants(t.request().body), [&](const variant& v) {
    return t.try_request(v.mistake, std::string(sign_what_is_sent) + v.how,
                         t.request().with_body(v.text));
  });
}

bool try_digest(trials& t) {
  const std::string* const written = t.request().value("Content-Digest");
  scheme::content_digests digests;
  if (written == nullptr || !scheme::parse_content_digest(digests, *written)) return false;
  const auto plain = opened(t);
  if (t.see(plain && digests.fit(*plain), "digest-of-plaintext",
            "make `Content-Digest` of the body as it is sent, which is sealed: it is that of the "
            "plaintext"))
    return true;
  return std::ranges::any_of(body_variants(t.request().body), [&](const variant& v) {
    return t.see(digests.fit(v.text), v.mistake,
                 "make `Content-Digest` of the bytes of the body that are sent: it is that of the "
                 "body " +
                     v.how);
  });
}

}  // namespace core::explain
