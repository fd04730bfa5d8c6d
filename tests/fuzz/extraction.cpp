// SPDX-License-Identifier: Apache-2.0
// A field's value under every rule: what is found are pieces of it, as many as there may be, and
// where one is wanted, one.

#include "core/scheme/extraction.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>

using namespace core::scheme;

namespace {

const extraction rules[]{
    extraction({"a", {}, {}, {}}),
    extraction({"a", "v0=", {}, {}}),
    extraction({"a", {}, kv_rule{.key = "v1"}, {}}),
    extraction({"a", "hmac ", kv_rule{.key = "signature", .quoted = true}, {}}),
    extraction({"a", {}, kv_rule{.key = "s", .sep = ';', .assign = ':'}, {}}),
    extraction({"a", {}, {}, list_rule{.sep = ' ', .pick = "v1,"}}),
};

void check(bool what) {
  if (!what) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  for (const extraction& rule : rules) {
    const auto found = rule.values(text);
    const auto one = rule.only_value(text);
    check(!one || found);
    if (!found) continue;
    check(found->size <= most_values);
    check(one.has_value() == (found->size <= 1));
    const bool quoted = rule.settings().kv && rule.settings().kv->quoted;
    for (const std::string_view value : *found) {
      check(value.data() >= text.data() &&
            value.data() + value.size() <= text.data() + text.size());
      if (quoted) check(value.find_first_of("\"\\") == std::string_view::npos);
      if (rule.settings().kv && !quoted)
        check(value.find(rule.settings().kv->sep) == std::string_view::npos);
    }
  }
  return 0;
}
