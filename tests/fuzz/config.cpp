// SPDX-License-Identifier: Apache-2.0
// Whatever bytes stand in a configuration, reading ends with a model or with problems that stand
// inside the file, or in one that it names. What is printed of a model is read again without a
// complaint but that its secrets are gone.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/config/read.hpp"
#include "core/json/check.hpp"

using namespace core::config;

namespace {

reading read_text(std::string_view text) {
  return read(
      text,
      [](std::string_view kind,
         std::string_view name) -> std::variant<core::base::secret, std::string> {
        if (kind == "document" && name.size() % 4 == 0)
          return core::base::secret("a: {secret: fedcba9876543210}\nb: {secrets: file:list}\n");
        if (kind == "document") return core::base::secret("- {id: a, value: 0123456789abcdef}\n");
        if (name.size() % 2 == 0) return core::base::secret("0123456789abcdef");
        return std::string("no such file");
      });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  const auto lines = static_cast<std::size_t>(std::ranges::count(text, '\n')) + 1;
  const reading got = read_text(text);
  bool failed = false;
  for (const problem& p : got.problems) {
    failed |= p.level == problem::severity::error;
    const bool within = !p.file.empty() || (p.line <= lines && p.column <= size + 1);
    if (p.message.empty() || !within) std::abort();
    if ((p.line == 0) != (p.column == 0)) std::abort();
  }
  if (got.value.has_value() == failed) std::abort();
  if (!got.value) return 0;
  if (!core::json::is_json(print_json(*got.value))) std::abort();
  for (const problem& p : read_text(print(*got.value)).problems)
    if (p.level == problem::severity::error && !p.message.starts_with("is nobody's secret"))
      std::abort();
  return 0;
}
