// SPDX-License-Identifier: Apache-2.0
#include "core/scheme/signature_base.hpp"

#include <algorithm>

#include "core/http/structured_print.hpp"

namespace core::scheme {

namespace sf = http::structured;

base::result<void> covered_components::parse(const sf::field& in, const sf::member& list,
                                             bool of_reply, const component_parameters& allowed) {
  size_ = 0;
  if (!list.is_inner_list) return base::errc::malformed_field;
  for (const sf::item& item : in.items(list)) {
    component& next = items_[size_];
    if (!parse_component(next, in, item, of_reply, allowed)) return base::errc::malformed_field;
    if (std::ranges::any_of(all(), [&](const component& c) { return same(in, c, next); }))
      return base::errc::malformed_field;
    ++size_;
  }
  return {};
}

bool covered_components::has(const sf::field& in, std::string_view name, bool req) const {
  return std::ranges::any_of(all(), [&](component c) {
    if (c.req != req || in[c.name] != name) return false;
    c.req = false;
    return c.is_plain();
  });
}

base::result<void> build_base(std::string& out, const sf::field& in, const sf::member& list,
                              const covered_components& covered, const signed_message& message,
                              std::span<const std::string> dictionaries) {
  out.clear();
  const std::span<const sf::item> items = in.items(list);
  for (std::size_t i = 0; i < items.size(); ++i) {
    // What is written as a serializer writes it needs none.
    if (in.is_canonical())
      out += in[items[i].text];
    else
      sf::print_item(out, in, items[i]);
    out += ": ";
    const auto done = append_value(out, in, covered.all()[i], message, dictionaries);
    if (!done) return done;
    out += '\n';
  }
  out += "\"@signature-params\": ";
  if (in.is_canonical())
    out += in[list.self.text];
  else
    sf::print_member_value(out, in, list);
  return {};
}

}  // namespace core::scheme
