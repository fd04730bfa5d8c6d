// SPDX-License-Identifier: Apache-2.0
// The keys of a scheme of HTTP message signatures: the preset rfc9421 with settings of one's own.

#include <algorithm>

#include "core/base/ascii.hpp"
#include "core/config/codecs.hpp"
#include "core/config/tables.hpp"
#include "core/scheme/components.hpp"

namespace core::config {

namespace {

struct signatures_words {
  enum class preset { rfc9421 };
  static constexpr std::array<std::pair<std::string_view, preset>, 1> words{
      {{"rfc9421", preset::rfc9421}}};
};

/// A derived component of requests, or a field in lower case (RFC 9421, section 2).
struct component_rule : text_rule {
  static constexpr std::string_view type = "component";
  static parsed<std::string> parse(std::string_view text) {
    if (!text.starts_with('@')) {
      if (base::lower(text) != text)
        return wrong{quoted(text) + " must be in lower case, as components are named"};
      return parse_field_name(text);
    }
    const auto what = scheme::derived_named(text);
    if (what == scheme::derived::none || what == scheme::derived::status ||
        what == scheme::derived::query_param)
      return wrong{quoted(text) +
                   " is not one of @method, @target-uri, @authority, @scheme, @request-target, "
                   "@path, @query"};
    return std::string(text);
  }
};

struct label_rule : text_rule {
  static constexpr std::string_view type = "label";
  static parsed<std::string> parse(std::string_view text) {
    const auto fits = [](char c) {
      return (c >= 'a' && c <= 'z') || base::is_digit(c) || c == '_' || c == '-' || c == '.' ||
             c == '*';
    };
    const bool begins = !text.empty() && ((text[0] >= 'a' && text[0] <= 'z') || text[0] == '*');
    if (!begins || text.size() > 64 || !std::ranges::all_of(text, fits))
      return wrong{quoted(text) +
                   " must be 1 to 64 of a-z 0-9 _ - . *, the first one a letter or * (RFC 8941)"};
    return std::string(text);
  }
};

struct tag_rule : text_rule {
  static constexpr std::string_view type = "text";
  static parsed<std::string> parse(std::string_view text) {
    const auto fits = [](char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; };
    if (text.empty() || text.size() > 128 || !std::ranges::all_of(text, fits))
      return wrong{"must be 1 to 128 ASCII characters without \" and \\"};
    return std::string(text);
  }
};

struct signing_algorithm_words {
  using a = crypto::signature_algorithm;
  static constexpr std::array<std::pair<std::string_view, a>, 6> words{
      {{"hmac-sha256", a::hmac_sha256},
       {"ed25519", a::ed25519},
       {"ecdsa-p256-sha256", a::ecdsa_p256_sha256},
       {"ecdsa-p384-sha384", a::ecdsa_p384_sha384},
       {"rsa-pss-sha512", a::rsa_pss_sha512},
       {"rsa-v1_5-sha256", a::rsa_v1_5_sha256}}};
};

/// `algorithms: ed25519` and a list; the default is written out when it is printed.
struct algorithms_codec : list_of<choice<signing_algorithm_words>> {
  static bool read(reader& r, const spot& s, value& out) {
    value own;
    if (!list_of<choice<signing_algorithm_words>>::read(r, s, own)) return false;
    out = std::move(own);
    return true;
  }
};

struct components_codec : list_of<ruled<component_rule>> {
  static bool read(reader& r, const spot& s, value& out) {
    value own;
    if (!list_of<ruled<component_rule>>::read(r, s, own)) return false;
    out = std::move(own);
    return true;
  }
};

struct nonce_words {
  enum class nonce { profile, any, optional };
  static constexpr std::array<std::pair<std::string_view, nonce>, 3> words{
      {{"required", nonce::profile}, {"any", nonce::any}, {"optional", nonce::optional}}};
};

struct nonce_codec {
  using value = scheme::rfc9421_settings;
  static std::string type() { return choice<nonce_words>::type(); }
  static bool read(reader& r, const spot& s, value& out) {
    nonce_words::nonce what{};
    if (!choice<nonce_words>::read(r, s, what)) return false;
    out.nonce = what != nonce_words::nonce::optional;
    out.any_nonce = what != nonce_words::nonce::profile;
    return true;
  }
  static node print(const value& v) {
    using enum nonce_words::nonce;
    return choice<nonce_words>::print(!v.nonce ? optional : v.any_nonce ? any : profile);
  }
};

struct parameters_table {
  using value = scheme::component_parameters;
  static std::span<const field<value>> fields() {
    static constexpr field<value> table[] = {
        row<value, &value::sf, boolean>("sf", "components may say ;sf"),
        row<value, &value::key, boolean>("key", "components may say ;key"),
        row<value, &value::bs, boolean>("bs", "components may say ;bs"),
    };
    return table;
  }
};

struct version_table {
  using value = scheme::rfc9421_settings;
  static std::span<const field<value>> fields() {
    static constexpr field<value> table[] = {
        row<value, &value::version_field, field_name>(
            "version", "the field with the client's version; covered where it is there"),
    };
    return table;
  }
};

}  // namespace

std::span<const field<scheme::rfc9421_settings>> signatures_table::fields() {
  static constexpr field<value> table[] = {
      only<value, choice<signatures_words>>("preset", "HTTP message signatures (RFC 9421)",
                                            required),
      row<value, &value::algorithms, algorithms_codec>(
          "algorithms", "those that clients may have; which one it is, the client's key says"),
      row<value, &value::required, components_codec>(
          "components", "what a signature must cover, without parameters; more may be"),
      row<value, &value::cover_content_type, boolean>(
          "cover_content_type", "Content-Type must be covered by a message that has it"),
      row<value, &value::content_digest, boolean>(
          "content_digest", "each message has a Content-Digest, covered and right"),
      row<value, &value::tag, ruled<tag_rule>>("tag", "of the signature that is meant"),
      row<value, &value::label, ruled<label_rule>>("label", "of the signature that is meant",
                                                   "any"),
      row<value, &value::other_signatures, boolean>(
          "other_signatures", "signatures with another tag or label may stand beside it"),
      row<value, &value::parameters, section<parameters_table>>("parameters", ""),
      row<value, &value::created, boolean>("created", "each signature says when it was made"),
      row<value, itself, nonce_codec>(
          "nonce",
          "required: 16 to 128 of A-Z a-z 0-9 _ -; any: some text of at most 128; optional: a "
          "message without is remembered by all that it signs"),
      row<value, itself, section<version_table>>("headers", ""),
  };
  return table;
}

}  // namespace core::config
