// SPDX-License-Identifier: Apache-2.0
// Heads made of lines "name:value": a claim is made only of four fields that stand there once, in
// their one way to be written, and only its own signature proves it.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/base/encoding.hpp"
#include "core/keys/key_ring.hpp"
#include "core/scheme/laravel.hpp"

using namespace core;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const scheme::laravel laravel{{}};
  static const base::secret secret("0123456789abcdef");
  static const auto key =
      keys::make_generation("default", 0, INT64_MAX, secret, secret, crypto::cipher::aes_128_cbc);
  const std::string text(data, data + size);
  http::request_head head;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    const std::size_t colon = std::min(line.find(':'), line.size());
    if (!head.fields.add(line.substr(0, colon), line.substr(std::min(colon + 1, line.size()))))
      break;
  }
  const auto claim = laravel.inspect(head);
  if (!claim) return 0;
  for (const std::string_view name : laravel.credential_fields())
    if (head.fields.find(name).count != 1) std::abort();
  if (std::to_string(claim->timestamp) != claim->timestamp_text) std::abort();
  if (claim->token.empty() || claim->version.empty()) std::abort();
  const std::string signature = base::hex({claim->signature.data(), claim->signature.size()});
  if (signature != head.fields.find("signature").value) std::abort();
  if (laravel.verify(*claim, key) != (laravel.sign(claim->timestamp_text, key) == signature))
    std::abort();
  return 0;
}
