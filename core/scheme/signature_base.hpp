// SPDX-License-Identifier: Apache-2.0
#pragma once

// The text that a signature is made of (RFC 9421, section 2.5).

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "core/base/errc.hpp"
#include "core/http/structured.hpp"
#include "core/scheme/components.hpp"

namespace core::scheme {

/// The components that one member of a Signature-Input lists, in their order.
class covered_components {
 public:
  /// @return malformed_field: no inner list, an identifier that can't be, or one that is there
  /// twice.
  base::result<void> parse(const http::structured::field& in, const http::structured::member& list,
                           bool of_reply, const component_parameters& allowed);

  [[nodiscard]] std::span<const component> all() const { return {items_.data(), size_}; }
  /// Without parameters: what is covered with some is covered in another way.
  [[nodiscard]] bool has(const http::structured::field& in, std::string_view name) const {
    return has(in, name, false);
  }
  /// With ;req alone.
  [[nodiscard]] bool has_of_request(const http::structured::field& in,
                                    std::string_view name) const {
    return has(in, name, true);
  }

 private:
  [[nodiscard]] bool has(const http::structured::field& in, std::string_view name, bool req) const;

  std::array<component, http::structured::field::max_items> items_;
  std::size_t size_ = 0;
};

/// Writes the base of `list`, whose components are `covered`, over `out`.
/// @return missing_field, malformed_field.
base::result<void> build_base(std::string& out, const http::structured::field& in,
                              const http::structured::member& list,
                              const covered_components& covered, const signed_message& message,
                              std::span<const std::string> dictionaries);

}  // namespace core::scheme
