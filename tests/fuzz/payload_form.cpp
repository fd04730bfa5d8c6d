// SPDX-License-Identifier: Apache-2.0
// A payload that is found lies in the body it was looked for in, and is not empty. The first line
// is the Content-Type, its first byte says which form the route names.

#include "core/envelope/payload_form.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

using core::envelope::find_payload;
using core::envelope::payload_form;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  if (text.empty()) return 0;
  const std::size_t line = std::min(text.find('\n', 1), size);
  const auto form = static_cast<payload_form>(data[0] % 4);
  const std::string type = text.substr(1, line - 1);
  // Of exactly its size, so that a byte beyond its end is seen.
  std::vector<char> body(text.begin() + static_cast<std::ptrdiff_t>(std::min(line + 1, size)),
                         text.end());
  const std::string before(body.begin(), body.end());
  const auto payload = find_payload(body, form, type, "data");
  if (!payload) return 0;
  const std::less_equal<> not_after;
  if (payload->empty() || !not_after(body.data(), payload->data())) std::abort();
  if (!not_after(payload->data() + payload->size(), body.data() + body.size())) std::abort();
  if (form == payload_form::raw && std::string(payload->begin(), payload->end()) != before)
    std::abort();
  return 0;
}
