// SPDX-License-Identifier: Apache-2.0
#pragma once

// Addresses as the field tables read and print them.

#include <string>
#include <string_view>
#include <utility>

#include "core/config/codecs.hpp"
#include "core/config/model.hpp"

namespace core::config {

struct listen_rule {
  using value = address;
  static constexpr std::string_view type = "address";
  static parsed<address> parse(std::string_view text) { return parse_listen_address(text); }
  static node print(const address& a) {
    std::string text = print_address(a);
    const bool plain = !text.starts_with('[');
    return scalar_node(std::move(text), plain);
  }
};

}  // namespace core::config
