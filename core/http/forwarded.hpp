// SPDX-License-Identifier: Apache-2.0
#pragma once

// Who sent a request that came through proxies. What these say is believed by whom the operator
// named; everybody else could write what he likes.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/ip.hpp"
#include "core/http/head.hpp"

namespace core::http {

/// What a peer is called that came over a Unix-domain socket, and so has no address.
inline constexpr std::string_view local_peer = "unix";

/// Whose word counts.
struct trusted_peers {
  std::vector<base::ip_network> networks;
  bool local = false;  ///< also those who have no address: local_peer

  [[nodiscard]] bool any() const { return local || !networks.empty(); }
};

/// Is this one of them? False for what is no address.
bool is_among(std::string_view address, std::span<const base::ip_network> networks);

/// The same for a peer, who may have no address.
bool is_trusted(std::string_view peer, const trusted_peers& by);

/// Of a request that came from `peer`, who is among `trusted`: the rightmost address in its
/// X-Forwarded-For that is not, because whatever stands before it came from there. If all are
/// trusted the leftmost, if there is none `peer`. Empty, which is nobody's address, where the
/// search comes to an entry that is none (with or without a port) and no trusted local_peer. A view
/// of the field.
std::string_view client_behind(const fields& all, std::string_view peer,
                               const trusted_peers& trusted);

/// All X-Forwarded-For fields as one list, and `peer` behind it.
void append_chain(std::string& out, const fields& all, std::string_view peer);

/// What a proxy calls the request: the one X-Request-Id, if it is one. Else empty.
std::string_view given_request_id(const fields& all);

/// "http" or "https", if a proxy says so in the one X-Forwarded-Proto. Else empty.
std::string_view given_scheme(const fields& all);

/// The one X-Forwarded-Host, if it is a host. Else empty.
std::string_view given_host(const fields& all);

}  // namespace core::http
