// SPDX-License-Identifier: Apache-2.0
#include "gateway/admin/handle.hpp"

#include <algorithm>

#include "core/base/ascii.hpp"

namespace gateway::admin {

namespace {

response problem(unsigned status, std::string_view code, std::string_view title) {
  std::string body = R"({"type":"about:blank","title":")";
  body.append(title).append(R"(","status":)").append(std::to_string(status));
  body.append(R"(,"code":")").append(code).append("\"}\n");
  return {status, "application/problem+json", std::move(body), {}};
}

// An IP address or localhost, with or without a port: names are what a hostile page's DNS can point
// here.
bool names_this_machine(std::string_view host) {
  if (host.starts_with('[')) return host.find(']') != std::string_view::npos;
  const std::string_view name = host.substr(0, host.find(':'));
  if (core::base::iequals(name, "localhost")) return true;
  return !name.empty() &&
         std::ranges::all_of(name, [](char c) { return core::base::is_digit(c) || c == '.'; });
}

}  // namespace

response handle(const request& asked, const sources& from) {
  const std::string_view path = asked.target.substr(0, asked.target.find('?'));
  const bool for_machines = path == "/metrics" || path == "/livez" || path == "/readyz";
  if (!names_this_machine(asked.host) && !(from.beyond_loopback && for_machines))
    return problem(403, "forbidden",
                   "Address the admin listener by its IP address or as localhost");
  if (!for_machines && path != "/config")
    return problem(404, "not_found",
                   "No such page: there are /metrics, /livez, /readyz and /config");
  if (asked.method != "GET" && asked.method != "HEAD") {
    response refused = problem(405, "method_not_allowed", "This page can only be read");
    refused.allow = "GET, HEAD";
    return refused;
  }
  if (path == "/metrics")
    return {200, "text/plain; version=0.0.4; charset=utf-8", from.metrics(), {}};
  if (path == "/config") return {200, "application/json", from.config(), {}};
  if (path == "/readyz" && !from.not_ready.empty())
    return {503, "text/plain; charset=utf-8", std::string(from.not_ready) + "\n", {}};
  return {200, "text/plain; charset=utf-8", "ok\n", {}};
}

}  // namespace gateway::admin
