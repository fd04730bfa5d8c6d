// SPDX-License-Identifier: Apache-2.0
// Whatever follows a secret's first characters in the file, no message repeats them: neither one
// about its notation or length, nor one about the syntax around it.

#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/config/read.hpp"

using namespace core::config;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::string beginning = "Zk3vQ8xw";
  static const std::string rest =
      "\nlisten: 127.0.0.1:8080\nupstreams: {orders: http://127.0.0.1:9001}\n"
      "routes: [{path: /api/, scheme: laravel, upstream: orders}]\n";
  const std::string text(data, data + size);
  for (const char* before :
       {"secret: ", "secret: \"", "secret: 'hex:", "secret: base64:", "secret: utf8:", "secret:",
        "{secret: ", "{secret:", "secrets: [{id: a, value: ", "secret: |\n      ", "secret: !"}) {
    const std::string file = std::string("clients:\n  billing:\n    ")
                                 .append(before)
                                 .append(beginning)
                                 .append(text)
                                 .append(rest);
    const reading got = read(
        file,
        [](std::string_view, std::string_view) -> std::variant<core::base::secret, std::string> {
          return std::string("no such file");
        });
    for (const problem& p : got.problems)
      if (format(p, "file").find(beginning) != std::string::npos) std::abort();
    if (got.value && print(*got.value).find(beginning) != std::string::npos) std::abort();
  }
  return 0;
}
