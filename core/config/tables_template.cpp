// SPDX-License-Identifier: Apache-2.0
// The keys of a scheme that is configuration alone: `type: template`, or a preset of that kind.

#include <algorithm>

#include "core/base/ascii.hpp"
#include "core/config/codecs.hpp"
#include "core/config/presets.hpp"
#include "core/config/tables.hpp"
#include "core/config/units.hpp"
#include "core/config/words.hpp"
#include "core/scheme/charset.hpp"
#include "core/scheme/template_text.hpp"

namespace core::config {

namespace {

using scheme::extraction_settings;
using scheme::template_field;

struct unit_words {
  static constexpr std::array<std::pair<std::string_view, bool>, 2> words{
      {{"s", false}, {"ms", true}}};
};

/// Any text of visible ASCII and blanks: what stands in a header field's value.
struct value_rule : text_rule {
  static constexpr std::string_view type = "text";
  static parsed<std::string> parse(std::string_view text) {
    const bool fits = text.size() <= 256 && std::ranges::all_of(text, [](char c) {
                        return c == ' ' || base::is_visible(c);
                      });
    if (!fits) return wrong{"must be at most 256 characters of ASCII, without control characters"};
    return std::string(text);
  }
};

struct sign_rule {
  using value = char;
  static constexpr std::string_view type = "one character";
  static parsed<char> parse(std::string_view text) {
    if (text.size() != 1 || (text.front() != ' ' && !base::is_visible(text.front())))
      return wrong{"must be one character: visible ASCII or a blank"};
    return text.front();
  }
  static node print(char c) { return text_node({&c, 1}); }
};

struct charset_rule : text_rule {
  static constexpr std::string_view type = "[class]{least,most}";
  static parsed<std::string> parse(std::string_view text) {
    auto made = scheme::charset::parse(text);
    if (auto* why = std::get_if<std::string>(&made)) return wrong{std::move(*why)};
    return std::string(text);
  }
};

/// Compiled where all fields are known.
struct template_rule : text_rule {
  static constexpr std::string_view type = "template";
  static parsed<std::string> parse(std::string_view text) { return std::string(text); }
};

struct type_rule : text_rule {
  static constexpr std::string_view type = "template";
  static parsed<std::string> parse(std::string_view text) {
    if (text != "template") return wrong{"must be template; presets have `preset` instead"};
    return std::string(text);
  }
};

/// Read before all else: what other keys say comes on top of it.
struct preset_rule : text_rule {
  static constexpr std::string_view type = "preset";
  static parsed<std::string> parse(std::string_view text) { return std::string(text); }
};

/// Of what must be said somewhere: the lint tells where it is not.
constexpr std::string_view from_preset = "the preset's";

/// In the reference once, with the Laravel preset's keys.
template <class Owner>
constexpr field<Owner> described_elsewhere(field<Owner> f) {
  f.describe = nullptr;
  return f;
}

/// A section that may be left out as a whole. What it says comes on top of what a preset said.
template <class Table>
struct optional_section {
  using value = std::optional<typename Table::value>;
  static std::string type() { return {}; }
  static bool read(reader& r, const spot& s, value& out) {
    if (!out) out.emplace();
    return read_fields(r, s, Table::fields(), *out);
  }
  static node print(const value& v) { return v ? print_fields(Table::fields(), *v) : node{}; }
  static void describe(const std::string& path, const value&, std::vector<reference_row>& out) {
    describe_fields(path, Table::fields(), typename Table::value{}, out);
  }
};

struct kv_table {
  using value = scheme::kv_rule;
  static std::span<const field<value>> fields() {
    static constexpr field<value> table[] = {
        row<value, &value::key, ruled<value_rule>>("key", "the entries that count, byte by byte",
                                                   from_preset),
        row<value, &value::sep, ruled<sign_rule>>("sep", "what stands between entries"),
        row<value, &value::assign, ruled<sign_rule>>("assign", "what stands between key and value"),
        row<value, &value::quoted, boolean>(
            "quoted", "values stand in double quotes, and a separator in them is none"),
    };
    return table;
  }
};

struct list_table {
  using value = scheme::list_rule;
  static std::span<const field<value>> fields() {
    static constexpr field<value> table[] = {
        row<value, &value::sep, ruled<sign_rule>>("sep", "what stands between entries"),
        row<value, &value::pick, ruled<value_rule>>(
            "pick", "how the entries that count begin; no part of the value"),
    };
    return table;
  }
};

template <class Owner>
constexpr auto header_row = row<Owner, &extraction_settings::header, field_name>(
    "header", "the header field it stands in; it must be there once", from_preset);
template <class Owner>
constexpr auto prefix_row = row<Owner, &extraction_settings::prefix, ruled<value_rule>>(
    "prefix", "what the field's value must begin with; no part of it");
template <class Owner>
constexpr auto kv_row = row<Owner, &extraction_settings::kv, optional_section<kv_table>>("kv", "");
template <class Owner>
constexpr auto list_row =
    row<Owner, &extraction_settings::list, optional_section<list_table>>("list", "");

struct template_field_table {
  using value = template_field;
  static std::span<const field<value>> fields() {
    static constexpr field<value> table[] = {
        header_row<value>,
        prefix_row<value>,
        kv_row<value>,
        list_row<value>,
        row<value, &value::charset, ruled<charset_rule>>(
            "charset", "what the value may be, like [A-Za-z0-9_-]{1,64}",
            "visible ASCII, 1 to 128"),
        row<value, &value::optional, boolean>("optional", "it may be absent"),
        row<value, &value::milliseconds, choice<unit_words>>(
            "unit", "of a timestamp, and of its replies' own"),
    };
    return table;
  }
};

/// Fields by their names. One that a preset has keeps what is not said anew.
struct field_map {
  using value = std::vector<template_field>;
  static std::string type() { return {}; }
  static bool read(reader& r, const spot& s, value& out) {
    if (!expect_map(r, s, "a map of names to where the values stand")) return false;
    for (const entry& e : s.at->entries) {
      const spot at{&e.value, join_path(s.path, e.key)};
      auto known = std::ranges::find(out, e.key, &template_field::name);
      if (known == out.end()) {
        out.emplace_back().name = e.key;
        known = std::prev(out.end());
      }
      if (has_value(r, at)) read_fields(r, at, template_field_table::fields(), *known);
    }
    return true;
  }
  static node print(const value& all) {
    node out = map_node();
    for (const template_field& f : all)
      out.entries.push_back({f.name, {}, print_fields(template_field_table::fields(), f)});
    return out;
  }
  static void describe(const std::string& path, const value&, std::vector<reference_row>& out) {
    describe_fields(path + ".<name>", template_field_table::fields(), template_field{}, out);
  }
};

struct required_map {
  using value = std::vector<scheme::required_value>;
  static std::string type() { return "map of texts"; }
  static bool read(reader& r, const spot& s, value& out) {
    if (!expect_map(r, s, "a map of keys and the values that they must have")) return false;
    for (const entry& e : s.at->entries) {
      const spot at{&e.value, join_path(s.path, e.key)};
      std::string text;
      if (!has_value(r, at) || !ruled<value_rule>::read(r, at, text)) continue;
      std::erase_if(out, [&e](const scheme::required_value& v) { return v.key == e.key; });
      out.push_back({e.key, std::move(text)});
    }
    return true;
  }
  static node print(const value& all) {
    node out = map_node();
    for (const scheme::required_value& v : all)
      out.entries.push_back({v.key, {}, text_node(v.value)});
    return all.empty() ? node{} : out;
  }
};

struct template_key_table {
  using value = scheme::template_key;
  static std::span<const field<value>> fields() {
    static constexpr field<value> table[] = {
        row<value, &value::encoding, choice<encoding_words>>(
            "encoding", "how the key is written in the client's secret"),
        row<value, &value::strip, list_of<ruled<value_rule>>>(
            "strip", "beginnings of the secret that are no part of the key, like whsec_"),
        row<value, &value::derive, ruled<value_rule>>(
            "derive",
            "sign-c2s: the key is derived from the secret, as `countersign derive` prints it"),
    };
    return table;
  }
};

struct template_signature_table {
  using value = scheme::template_signature;
  static std::span<const field<value>> fields() {
    static constexpr field<value> table[] = {
        header_row<value>,
        prefix_row<value>,
        kv_row<value>,
        list_row<value>,
        row<value, &value::encoding, choice<encoding_words>>("encoding", "how it is written"),
    };
    return table;
  }
};

struct response_table {
  using value = scheme::template_response;
  static std::span<const field<value>> fields() {
    static constexpr field<value> table[] = {
        row<value, &value::string_to_sign, ruled<template_rule>>(
            "string_to_sign",
            "what is signed of a reply: {timestamp}, {status} and {body} are the reply's, "
            "{request_timestamp} and all other names the request's",
            from_preset),
        row<value, &value::timestamp, field_name>("timestamp", "the field with the reply's time",
                                                  from_preset),
        row<value, &value::signature, field_name>(
            "signature", "the field with its signature, written as the request's", from_preset),
        row<value, &value::prefix, ruled<value_rule>>("prefix", "what stands before it"),
        row<value, &value::derive, ruled<value_rule>>("derive",
                                                      "sign-s2c: replies have a key of their own"),
    };
    return table;
  }
};

/// A duration that the scheme knows as a number of seconds.
template <std::int64_t Least, std::int64_t Most>
struct whole_seconds {
  using value = std::int64_t;
  using own = duration<seconds, Least, Most>;
  static std::string type() { return own::type(); }
  static bool read(reader& r, const spot& s, value& out) {
    seconds d{};
    if (!own::read(r, s, d)) return false;
    out = d.count();
    return true;
  }
  static node print(value v) { return own::print(seconds{v}); }
};

template <auto Member>
constexpr auto of_scheme = [](auto& p) -> auto& { return p.scheme.*Member; };
using scheme::template_settings;

}  // namespace

std::span<const field<template_preset>> template_table::fields() {
  using t = template_settings;
  static constexpr field<value> table[] = {
      row<value, &value::type, ruled<type_rule>>("type", "a scheme of one's own", "none"),
      described_elsewhere(row<value, &value::preset, ruled<preset_rule>>("preset", "")),
      row<value, of_scheme<&t::algorithm>, choice<algorithm_words>>("algorithm",
                                                                    "how the bytes are signed"),
      row<value, of_scheme<&t::key>, section<template_key_table>>("key", ""),
      row<value, of_scheme<&t::fields>, field_map>("fields", ""),
      row<value, of_scheme<&t::signature>, section<template_signature_table>>("signature", ""),
      row<value, of_scheme<&t::require>, required_map>(
          "require", "entries of the signature's kv list that must have these very values"),
      row<value, of_scheme<&t::string_to_sign>, ruled<template_rule>>(
          "string_to_sign",
          "the bytes that are signed: literal text, names of fields, {body}, {method}, {target}, "
          "{path}, {query}, {host}, {scheme}, {header:Name}, {secret}, {lf}; {name?} may be "
          "absent; filters as in {body\\|sha256\\|hex}: lower, upper, trim, sha256, sha512, hex, "
          "base64, base64url",
          from_preset),
      row<value, of_scheme<&t::response>, optional_section<response_table>>("response", ""),
      row<value, of_scheme<&t::window>, maybe<whole_seconds<second, day>>>(
          "window", "how old a message may be", "replay.window"),
      row<value, of_scheme<&t::future>, maybe<whole_seconds<0, hour>>>(
          "future", "how far ahead its timestamp may be", "replay.future"),
      row<value, of_scheme<&t::replay_id>, ruled<value_rule>>(
          "replay_id", "the field that names a message, together with its timestamp"),
      row<value, of_scheme<&t::release_on_failure>, boolean>(
          "release_on_failure", "a message that the service failed on may be sent again"),
      described_elsewhere(row<value, of_scheme<&t::allow_weak>, boolean>("allow_weak", "")),
  };
  return table;
}

bool is_template(const node& scheme) {
  const node* preset = scheme.find("preset");
  return scheme.find("type") != nullptr ||
         (preset != nullptr && find_preset(preset->text) != nullptr);
}

void template_table::read(reader& r, const spot& s, template_preset& out) {
  const node* preset = s.at->find("preset");
  const preset_text* known = preset != nullptr ? find_preset(preset->text) : nullptr;
  if (preset != nullptr && s.at->find("type") != nullptr)
    r.problems.error(s.key("type"), "stands beside `preset`; give one of the two");
  if (known != nullptr) out.scheme = settings_of(*known);
  read_fields(r, s, fields(), out);
}

}  // namespace core::config
