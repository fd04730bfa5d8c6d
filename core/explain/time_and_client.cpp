// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdlib>

#include "core/config/suggest.hpp"
#include "core/explain/mistakes.hpp"

namespace core::explain {

namespace {

std::string seconds_in_words(std::int64_t seconds) {
  const std::int64_t size = std::abs(seconds);
  if (size < 120) return std::to_string(size) + " s";
  if (size < 7200) return std::to_string(size / 60) + " min";
  if (size < 172'800) return std::to_string(size / 3600) + " h";
  return std::to_string(size / 86'400) + " days";
}

/// A zone's offset, if the difference is one within the window: "+02:00".
std::string zone_of(std::int64_t ahead, const replay::window& window) {
  constexpr std::int64_t quarter = 900, largest = 14 * 3600;
  const std::int64_t nearest =
      (ahead >= 0 ? ahead + quarter / 2 : ahead - quarter / 2) / quarter * quarter;
  if (nearest == 0 || std::abs(nearest) > largest) return {};
  // Of zones in use: whole and half hours.
  if (nearest % (2 * quarter) != 0) return {};
  if (!window.check(ahead - nearest, 0)) return {};
  const auto two = [](std::int64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  const std::int64_t minutes = std::abs(nearest) / 60;
  return (nearest > 0 ? "+" : "-") + two(minutes / 60) + ":" + two(minutes % 60);
}

bool milliseconds_expected(const admission::route_policy& policy) {
  const auto* templated = policy.templated();
  const auto* field = templated == nullptr ? nullptr : templated->settings().field("timestamp");
  return field != nullptr && field->milliseconds;
}

}  // namespace

bool try_time(trials& t) {
  const walk& w = t.first();
  const replay::window& window = t.policy().window;
  if (!w.stamped)
    return t.found("expired", "send the message before the time that it `expires` at");
  const std::int64_t ahead = w.stamp - t.now();
  if (milliseconds_expected(t.policy()) && window.check(w.stamp * 1000, t.now()))
    return t.found("timestamp-in-seconds",
                   "stamp and sign Unix milliseconds: the stamp is in seconds");
  if (window.check(w.stamp / 1000, t.now()))
    return t.found("timestamp-in-milliseconds",
                   "stamp and sign whole Unix seconds: the stamp is in milliseconds");
  const auto within = window.check(w.stamp, t.now());
  if (within) return t.found("expired", "send the message before the time that it `expires` at");
  if (const std::string zone = zone_of(ahead, window); !zone.empty())
    return t.found("timestamp-in-local-time",
                   "stamp with Unix time, which is UTC: the stamp is off by " + zone +
                       ", as if local time had been taken for it");
  const std::string limit = ", and the route takes " + std::to_string(window.past) +
                            " s past and " + std::to_string(window.future) + " s ahead";
  if (ahead > 0)
    return t.found("clock-ahead", "set the client's clock (NTP): its stamp is " +
                                      seconds_in_words(ahead) + " ahead of the arrival" + limit);
  return t.found(
      "too-old",
      "set the client's clock (NTP), or stamp and sign each attempt anew if messages wait "
      "before they are sent: the stamp is " +
          seconds_in_words(ahead) + " older than the arrival" + limit);
}

bool try_client(trials& t) {
  const walk& w = t.first();
  const std::string token = "\"" + visible(w.token, 80) + "\"";
  if (*w.refused == base::errc::client_disabled)
    return t.found("client-disabled", "set `enabled: true` for the client \"" + w.client->id +
                                          "\" in the configuration, or remove the line");
  if (*w.refused == base::errc::no_secret_in_force)
    return t.found("no-secret-in-force",
                   "give the client \"" + w.client->id +
                       "\" a secret that is in force: look at `from` and `until` of its secrets");
  if (w.client != nullptr)
    return t.found("scheme-not-allowed", "name the scheme \"" + t.policy().scheme_name +
                                             "\" in `schemes` of the client \"" + w.client->id +
                                             "\": it may use others only");
  std::vector<std::string_view> tokens;
  const config::model& all = t.rules().model;
  for (std::size_t i = 0; i < all.clients.size(); ++i) {
    const config::client& c = all.clients[i];
    const auto own = std::ranges::find(all.routes, std::optional(i), &config::route::client);
    if (own != all.routes.end() && (c.token == w.token || c.id == w.token))
      return t.found("client-of-another-route",
                     "use the client \"" + c.id + "\" on the route \"" + own->name +
                         "\" alone, which names it by `client`: it works nowhere else");
    if (c.id == w.token)
      return t.found("id-for-token", "send the token of the client \"" + c.id +
                                         "\" (`token` in the configuration), not its id");
    tokens.emplace_back(c.token);
  }
  const auto near = config::nearest(w.token, tokens);
  return t.found("unknown-token",
                 "no client has the token " + token +
                     (near ? "; did you mean \"" + visible(*near) + "\"?"
                           : ": add it to `clients`, or correct it in the client"));
}

}  // namespace core::explain
