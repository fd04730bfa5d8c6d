// SPDX-License-Identifier: Apache-2.0
#pragma once

// Who sent a request that came through proxies. What these say is believed by whom the operator
// named; everybody else could write what he likes.

#include <span>
#include <string>
#include <string_view>

#include "core/base/ip.hpp"
#include "core/http/head.hpp"

namespace core::http {

/// Is this one of them? False for what is no address.
bool is_among(std::string_view address, std::span<const base::ip_network> networks);

/// Of a request that came from `peer`, who is among `trusted`: the rightmost address in its
/// X-Forwarded-For that is not, because whatever stands before it came from there. If all are
/// trusted the leftmost, if there is none `peer`. Empty, which is nobody's address, where the
/// search comes to an entry that is none (with or without a port). A view of the field.
std::string_view client_behind(const fields& all, std::string_view peer,
                               std::span<const base::ip_network> trusted);

/// All X-Forwarded-For fields as one list, and `peer` behind it.
void append_chain(std::string& out, const fields& all, std::string_view peer);

/// What a proxy calls the request: the one X-Request-Id, if it is one. Else empty.
std::string_view given_request_id(const fields& all);

/// "http" or "https", if a proxy says so in the one X-Forwarded-Proto. Else empty.
std::string_view given_scheme(const fields& all);

/// The one X-Forwarded-Host, if it is a host. Else empty.
std::string_view given_host(const fields& all);

}  // namespace core::http
