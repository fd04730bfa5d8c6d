// SPDX-License-Identifier: Apache-2.0
#pragma once

// The Host field: is it well formed, and which name does it hold? Knows nothing of what hosts are
// configured.

#include <string>
#include <string_view>

namespace core::http {

/// `name[:port]` or `[IPv6][:port]`, at most 255 bytes, labels not empty but for one final dot.
/// Narrower than RFC 3986's reg-name: no percent escapes and no sub-delims, which are in no DNS
/// name and could be read as a list by whoever gets X-Forwarded-Host.
bool is_host(std::string_view value);

/// `value` without port and without a final dot; the brackets of an IPv6 address stay.
std::string_view host_name(std::string_view value);

/// What "@authority" is of a Host (RFC 9421, section 2.2.3): lower case, without the port that is
/// `scheme`'s own ("http" or "https"). A view of `host`, or of `scratch` where letters were upper
/// case.
std::string_view authority_of(std::string_view host, std::string_view scheme, std::string& scratch);

}  // namespace core::http
