// SPDX-License-Identifier: Apache-2.0
// A value that was taken is printed as a text that means the same.

#include "core/config/values.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>

using namespace core::config;

namespace {

template <class T, class Parse, class Print>
void check(std::string_view text, Parse parse, Print print) {
  const parsed<T> value = parse(text);
  if (const auto* bad = std::get_if<wrong>(&value)) {
    if (bad->why.empty()) std::abort();
    return;
  }
  const std::string printed = print(std::get<T>(value));
  const parsed<T> again = parse(printed);
  if (!std::holds_alternative<T>(again) || print(std::get<T>(again)) != printed) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  check<std::uint64_t>(text, parse_number, [](std::uint64_t n) { return std::to_string(n); });
  check<std::uint64_t>(text, parse_size, print_size);
  check<milliseconds>(text, parse_duration, print_duration);
  check<address>(text, parse_listen_address, print_address);
  check<address>(text, parse_endpoint, [](const address& a) {
    return (a.is_path() ? "" : "http://") + print_address(a);
  });
  check<std::string>(text, parse_name, [](const std::string& s) { return s; });
  return 0;
}
