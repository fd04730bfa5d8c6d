// SPDX-License-Identifier: Apache-2.0
// Heads made of lines "name:value" are framed in both directions; what passes has one Host, and one
// length or one coding.

#include "core/http/framing.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

using core::http::body_kind;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  core::http::request_head request;
  core::http::response_head response;
  request.method = "POST";
  response.status = 200;
  request.minor_version = response.minor_version = static_cast<int>(size % 2);
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    const std::size_t colon = std::min(line.find(':'), line.size());
    const std::string_view value = line.substr(std::min(colon + 1, line.size()));
    if (!request.fields.add(line.substr(0, colon), value)) break;
    response.fields.add(line.substr(0, colon), value);
  }
  const auto codings = request.fields.find("transfer-encoding").count;
  const auto lengths = request.fields.find("content-length").count;
  const auto host = request.fields.find("host");
  const auto there = core::http::frame_request(request);
  const auto back = core::http::frame_response(response, "GET");
  if ((there || back) && codings + lengths > 1) std::abort();
  if (there && (host.count > 1 || there->host != host.value)) std::abort();
  if (there && (there->body == body_kind::chunked) != (codings == 1)) std::abort();
  return 0;
}
