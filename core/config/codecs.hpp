// SPDX-License-Identifier: Apache-2.0
#pragma once

// The kinds of values that rows of the field table name. Each reads, prints and describes one kind,
// and knows no key. read() answers whether it has set its value.

#include <array>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/date.hpp"
#include "core/base/secret.hpp"
#include "core/config/field.hpp"
#include "core/config/values.hpp"

namespace core::config {

/// The scalar's text, or null and reported.
const std::string* read_scalar(reader& r, const spot& s, std::string_view type);
/// As read_scalar for numbers and booleans: in quotes they would be text.
const std::string* read_plain(reader& r, const spot& s, std::string_view type);

/// Stores what was parsed, or reports it.
template <class T, class Target>
bool accept(reader& r, const spot& s, parsed<T> value, Target& out) {
  if (const auto* bad = std::get_if<wrong>(&value)) {
    r.problems.error(s, bad->why);
    return false;
  }
  out = static_cast<Target>(std::get<T>(std::move(value)));
  return true;
}

/// `value` if it lies within; else a sentence with both ends, in the words of `print`.
template <class T, class Print>
parsed<T> within(T value, T least, T most, Print print) {
  if (value < least) return wrong{"must be at least " + print(least)};
  if (value > most) return wrong{"must be at most " + print(most)};
  return value;
}

struct boolean {
  using value = bool;
  static std::string type() { return "true or false"; }
  static bool read(reader& r, const spot& s, bool& out);
  static node print(bool b) { return scalar_node(b ? "true" : "false"); }
};

template <class T, std::uint64_t Least, std::uint64_t Most>
struct number {
  using value = T;
  static std::string show(std::uint64_t n) { return std::to_string(n); }
  static std::string type() { return "number, " + show(Least) + " to " + show(Most); }
  static bool read(reader& r, const spot& s, T& out) {
    const std::string* text = read_plain(r, s, "a number");
    if (!text) return false;
    auto n = parse_number(*text);
    if (const auto* plain = std::get_if<std::uint64_t>(&n)) n = within(*plain, Least, Most, show);
    return accept(r, s, std::move(n), out);
  }
  static node print(T n) { return scalar_node(std::to_string(n)); }
};

template <std::uint64_t Least, std::uint64_t Most>
struct size {
  using value = std::uint64_t;
  static std::string type() { return "size, " + print_size(Least) + " to " + print_size(Most); }
  static bool read(reader& r, const spot& s, std::uint64_t& out) {
    const std::string* text = read_scalar(r, s, "a size like 16KiB");
    if (!text) return false;
    auto n = parse_size(*text);
    if (const auto* bytes = std::get_if<std::uint64_t>(&n))
      n = within(*bytes, Least, Most, print_size);
    return accept(r, s, std::move(n), out);
  }
  static node print(std::uint64_t n) { return scalar_node(print_size(n)); }
};

/// Bounds in milliseconds; with T = seconds only whole seconds are taken.
template <class T, std::int64_t Least, std::int64_t Most>
struct duration {
  using value = T;
  static std::string type() {
    return "duration, " + print_duration(milliseconds{Least}) + " to " +
           print_duration(milliseconds{Most});
  }
  static bool read(reader& r, const spot& s, T& out) {
    const std::string* text = read_scalar(r, s, "a duration like 300s");
    if (!text) return false;
    auto d = parse_duration(*text);
    if (const auto* found = std::get_if<milliseconds>(&d)) {
      const milliseconds ms = *found;
      d = ms % T{1} == milliseconds{0}
              ? within(ms, milliseconds{Least}, milliseconds{Most}, print_duration)
              : wrong{"must be whole seconds"};
    }
    milliseconds checked{};
    if (!accept(r, s, std::move(d), checked)) return false;
    out = std::chrono::duration_cast<T>(checked);
    return true;
  }
  static node print(T d) { return scalar_node(print_duration(d)); }
};

/// One word of a fixed list; `Words` has `static constexpr std::array<std::pair<std::string_view,
/// Enum>, N> words`, and may have `unsupported`, an array of words that other versions take.
template <class Words>
struct choice {
  using value = typename decltype(Words::words)::value_type::second_type;
  static std::string type() {
    std::string out;
    for (const auto& [word, meant] : Words::words) out.append(out.empty() ? "" : ", ").append(word);
    return out;
  }
  static bool read(reader& r, const spot& s, value& out) {
    const std::string* text = read_scalar(r, s, "one of " + type());
    if (!text) return false;
    std::vector<std::string_view> known;
    for (const auto& [word, meaning] : Words::words) {
      known.push_back(word);
      if (word == *text) {
        out = meaning;
        return true;
      }
    }
    if constexpr (requires { Words::unsupported; }) {
      if (std::ranges::find(Words::unsupported, *text) != Words::unsupported.end()) {
        r.problems.error(s, quoted(*text) + ' ' + unsupported_message("it has " + type()));
        return false;
      }
    }
    const auto meant = nearest(*text, known);
    r.problems.error(s, quoted(*text) + " is not one of " + type() +
                            (meant ? "; did you mean \"" + std::string(*meant) + "\"?" : ""));
    return false;
  }
  static node print(value v) {
    for (const auto& [word, meant] : Words::words) {
      if (meant == v) return scalar_node(std::string(word));
    }
    return {};
  }
};

/// A text with a rule: `Rule` has `type`, parse() and print().
template <class Rule>
struct ruled {
  using value = typename Rule::value;
  static std::string type() { return std::string(Rule::type); }
  static bool read(reader& r, const spot& s, value& out) {
    const std::string* text = read_scalar(r, s, Rule::type);
    return text && accept(r, s, Rule::parse(*text), out);
  }
  static node print(const value& v) { return Rule::print(v); }
};

struct text_rule {
  using value = std::string;
  static node print(const std::string& v) { return v.empty() ? node{} : text_node(v); }
};
struct name_rule : text_rule {
  static constexpr std::string_view type = "name";
  static parsed<std::string> parse(std::string_view text) { return parse_name(text); }
};
struct field_name_rule : text_rule {
  static constexpr std::string_view type = "field name";
  static parsed<std::string> parse(std::string_view text) { return parse_field_name(text); }
};
struct moment_rule {
  using value = std::int64_t;
  static constexpr std::string_view type = "date";
  static parsed<std::int64_t> parse(std::string_view text) { return parse_moment(text); }
  static node print(std::int64_t at) { return scalar_node(base::format_iso8601(at)); }
};

struct network_rule {
  using value = base::ip_network;
  static constexpr std::string_view type = "network";
  static parsed<base::ip_network> parse(std::string_view text) { return parse_network(text); }
  static node print(const base::ip_network& n) { return text_node(base::print_ip_network(n)); }
};

using name_text = ruled<name_rule>;
using field_name = ruled<field_name_rule>;
using moment = ruled<moment_rule>;

/// Secrets in every notation; printed as <redacted>.
struct secret_value {
  using value = base::secret;
  static std::string type() { return "secret"; }
  static bool read(reader& r, const spot& s, base::secret& out);
  static node print(const base::secret&) { return text_node("<redacted>"); }
};

/// A key that may be left out, with nothing in its place.
template <class Codec>
struct maybe {
  using value = std::optional<typename Codec::value>;
  static std::string type() { return Codec::type(); }
  static bool read(reader& r, const spot& s, value& out) {
    typename Codec::value v{};
    if (!Codec::read(r, s, v)) return false;
    out = std::move(v);
    return true;
  }
  static node print(const value& v) { return v ? Codec::print(*v) : node{}; }
};

/// A list of values; one value may stand without the brackets.
template <class Codec, bool MayBeEmpty = false>
struct list_of {
  using value = std::vector<typename Codec::value>;
  static std::string type() { return "list of: " + Codec::type(); }
  static bool read(reader& r, const spot& s, value& out) {
    if (s.at->what != node::kind::sequence) return read_one(r, s, out);
    if (!MayBeEmpty && s.at->items.empty())
      r.problems.error(s, "is empty: name one, or leave the key out where it has a default");
    bool whole = MayBeEmpty || !s.at->items.empty();
    for (std::size_t i = 0; i < s.at->items.size(); ++i) {
      const spot at = s.item(i);
      whole = has_value(r, at) && read_one(r, at, out) && whole;
    }
    return whole;
  }
  static node print(const value& values) {
    node out = sequence_node();
    for (const auto& v : values) out.items.push_back(Codec::print(v));
    return values.empty() && !MayBeEmpty ? node{} : out;
  }

