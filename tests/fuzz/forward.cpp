// SPDX-License-Identifier: Apache-2.0
// A first line as Connection, the rest as field names: what passes to an upstream is no identity,
// no credential, no hop-by-hop field, however it is spelt.

#include "core/http/forward.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/base/ascii.hpp"

using namespace core::http;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const request_filter request{{.credentials = {"token", "signature"}}};
  static const request_filter listed{{.only = {{"accept"}}}};
  static const response_filter response;
  const std::string text(data, data + size);
  connection_options options;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    if (line.data() == text.data()) {
      if (!options.add(line)) return 0;
      if (options.close() && (options.persists(0) || options.persists(1))) std::abort();
      continue;
    }
    const field f{line, "value"};
    if (options.lists(line) && (request.passes(f, options) || response.passes(f, options)))
      std::abort();
    if (listed.passes(f, options) && !request.passes(f, options)) std::abort();
    if (!request.passes(f, options)) continue;
    std::string name = core::base::lower(line);
    if (name.find('_') != std::string::npos) std::abort();
    std::ranges::replace_if(
        name, [](char c) { return !core::base::is_alpha(c) && !core::base::is_digit(c); }, '-');
    for (const char* never : {"x-client-", "x-countersign-", "x-forwarded-"})
      if (name.starts_with(never)) std::abort();
    for (const char* never : {"token", "signature", "forwarded", "x-real-ip", "host", "te",
                              "transfer-encoding", "content-length", "proxy", "connection"})
      if (name == never) std::abort();
  }
  return 0;
}
