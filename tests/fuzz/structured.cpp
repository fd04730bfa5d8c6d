// SPDX-License-Identifier: Apache-2.0
// What is read as a structured field is written in one way: that text reads as canonical and is
// written again as it stands; and only a text that is already so is called canonical.

#include "core/http/structured.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/base/encoding.hpp"
#include "core/http/structured_print.hpp"

namespace sf = core::http::structured;

namespace {

using parse = bool (sf::field::*)(std::string_view);
using print = void (*)(std::string&, const sf::field&);

void print_only_item(std::string& out, const sf::field& f) {
  sf::print_item(out, f, f.members().front().self);
}

void bytes_decode(const sf::field& f, const sf::item& of) {
  if (of.value.kind == sf::kind::byte_sequence && !core::base::unbase64(f[of.value.text]))
    std::abort();
  for (const sf::parameter& p : f.parameters(of))
    if (p.value.kind == sf::kind::byte_sequence && !core::base::unbase64(f[p.value.text]))
      std::abort();
}

void check(const std::string& text, parse read, print write) {
  static sf::field f;
  static sf::field again;
  if (!(f.*read)(text)) return;
  std::string once;
  write(once, f);
  if (f.is_canonical() != (once == f.text())) std::abort();
  for (const sf::member& m : f.members()) {
    if (!m.is_inner_list) bytes_decode(f, m.self);
    for (const sf::item& i : f.items(m)) bytes_decode(f, i);
  }
  if (!(again.*read)(once) || !again.is_canonical()) std::abort();
  std::string twice;
  write(twice, again);
  if (twice != once || again.members().size() != f.members().size()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  check(text, &sf::field::parse_dictionary, &sf::print_dictionary);
  check(text, &sf::field::parse_list, &sf::print_list);
  check(text, &sf::field::parse_item, &print_only_item);
  return 0;
}
