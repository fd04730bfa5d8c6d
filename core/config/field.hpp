// SPDX-License-Identifier: Apache-2.0
#pragma once

// The field table's machinery: a row says a key once, and reading, printing, the reference and
// did-you-mean all follow from it. Rows are in the fields_*.cpp files, the kinds of values they
// name in codecs.hpp.
//
// A codec is a type with `value`, static read(reader&, const spot&, value&) -> bool, static
// print(const value&) -> node (null: nothing to say) and static type(); one that has keys of its
// own has describe() as well.

#include <algorithm>
#include <functional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/document.hpp"
#include "core/config/reference.hpp"
#include "core/config/report.hpp"
#include "core/config/suggest.hpp"

namespace core::config {

/// What reading needs beside the document.
struct reader {
  report& problems;
  const secret_resolver& resolve;
  std::set<std::size_t> holders{};  ///< files in which secrets stand themselves (`place::file`)
};

/// As `fallback`: the key may not be left out.
inline constexpr std::string_view required = "required";

template <class Owner>
struct field {
  std::string_view key;
  std::string_view meaning;   ///< of a key that is not supported: what holds instead
  std::string_view fallback;  ///< what holds when the key is left out, where a fresh Owner doesn't
                              ///< say; or `required`
  void (*read)(reader&, const spot&, Owner&);  ///< null: the key is known, but not supported
  node (*print)(const Owner&);
  std::string (*type)();
  void (*describe)(const std::string& path, const field&, const Owner& fresh,
                   std::vector<reference_row>&);
  bool may_be_null = false;  ///< `null` is as if the key was left out
};

/// One line for a default in the reference.
std::string print_inline(const node& n);

/// `Member`: a pointer to a member of Owner, or a lambda that returns a reference into it.
template <class Owner, auto Member, class Codec>
constexpr field<Owner> row(std::string_view key, std::string_view meaning,
                           std::string_view fallback = {}) {
  return {key,
          meaning,
          fallback,
          [](reader& r, const spot& s, Owner& o) { Codec::read(r, s, std::invoke(Member, o)); },
          [](const Owner& o) { return Codec::print(std::invoke(Member, o)); },
          [] { return std::string(Codec::type()); },
          [](const std::string& path, const field<Owner>& f, const Owner& fresh,
             std::vector<reference_row>& out) {
            const node value = Codec::print(std::invoke(Member, fresh));
            const bool leaf = value.what != node::kind::map;
            std::string fallback_text(f.fallback);
            if (fallback_text.empty() && leaf)
              fallback_text = value.what == node::kind::null ? "none" : print_inline(value);
            if constexpr (requires { Codec::describe(path, std::invoke(Member, fresh), out); }) {
              if (!Codec::type().empty())
                out.push_back({path, Codec::type(), fallback_text, std::string(f.meaning)});
              Codec::describe(path, std::invoke(Member, fresh), out);
            } else {
              out.push_back({path, Codec::type(), fallback_text, std::string(f.meaning)});
            }
          }};
}

/// A key that has but one value today: checked and printed, stored nowhere.
template <class Owner, class Codec>
constexpr field<Owner> only(std::string_view key, std::string_view meaning,
                            std::string_view fallback = {}) {
  using value = typename Codec::value;
  return {key,
          meaning,
          fallback,
          [](reader& r, const spot& s, Owner&) {
            value v{};
            Codec::read(r, s, v);
          },
          [](const Owner&) { return Codec::print(value{}); },
          [] { return std::string(Codec::type()); },
          [](const std::string& path, const field<Owner>& f, const Owner&,
             std::vector<reference_row>& out) {
            const std::string fallback_text(f.fallback.empty() ? print_inline(Codec::print(value{}))
                                                               : std::string(f.fallback));
            out.push_back({path, Codec::type(), fallback_text, std::string(f.meaning)});
          }};
}

/// The same key, which may also say `null`. For one whose absence can't weaken anything: a value
/// that somebody forgot to write looks the same.
template <class Owner>
constexpr field<Owner> or_null(field<Owner> one) {
  one.may_be_null = true;
  return one;
}

/// A key that configurations of this product have and this version does not: refused as that, and
/// not as a slip of the finger. In no reference and no list of known keys.
template <class Owner>
constexpr field<Owner> unsupported(std::string_view key, std::string_view instead = {}) {
  return {key, instead, {}, nullptr, nullptr, nullptr, nullptr};
}

/// "is not supported by this version: " and what holds instead.
std::string unsupported_message(std::string_view instead);

/// As `Member` of a section whose keys belong to Owner itself.
inline constexpr auto itself = [](auto& owner) -> auto& { return owner; };

/// True, and reported, if `{secret:0123}` without the blank made one key of name and value; the
/// value is not repeated.
bool report_missing_blank(reader& r, const spot& map, const entry& e);

/// An unknown key, told without repeating what may be a secret that slipped into the key.
void report_unknown_key(reader& r, const spot& map, const entry& e,
                        const std::vector<std::string_view>& known);

/// False, and reported, if the value is missing; what is broken has been reported before.
bool has_value(reader& r, const spot& s);

bool expect_map(reader& r, const spot& s, std::string_view what);

template <class Owner>
bool read_fields(reader& r, const spot& s, std::span<const field<Owner>> table, Owner& out) {
  if (!expect_map(r, s, "a map of keys and values")) return false;
  for (const entry& e : s.at->entries) {
    const auto f = std::ranges::find(table, e.key, &field<Owner>::key);
    if (f == table.end()) {
      std::vector<std::string_view> known;
      for (const auto& k : table)
        if (k.read) known.push_back(k.key);
      report_unknown_key(r, s, e, known);
    } else if (!f->read) {
      r.problems.error(e.at, join_path(s.path, e.key), unsupported_message(f->meaning));
    } else if (f->may_be_null && e.value.what == node::kind::null) {
      continue;
    } else if (const spot at{&e.value, join_path(s.path, e.key)}; has_value(r, at)) {
      f->read(r, at, out);
    }
  }
  for (const auto& f : table) {
    if (f.fallback == required && !s.at->find(f.key)) {
      r.problems.error(s.key(f.key), "is missing: " + std::string(f.meaning));
    }
  }
  return true;
}

template <class Owner>
node print_fields(std::span<const field<Owner>> table, const Owner& o) {
  node out = map_node();
  for (const auto& f : table) {
    if (!f.print) continue;
    // A map without keys would read back as one without a value.
    if (node value = f.print(o); value.what != node::kind::null &&
                                 (value.what != node::kind::map || !value.entries.empty())) {
      out.entries.push_back({std::string(f.key), {}, std::move(value)});
    }
  }
  return out;
}

template <class Owner>
void describe_fields(const std::string& path, std::span<const field<Owner>> table,
                     const Owner& fresh, std::vector<reference_row>& out) {
  for (const auto& f : table)
    if (f.describe) f.describe(join_path(path, f.key), f, fresh, out);
}

}  // namespace core::config
