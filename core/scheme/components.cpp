// SPDX-License-Identifier: Apache-2.0
#include "core/scheme/components.hpp"

#include <algorithm>
#include <array>

#include "core/base/decimal.hpp"
#include "core/base/encoding.hpp"
#include "core/base/run.hpp"
#include "core/http/structured_print.hpp"
#include "core/http/syntax.hpp"
#include "core/scheme/query_param.hpp"

namespace core::scheme {

namespace sf = http::structured;
using base::errc;

namespace {

/// What a value may hold: a line end would let one component be read as two, and the base is ASCII.
struct base_byte {
  static constexpr bool one(unsigned char c) { return (c >= 0x20 && c < 0x7F) || c == '\t'; }
  static constexpr bool eight(std::uint64_t word) {
    return (word & base::words::high_bits) == 0 && !base::words::any_below(word, 0x20) &&
           !base::words::any_is(word, 0x7F);
  }
};

struct derived_name {
  std::string_view name;
  derived what;
};

constexpr std::array<derived_name, 9> derived_names{{
    {"@method", derived::method},
    {"@target-uri", derived::target_uri},
    {"@authority", derived::authority},
    {"@scheme", derived::scheme},
    {"@request-target", derived::request_target},
    {"@path", derived::path},
    {"@query", derived::query},
    {"@query-param", derived::query_param},
    {"@status", derived::status},
}};

/// In lower case: another way to write it would make another base of the same message.
bool is_field_name(std::string_view name) {
  return http::is_token(name) &&
         std::ranges::none_of(name, [](char c) { return c >= 'A' && c <= 'Z'; });
}

bool read_parameter(component& c, const sf::field& in, const sf::parameter& p,
                    const component_parameters& allowed) {
  const std::string_view key = in[p.key];
  if (key == "name" || key == "key") {
    if (p.value.kind != sf::kind::string) return false;
    c.detail = p.value.text;
    if (key == "name") return c.what == derived::query_param;
    c.key = true;
    return allowed.key;
  }
  // ?0 would be a flag that is named and not meant.
  if (p.value.kind != sf::kind::boolean || in[p.value.text] == "0") return false;
  if (key == "req") return c.req = true;
  if (key == "sf") {
    c.sf = true;
    return allowed.sf;
  }
  if (key == "bs") {
    c.bs = true;
    return allowed.bs;
  }
  return false;
}

std::string_view trimmed(std::string_view value) {
  const std::size_t first = std::min(value.find_first_not_of(" \t"), value.size());
  value.remove_prefix(first);
  return value.substr(0, value.find_last_not_of(" \t") + 1);
}

/// All lines of a field, joined. @return how many there are.
std::size_t append_lines(std::string& out, std::span<const http::field> fields,
                         std::string_view name, bool as_bytes) {
  const http::name_key key = http::key_of(name);
  std::size_t count = 0;
  for (const http::field& f : fields) {
    if (!f.named(name, key)) continue;
    if (count++ != 0) out += ", ";
    if (as_bytes)
      sf::print_byte_sequence(out, trimmed(f.value));
    else
      out += trimmed(f.value);
  }
  return count;
}

/// Of ;sf and ;key: the value, or one member of it, as a serializer writes it.
base::result<void> append_structured(std::string& out, const sf::field& in, const component& what,
                                     std::span<const http::field> fields,
                                     std::span<const std::string> dictionaries) {
  const std::string_view name = in[what.name];
  if (what.sf && std::ranges::find(dictionaries, name) == dictionaries.end())
    return errc::malformed_field;
  std::string lines;
  if (append_lines(lines, fields, name, false) == 0) return errc::missing_field;
  sf::field value;
  if (!value.parse_dictionary(lines)) return errc::malformed_field;
  if (!what.key) {
    sf::print_dictionary(out, value);
    return {};
  }
  const sf::member* const member = value.find(in[what.detail]);
  if (member == nullptr) return errc::missing_field;
  sf::print_member_value(out, value, *member);
  return {};
}

base::result<void> append_derived(std::string& out, const sf::field& in, const component& what,
                                  const signed_message& message) {
  const request_view& request = *message.request;
  switch (what.what) {
    case derived::none: break;
    case derived::method: out += request.head.method; break;
    case derived::target_uri:
      ((out += request.scheme) += "://") += request.authority;
      out += request.head.target;
      break;
    case derived::authority: out += request.authority; break;
    case derived::scheme: out += request.scheme; break;
    case derived::request_target: out += request.head.target; break;
    case derived::path: out += request.target.path; break;
    case derived::query:
      out += request.target.query.empty() ? std::string_view("?") : request.target.query;
      break;
    case derived::query_param: {
      std::string_view query = request.target.query;
      query.remove_prefix(std::min<std::size_t>(1, query.size()));
      if (!append_query_param(out, query, in[what.detail])) return errc::malformed_field;
      break;
    }
    case derived::status: {
      std::array<char, base::most_digits> digits;
      out.append(digits.data(), base::put_decimal(digits.data(), message.status));
      break;
    }
  }
  return {};
}

}  // namespace

derived derived_named(std::string_view name) {
  const auto* const found = std::ranges::find(derived_names, name, &derived_name::name);
  return found == derived_names.end() ? derived::none : found->what;
}

bool parse_component(component& out, const sf::field& in, const sf::item& item, bool of_reply,
                     const component_parameters& allowed) {
  if (item.value.kind != sf::kind::string) return false;
  out.name = item.value.text;
  out.detail = {0, 0};
  out.req = out.sf = out.bs = out.key = false;
  const std::string_view name = in[out.name];
  out.what = derived_named(name);
  if (out.what == derived::none && !is_field_name(name)) return false;
  bool named = false;
  for (const sf::parameter& p : in.parameters(item)) {
    if (!read_parameter(out, in, p, allowed)) return false;
    named = named || in[p.key] == "name";
  }
  // Only a reply has a request to speak of, and only a request has what isn't its status.
  if (out.req && !of_reply) return false;
  if (out.what == derived::none) return !out.bs || (!out.sf && !out.key);
  if (out.sf || out.bs || out.key) return false;
  if ((out.what == derived::query_param) != named) return false;
  return (out.what == derived::status) == (of_reply && !out.req);
}

bool same(const sf::field& in, const component& a, const component& b) {
  return a.req == b.req && a.sf == b.sf && a.bs == b.bs && a.key == b.key &&
         in[a.name] == in[b.name] && in[a.detail] == in[b.detail];
}

base::result<void> append_value(std::string& out, const sf::field& in, const component& what,
                                const signed_message& message,
                                std::span<const std::string> dictionaries) {
  const std::size_t before = out.size();
  if (what.what != derived::none) {
    if (const auto done = append_derived(out, in, what, message); !done) return done;
  } else {
    const std::span<const http::field> fields =
        what.req ? message_of(*message.request).fields : message.fields;
    if (what.sf || what.key) {
      const auto done = append_structured(out, in, what, fields, dictionaries);
      if (!done) return done;
    } else if (append_lines(out, fields, in[what.name], what.bs) == 0) {
      return errc::missing_field;
    }
  }
  const std::string_view value = std::string_view(out).substr(before);
  if (base::run_of<base_byte>(value) != value.size()) return errc::malformed_field;
  return {};
}

}  // namespace core::scheme
