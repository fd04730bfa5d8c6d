// SPDX-License-Identifier: Apache-2.0
#pragma once

// Addresses as the field tables read and print them.

#include <string>
#include <string_view>
#include <utility>

#include "core/config/codecs.hpp"
#include "core/config/model.hpp"

namespace core::config {

/// `text` holds the address; a bracket begins a list in YAML.
inline node print_as(const address& a, std::string text) {
  if (a.is_path()) return text_node(std::move(text));
  const bool plain = text.find('[') == std::string::npos;
  return scalar_node(std::move(text), plain);
}

struct listen_rule {
  using value = address;
  static constexpr std::string_view type = "address";
  static parsed<address> parse(std::string_view text) { return parse_listen_address(text); }
  static node print(const address& a) { return print_as(a, print_address(a)); }
};

}  // namespace core::config
