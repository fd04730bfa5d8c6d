// SPDX-License-Identifier: Apache-2.0
#include "gateway/admin/handle.hpp"

#include <algorithm>
#include <utility>

#include "core/base/ascii.hpp"
#include "core/crypto/digest.hpp"
#include "gateway/admin/page.hpp"

namespace gateway::admin {

namespace {

response problem(unsigned status, std::string_view code, std::string_view title,
                 std::string_view more = {}) {
  std::string body = R"({"type":"about:blank","title":")";
  body.append(title).append(R"(","status":)").append(std::to_string(status));
  body.append(R"(,"code":")").append(code).append("\"");
  if (!more.empty()) body.append(",").append(more);
  body.append("}\n");
  return {status, "application/problem+json", std::move(body), {}, {}};
}

response only(std::string allow) {
  response refused =
      problem(405, "method_not_allowed",
              allow == "POST" ? "This is done by POST" : "This page can only be read");
  refused.allow = std::move(allow);
  return refused;
}

/// Without the port, and an IPv6 address without brackets.
std::string_view name_of(std::string_view host) {
  if (!host.starts_with('[')) return host.substr(0, host.find(':'));
  const auto end = host.find(']');
  return end == std::string_view::npos ? std::string_view() : host.substr(1, end - 1);
}

// An IP address or localhost, with or without a port: names are what a hostile page's DNS can point
// here.
bool names_this_machine(std::string_view host) {
  const std::string_view name = name_of(host);
  if (name.empty()) return false;
  if (host.starts_with('[') || core::base::iequals(name, "localhost")) return true;
  return std::ranges::all_of(name, [](char c) { return core::base::is_digit(c) || c == '.'; });
}

/// A loopback address, or the listener's own.
bool names_the_listener(std::string_view host, std::string_view address) {
  if (!names_this_machine(host)) return false;
  const std::string_view name = name_of(host);
  return address.empty() || name == address || name == "::1" || name.starts_with("127.") ||
         core::base::iequals(name, "localhost");
}

/// Does it bear this token (RFC 6750, section 2.1)? All of it is compared, whatever differs.
bool bears(std::string_view authorization, std::string_view token) {
  static constexpr std::string_view scheme = "Bearer ";
  if (!core::base::iequals(authorization.substr(0, scheme.size()), scheme)) return false;
  return core::crypto::equal(authorization.substr(scheme.size()), token);
}

/// May it change anything? @return why not.
std::optional<response> refuse_change(const request& asked, const sources& from) {
  if (asked.origin) return problem(403, "forbidden", "No web page may do this: Origin is refused");
  if (!from.by_path && !names_the_listener(asked.host, from.address))
    return problem(403, "forbidden",
                   "Address the admin listener by its own IP address or as localhost");
  if (from.beyond_loopback && !from.token)
    return problem(403, "read_only",
                   "An admin listener that other machines reach is read-only without a token");
  const bool asks = from.beyond_loopback || !asked.authorization.empty();
  if (!asks || (from.token && bears(asked.authorization, *from.token))) return std::nullopt;
  response refused = problem(401, "unauthenticated", "The token is missing or wrong");
  refused.challenge = "Bearer";
  return refused;
}

response reload(const request& asked, const sources& from) {
  if (asked.method != "POST") return only("POST");
  if (auto refused = refuse_change(asked, from)) {
    refused->change_refused = true;
    return std::move(*refused);
  }
  const reloading came = from.reload();
  switch (came.what) {
    case reloading::outcome::done:
      return {200, "application/json", "{\"reloaded\":true," + came.members + "}\n", {}, {}};
    case reloading::outcome::draining:
      return problem(409, "draining", "The gateway is about to stop");
    case reloading::outcome::refused: break;
  }
  return problem(422, "bad_configuration",
                 "Nothing has changed: the configuration before is still in force", came.members);
}

}  // namespace

response handle(const request& asked, const sources& from) {
  const std::string_view path = asked.target.substr(0, asked.target.find('?'));
  const std::string_view query =
      asked.target.substr(std::min(asked.target.size(), path.size() + 1));
  const bool for_machines =
      path == "/metrics" || path == "/clients" || path == "/livez" || path == "/readyz";
  const bool for_people = path == "/" || path == "/status.json" || path == "/config";
  // A web page's request has a Host; a balancer's by HTTP/1.0 may have none.
  const bool may_be_unnamed = for_machines && (from.beyond_loopback || asked.host.empty());
  if (!from.by_path && !names_this_machine(asked.host) && !may_be_unnamed) {
    response refused =
        problem(403, "forbidden", "Address the admin listener by its IP address or as localhost");
    refused.change_refused = path == "/reload" && asked.method == "POST";
    return refused;
  }
  if (path == "/reload") return reload(asked, from);
  if (!for_machines && !for_people)
    return problem(404, "not_found",
                   "No such page: there are /, /status.json, /clients, /metrics, /livez, /readyz, "
                   "/config and /reload");
  if (asked.method != "GET" && asked.method != "HEAD") return only("GET, HEAD");
  if (path == "/metrics")
    return {200, "text/plain; version=0.0.4; charset=utf-8", from.metrics(), {}, {}};
  if (path == "/config") return {200, "application/json", from.config(), {}, {}};
  if (path == "/status.json") return {200, "application/json", from.status(), {}, {}};
  if (path == "/") {
    const document& page = status_page();
    return {200, "text/html; charset=utf-8", page.html, {}, {}, page.policy};
  }
  if (path == "/clients") {
    if (auto found = from.clients(query))
      return {200, "application/json", std::move(*found), {}, {}};
    return problem(400, "malformed", "The query may be offset and limit (1 to 1000), or client");
  }
  const std::string why_not = path == "/readyz" ? from.not_ready() : std::string();
  if (!why_not.empty()) return {503, "text/plain; charset=utf-8", why_not + "\n", {}, {}};
  return {200, "text/plain; charset=utf-8", "ok\n", {}, {}};
}

}  // namespace gateway::admin