 private:
  static bool read_one(reader& r, const spot& s, value& out) {
    typename Codec::value v{};
    if (!Codec::read(r, s, v)) return false;
    out.push_back(std::move(v));
    return true;
  }
};

/// A map with keys of its own. `Table` has `static std::span<const field<value>> fields()`.
template <class Table>
struct section {
  using value = typename Table::value;
  static std::string type() { return {}; }
  static bool read(reader& r, const spot& s, value& out) {
    return read_fields(r, s, Table::fields(), out);
  }
  static node print(const value& v) { return print_fields(Table::fields(), v); }
  static void describe(const std::string& path, const value& fresh,
                       std::vector<reference_row>& out) {
    describe_fields(path, Table::fields(), fresh, out);
  }
};

/// A section that is off where it is left out; a key of it may be required.
template <class Table>
struct maybe_section {
  using value = std::optional<typename Table::value>;
  static std::string type() { return {}; }
  static bool read(reader& r, const spot& s, value& out) {
    return read_fields(r, s, Table::fields(), out.emplace());
  }
  static node print(const value& v) { return v ? print_fields(Table::fields(), *v) : node{}; }
  static void describe(const std::string& path, const value&, std::vector<reference_row>& out) {
    describe_fields(path, Table::fields(), typename Table::value{}, out);
  }
};

/// Things by name: one element for each entry of the map, whatever is wrong with it, so that both
/// count alike. `Table` as for section, with `name`, a pointer to the member that takes the name,
/// `any_name` for the reference, and read() and print() of one element, which may have a short
/// form.
template <class Table>
struct named {
  using element = typename Table::value;
  using value = std::vector<element>;
  static std::string type() { return {}; }
  static bool read(reader& r, const spot& s, value& out) {
    if (!expect_map(r, s, "a map of names to their settings")) return false;
    for (const entry& e : s.at->entries) {
      element& item = out.emplace_back();
      const spot at{&e.value, join_path(s.path, e.key)};
      item.*Table::name = e.key;
      if (report_missing_blank(r, s, e)) continue;
      if (const auto name = parse_name(e.key); const auto* bad = std::get_if<wrong>(&name)) {
        r.problems.error(e.at, at.path, "the name " + bad->why);
      }
      if (has_value(r, at)) Table::read(r, at, item);
    }
    return true;
  }
  static node print(const value& values) {
    node out = map_node();
    for (const element& v : values) out.entries.push_back({v.*Table::name, {}, Table::print(v)});
    return values.empty() ? node{} : out;
  }
  static void describe(const std::string& path, const value&, std::vector<reference_row>& out) {
    const std::string one = path + '.' + std::string(Table::any_name);
    if constexpr (requires { Table::describe(one, out); })
      Table::describe(one, out);
    else
      describe_fields(one, Table::fields(), element{}, out);
  }
};

/// A list of maps with keys of their own; one element for each item.
template <class Table>
struct listed {
  using element = typename Table::value;
  using value = std::vector<element>;
  static std::string type() { return {}; }
  static bool read(reader& r, const spot& s, value& out) {
    if (s.at->what != node::kind::sequence) {
      r.problems.error(s, "must be a list, each item beginning with \"- \"");
      return false;
    }
    for (std::size_t i = 0; i < s.at->items.size(); ++i) {
      element& item = out.emplace_back();
      if (const spot at = s.item(i); has_value(r, at)) read_fields(r, at, Table::fields(), item);
    }
    return true;
  }
  static node print(const value& values) {
    node out = sequence_node();
    for (const element& v : values) out.items.push_back(print_fields(Table::fields(), v));
    return values.empty() ? node{} : out;
  }
  static void describe(const std::string& path, const value&, std::vector<reference_row>& out) {
    describe_fields(path + "[]", Table::fields(), element{}, out);
  }
};

}  // namespace core::config
