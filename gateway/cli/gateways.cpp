// SPDX-License-Identifier: Apache-2.0
#include "gateway/cli/gateways.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>

#include "core/base/date.hpp"
#include "core/config/read.hpp"
#include "core/config/values.hpp"
#include "core/http/url.hpp"
#include "gateway/net/plain_client.hpp"

namespace gateway::cli {

namespace {

namespace json = boost::json;
using core::keys::witness;

constexpr std::chrono::milliseconds patience{30'000};

std::variant<net::plain_answer, std::string> ask(const admin_listener& whom,
                                                 std::string_view method, const std::string& target,
                                                 std::string_view token) {
  std::string request(method);
  request.append(" ").append(target).append(" HTTP/1.1\r\nHost: ").append(whom.host);
  if (!token.empty()) request.append("\r\nAuthorization: Bearer ").append(token);
  request.append("\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  net::plain_call_settings settings;
  settings.answer_timeout = patience;
  auto got = net::call_plain(whom.at, request, false, settings);
  if (const auto* why = std::get_if<std::string>(&got)) return whom.name + ": " + *why;
  return got;
}

/// The title of a problem document, or the status alone.
std::string reason_of(const net::plain_answer& a) {
  boost::system::error_code ec;
  const json::value body = json::parse(a.body, ec);
  const auto* object = ec ? nullptr : body.if_object();
  const auto* title = object == nullptr ? nullptr : object->if_contains("title");
  std::string status = std::to_string(a.status);
  if (title == nullptr || !title->is_string()) return status;
  return status + ", " + std::string(title->as_string().c_str());
}

std::string text_of(const json::object& o, std::string_view name) {
  const auto* found = o.if_contains(name);
  return found != nullptr && found->is_string() ? std::string(found->as_string().c_str())
                                                : std::string();
}

std::optional<std::int64_t> moment_of(const json::object& o, std::string_view name) {
  const std::string text = text_of(o, name);
  return text.empty() ? std::nullopt : core::base::parse_iso8601(text);
}

const json::array* array_of(const json::object& o, std::string_view name) {
  const auto* found = o.if_contains(name);
  return found == nullptr ? nullptr : found->if_array();
}

std::size_t number_of(const json::object& o, std::string_view name) {
  const auto* found = o.if_contains(name);
  boost::system::error_code ec;
  const auto n = found == nullptr ? 0 : found->to_number<std::size_t>(ec);
  return ec ? 0 : n;
}

/// What a reload was refused for.
std::vector<core::config::problem> errors_in(const net::plain_answer& a) {
  std::vector<core::config::problem> out;
  boost::system::error_code ec;
  const json::value body = json::parse(a.body, ec);
  const auto* object = ec ? nullptr : body.if_object();
  const auto* all = object == nullptr ? nullptr : array_of(*object, "problems");
  if (all == nullptr) return out;
  for (const json::value& one : *all) {
    const auto* p = one.if_object();
    if (p == nullptr || text_of(*p, "severity") != "error") continue;
    out.push_back({core::config::problem::severity::error, number_of(*p, "line"),
                   number_of(*p, "column"), text_of(*p, "path"), text_of(*p, "message"),
                   text_of(*p, "file")});
  }
  return out;
}

std::optional<witness> read_witness(const json::value& body, std::string_view client) {
  const auto* object = body.if_object();
  if (object == nullptr) return std::nullopt;
  const auto now = moment_of(*object, "now");
  const auto since = moment_of(*object, "counting_since");
  const auto* clients = array_of(*object, "clients");
  if (!now || !since || clients == nullptr) return std::nullopt;
  witness out{{}, *now, *since, {}};
  for (const json::value& one : *clients) {
    const auto* who = one.if_object();
    const auto* secrets = who == nullptr ? nullptr : array_of(*who, "secrets");
    if (secrets == nullptr || text_of(*who, "id") != client) continue;
    for (const json::value& s : *secrets)
      if (const auto* seen = s.if_object())
        out.secrets.push_back({text_of(*seen, "id"), moment_of(*seen, "last_used"),
                               text_of(*seen, "address"), text_of(*seen, "version")});
  }
  return out;
}

}  // namespace

std::variant<std::vector<admin_listener>, std::string> read_admins(
    const std::vector<std::string>& urls) {
  std::vector<admin_listener> out;
  for (const std::string& text : urls) {
    if (text.starts_with("unix:")) {
      const auto path = core::config::parse_listen_address(text);
      if (const auto* bad = std::get_if<core::config::wrong>(&path)) return bad->why;
      const auto& address = std::get<core::config::address>(path);
      out.push_back({text, "localhost", {{}, 0, address.path}});
      continue;
    }
    auto parsed = core::http::parse_url(text);
    const auto* url = std::get_if<core::http::url>(&parsed);
    if (url == nullptr || url->tls || url->target != "/")
      return "\"" + text + "\" must be http://HOST:PORT or unix:PATH, where an admin listener is";
    out.push_back({"http://" + url->authority, url->authority, {url->host, url->port}});
  }
  return out;
}

std::variant<witness, std::string> ask_for_client(const admin_listener& of,
                                                  const std::string& client) {
  auto got = ask(of, "GET", "/clients?client=" + client, {});
  if (auto* why = std::get_if<std::string>(&got)) return std::move(*why);
  const auto& answer = std::get<net::plain_answer>(got);
  if (answer.status != 200) return of.name + "/clients: " + reason_of(answer);
  boost::system::error_code ec;
  const json::value body = json::parse(answer.body, ec);
  auto told = ec ? std::nullopt : read_witness(body, client);
  if (!told)
    return of.name + "/clients: is this a gateway's admin listener? It says something else";
  told->name = of.name;
  return std::move(*told);
}

std::vector<std::string> ask_to_reload(const admin_listener& whom, std::string_view token,
                                       std::string_view config) {
  auto got = ask(whom, "POST", "/reload", token);
  if (auto* why = std::get_if<std::string>(&got)) return {std::move(*why)};
  const auto& answer = std::get<net::plain_answer>(got);
  if (answer.status == 200) return {};
  std::vector<std::string> out{whom.name + "/reload: " + reason_of(answer)};
  for (const core::config::problem& p : errors_in(answer))
    out.push_back(core::config::format(p, config));
  return out;
}

std::string span(std::int64_t seconds) {
  const std::int64_t n = std::max<std::int64_t>(0, seconds);
  if (n < 120) return std::to_string(n) + " s";
  if (n < 2 * 3600) return std::to_string(n / 60) + " min";
  if (n < 2 * 86'400) return std::to_string(n / 3600) + " h";
  return std::to_string(n / 86'400) + " days";
}

}  // namespace gateway::cli
