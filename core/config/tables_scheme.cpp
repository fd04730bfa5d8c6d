// SPDX-License-Identifier: Apache-2.0
// The keys of a scheme: the Laravel preset with settings of one's own.

#include <algorithm>

#include "core/base/ascii.hpp"
#include "core/config/codecs.hpp"
#include "core/config/tables.hpp"

namespace core::config {

namespace {

struct preset_words {
  enum class preset { laravel, rfc9421, configuration };
  static constexpr std::array<std::pair<std::string_view, preset>, 8> words{
      {{"laravel", preset::laravel},
       {"rfc9421", preset::rfc9421},
       {"gw1", preset::configuration},
       {"standard-webhooks", preset::configuration},
       {"github", preset::configuration},
       {"stripe", preset::configuration},
       {"slack", preset::configuration},
       {"shopify", preset::configuration}}};
};

struct construction_words {
  using construction = scheme::laravel_construction;
  static constexpr std::array<std::pair<std::string_view, construction>, 3> words{
      {{"A1", construction::a1}, {"A2", construction::a2}, {"A3", construction::a3}}};
};

struct construction_choice : choice<construction_words> {
  static bool read(reader& r, const spot& s, value& out) {
    if (s.at->what == node::kind::scalar && base::iequals(s.at->text, "A4")) {
      r.problems.error(s,
                       "A4 is refused: it keys the HMAC with the timestamp, which everyone can "
                       "read, instead of the secret");
      return false;
    }
    return choice<construction_words>::read(r, s, out);
  }
};

struct plaintext_words {
  using form = envelope::plaintext_form;
  static constexpr std::array<std::pair<std::string_view, form>, 3> words{
      {{"auto", form::automatic}, {"php_serialized", form::php_serialized}, {"raw", form::raw}}};
};

struct payload_words {
  using form = envelope::payload_form;
  static constexpr std::array<std::pair<std::string_view, form>, 4> words{
      {{"auto", form::by_content_type},
       {"form", form::form},
       {"json", form::json},
       {"raw", form::raw}}};
};

struct string_as_words {
  using how = envelope::string_as;
  static constexpr std::array<std::pair<std::string_view, how>, 3> words{
      {{"auto", how::automatic}, {"json_text", how::json_text}, {"json_string", how::json_string}}};
};

struct empty_array_words {
  using what = envelope::empty_array;
  static constexpr std::array<std::pair<std::string_view, what>, 2> words{
      {{"list", what::list}, {"object", what::object}}};
};

struct member_rule : text_rule {
  static constexpr std::string_view type = "text";
  static parsed<std::string> parse(std::string_view text) {
    const bool fits =
        !text.empty() && text.size() <= 64 && std::ranges::all_of(text, base::is_visible);
    if (!fits) return wrong{"must be 1 to 64 visible ASCII characters without a blank"};
    return std::string(text);
  }
};

struct headers_table {
  using value = scheme::laravel_settings;
  static std::span<const field<value>> fields() {
    static constexpr field<value> table[] = {
        row<value, &value::timestamp_field, field_name>("timestamp",
                                                        "the field with the Unix time"),
        row<value, &value::version_field, field_name>("version",
                                                      "the field with the client's version"),
        row<value, &value::token_field, field_name>("token",
                                                    "the field that says who the client is"),
        row<value, &value::signature_field, field_name>(
            "signature", "the field with the signature, in hexadecimal"),
    };
    return table;
  }
};

constexpr auto construction = [](auto& p) -> auto& { return p.scheme.construction; };
constexpr auto plaintext_form = [](auto& p) -> auto& { return p.plaintext.form; };
constexpr auto string_as = [](auto& p) -> auto& { return p.plaintext.string_as; };
constexpr auto empty_array = [](auto& p) -> auto& { return p.plaintext.empty_array; };

}  // namespace

std::span<const field<laravel_preset>> laravel_table::fields() {
  static constexpr field<value> table[] = {
      only<value, choice<preset_words>>(
          "preset", "the scheme that these settings are on top of; this or `type`", required),
      row<value, construction, construction_choice>(
          "construction",
          "the signature: A1 HMAC(secret, timestamp), A2 HMAC(secret, timestamp and secret), "
          "A3 SHA-256(timestamp and secret)"),
      row<value, &value::allow_weak, boolean>(
          "allow_weak",
          "must be true for A3, hmac-sha1, sha256 and sha512, which are weak or no HMAC"),
      row<value, &value::scheme, section<headers_table>>("headers", ""),
      row<value, &value::payload, choice<payload_words>>(
          "payload",
          "where the sealed payload stands: a form field, a member of a JSON object, or the body "
          "itself; "
          "auto: as Content-Type says"),
      row<value, &value::field, ruled<member_rule>>("field", "name of the form field or member"),
      row<value, plaintext_form, choice<plaintext_words>>(
          "plaintext",
          "php_serialized: sealed with encrypt(); raw: with encryptString(); auto: whichever it "
          "is"),
      row<value, string_as, choice<string_as_words>>(
          "string_as",
          "what becomes of a PHP string: json_text: it holds JSON and goes on as it is; "
          "json_string: it is quoted; "
          "auto: as it is if it is a JSON object or array"),
      row<value, empty_array, choice<empty_array_words>>(
          "empty_array", "what an empty PHP array becomes: [] or {}"),
  };
  return table;
}

void scheme_table::read(reader& r, const spot& s, scheme_settings& out) {
  if (is_template(*s.at)) return template_table::read(r, s, out.what.emplace<template_preset>());
  const node* preset = s.at->find("preset");
  if (preset != nullptr && preset->text == "rfc9421")
    read_fields(r, s, signatures_table::fields(), out.what.emplace<scheme::rfc9421_settings>());
  else
    read_fields(r, s, laravel_table::fields(), out.what.emplace<laravel_preset>());
}

node scheme_table::print(const scheme_settings& p) {
  if (const auto* own = std::get_if<template_preset>(&p.what))
    return print_fields(template_table::fields(), *own);
  if (const auto* signatures = std::get_if<scheme::rfc9421_settings>(&p.what))
    return print_fields(signatures_table::fields(), *signatures);
  return print_fields(laravel_table::fields(), std::get<laravel_preset>(p.what));
}

void scheme_table::describe(const std::string& path, std::vector<reference_row>& out) {
  std::vector<reference_row> all;
  describe_fields(path, laravel_table::fields(), laravel_preset{}, all);
  describe_fields(path, signatures_table::fields(), scheme::rfc9421_settings{}, all);
  describe_fields(path, template_table::fields(), template_preset{}, all);
  // Kinds of schemes share keys: each stands once.
  for (reference_row& row : all)
    if (std::ranges::find(out, row.path, &reference_row::path) == out.end())
      out.push_back(std::move(row));
}

}  // namespace core::config
