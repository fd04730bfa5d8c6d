// SPDX-License-Identifier: Apache-2.0
#include "core/http/forwarded.hpp"

#include <algorithm>

#include "core/http/host.hpp"
#include "core/http/request_id.hpp"

namespace core::http {

namespace {

/// Without brackets and without a port, which some proxies write.
std::string_view without_port(std::string_view entry) {
  if (entry.starts_with('[')) {
    const auto end = entry.find(']');
    const std::string_view behind = end == std::string_view::npos ? "?" : entry.substr(end + 1);
    return behind.empty() || behind.starts_with(':') ? entry.substr(1, end - 1)
                                                     : std::string_view{};
  }
  // With several it is an IPv6 address; without one nothing is taken off.
  const auto colon = entry.find(':');
  return colon == entry.rfind(':') ? entry.substr(0, colon) : entry;
}

/// Takes the last entry off a list.
std::string_view take_last(std::string_view& list) {
  const auto comma = list.rfind(',');
  const bool last = comma == std::string_view::npos;
  const std::string_view entry = base::trimmed(last ? list : list.substr(comma + 1));
  list = last ? std::string_view{} : list.substr(0, comma);
  return entry;
}

/// A zone is another machine's.
bool is_plain_address(std::string_view text) {
  return base::parse_ip_address(text) && text.find('%') == text.npos;
}

bool is_chain(const field& f) { return f.named("x-forwarded-for"); }

}  // namespace

bool is_among(std::string_view address, std::span<const base::ip_network> networks) {
  const auto parsed = base::parse_ip_address(address);
  return parsed && std::ranges::any_of(
                       networks, [&](const base::ip_network& n) { return n.contains(*parsed); });
}

bool is_trusted(std::string_view peer, const trusted_peers& by) {
  return peer == local_peer ? by.local : is_among(peer, by.networks);
}

std::string_view client_behind(const fields& all, std::string_view peer,
                               const trusted_peers& trusted) {
  std::string_view nearest = peer;
  for (const field* f = all.end(); f != all.begin();) {
    --f;
    if (!is_chain(*f)) continue;
    for (std::string_view left = f->value; !left.empty();) {
      const std::string_view entry = take_last(left);
      if (entry.empty()) continue;  // a list may have empty elements (RFC 9110, section 5.6.1)
      const std::string_view address = without_port(entry);
      if (address == local_peer ? !trusted.local : !is_plain_address(address)) return {};
      nearest = address;
      if (!is_trusted(address, trusted)) return nearest;
    }
  }
  return nearest;
}

void append_chain(std::string& out, const fields& all, std::string_view peer) {
  for (const field& f : all)
    if (is_chain(f) && !f.value.empty()) out.append(f.value).append(", ");
  out.append(peer);
}

std::string_view given_request_id(const fields& all) {
  const auto found = all.find("x-request-id");
  return found.count == 1 && is_request_id(found.value) ? found.value : std::string_view{};
}

std::string_view given_scheme(const fields& all) {
  const auto found = all.find("x-forwarded-proto");
  if (found.count != 1) return {};
  if (base::iequals(found.value, "https")) return "https";
  return base::iequals(found.value, "http") ? "http" : "";
}

std::string_view given_host(const fields& all) {
  const auto found = all.find("x-forwarded-host");
  return found.count == 1 && is_host(found.value) ? found.value : std::string_view{};
}

}  // namespace core::http
