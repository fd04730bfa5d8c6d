// SPDX-License-Identifier: Apache-2.0
#include "core/scheme/template_render.hpp"

#include <array>

#include "core/base/decimal.hpp"

namespace core::scheme {

namespace {

void append_number(std::string& out, std::uint64_t number, std::span<const filter> filters) {
  std::array<char, base::most_digits> digits;
  const char* const end = base::put_decimal(digits.data(), number);
  append_filtered(out, {digits.data(), static_cast<std::size_t>(end - digits.data())}, filters);
}

/// What stands behind the question mark. "/a?" and "/a" are alike here; {target} tells them apart.
std::string_view query_of(const http::target& target) {
  return target.query.empty() ? target.query : target.query.substr(1);
}

std::string_view value_of(const text_piece& piece, const text_values& values) {
  const request_view& request = *values.request;
  switch (piece.what) {
    case input::literal: return piece.text;
    case input::body: return values.body;
    case input::method: return request.head.method;
    case input::target: return request.head.target;
    case input::path: return request.target.path;
    case input::query: return query_of(request.target);
    case input::host: return request.authority;
    case input::scheme: return request.scheme;
    case input::field: return values.fields[piece.field].value_or(std::string_view());
    case input::header: return request.head.fields.find(piece.text, piece.key).value;
    case input::secret: return values.secret.value_or(std::string_view());
    case input::status:
    case input::reply_timestamp: break;  // numbers
  }
  return {};
}

}  // namespace

std::optional<std::size_t> render(const template_text& text, const text_values& values,
                                  std::string& out) {
  std::optional<std::size_t> body_at;
  for (const text_piece& piece : text.pieces) {
    if (piece.what == input::body && piece.filters.empty()) {
      body_at = out.size();
    } else if (piece.what == input::secret && !values.secret) {
      out.append("<secret>");
    } else if (piece.what == input::status) {
      append_number(out, values.status, piece.filters);
    } else if (piece.what == input::reply_timestamp) {
      append_number(out, static_cast<std::uint64_t>(values.timestamp), piece.filters);
    } else {
      append_filtered(out, value_of(piece, values), piece.filters);
    }
  }
  return body_at;
}

}  // namespace core::scheme
