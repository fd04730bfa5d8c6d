// SPDX-License-Identifier: Apache-2.0
#include "gateway/admin/clients.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <map>

#include "core/base/date.hpp"

namespace gateway::admin {

namespace {

namespace json = boost::json;
using core::config::client;
using core::config::model;

struct wanted {
  std::size_t offset = 0;
  std::size_t limit = clients_a_page;
  std::optional<std::string_view> client;
};

bool read_number(std::string_view text, std::size_t& into) {
  const auto read = std::from_chars(text.data(), text.data() + text.size(), into);
  return read.ec == std::errc() && read.ptr == text.data() + text.size();
}

std::optional<wanted> parse(std::string_view query) {
  wanted out;
  while (!query.empty()) {
    const std::string_view one = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), one.size() + 1));
    const std::size_t equals = one.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const std::string_view name = one.substr(0, equals), value = one.substr(equals + 1);
    // Ids are made of characters that stand in a query as they are.
    if (name == "client") {
      out.client = value;
    } else if (name == "offset") {
      if (!read_number(value, out.offset)) return std::nullopt;
    } else if (name == "limit") {
      if (!read_number(value, out.limit)) return std::nullopt;
    } else {
      return std::nullopt;
    }
  }
  if (out.limit < 1 || out.limit > most_clients_a_page) return std::nullopt;
  return out;
}

json::value moment(std::optional<std::int64_t> seconds) {
  if (!seconds) return nullptr;
  return json::value(core::base::format_iso8601(*seconds));
}

json::value moment_of_us(std::optional<std::int64_t> us) {
  if (!us) return nullptr;
  return moment(*us / 1'000'000);
}

json::value text_or_null(std::string_view text) {
  if (text.empty()) return nullptr;
  return json::value(text);
}

/// What is counted by the names of clients.
struct counted {
  std::uint64_t requests = 0;
  std::map<std::string_view, std::uint64_t> refusals;  // by reason
};

using counts = std::map<std::string_view, counted>;

counts count(const metrics::snapshot& seen) {
  counts out;
  for (const auto& r : seen.requests) out[r.client].requests += r.count;
  for (const auto& r : seen.refusals) out[r.client].refusals[core::base::name(r.reason)] += r.count;
  return out;
}

json::object secret_of(const core::config::secret_generation& s, const metrics::client_figures* who,
                       std::int64_t now) {
  const metrics::secret_figures* seen = nullptr;
  if (who != nullptr) {
    const auto found = std::ranges::find(who->secrets, s.id, &metrics::secret_figures::id);
    if (found != who->secrets.end()) seen = &*found;
  }
  json::object out;
  out["id"] = s.id;
  out["from"] = moment(s.from);
  out["until"] = moment(s.until);
  out["in_force"] = (!s.from || *s.from <= now) && (!s.until || now < *s.until);
  out["age_seconds"] = s.from && *s.from <= now ? json::value(now - *s.from) : json::value();
  out["last_used"] = seen == nullptr ? json::value() : moment_of_us(seen->last_used_us);
  out["address"] = seen == nullptr ? json::value() : text_or_null(seen->address);
  out["version"] = seen == nullptr ? json::value() : text_or_null(seen->version);
  return out;
}

json::object client_of(const client& c, const metrics::registry& counters, const counts& by_name,
                       std::int64_t now) {
  const auto seen = counters.client(c.id);
  const metrics::client_figures* const who = seen ? &*seen : nullptr;
  json::object out;
  out["id"] = c.id;
  out["enabled"] = c.enabled;
  json::array secrets, versions;
  for (const auto& s : c.secrets) secrets.push_back(secret_of(s, who, now));
  std::optional<std::int64_t> last;
  std::uint64_t proven = 0;
  if (who != nullptr) {
    for (const auto& s : who->secrets) last = std::max(last, s.last_used_us);
    for (const auto& v : who->versions) {
      proven += v.requests;
      last = std::max(last, std::optional(v.last_seen_us));
      versions.push_back({{"version", v.version},
                          {"requests", v.requests},
                          {"last_seen", moment_of_us(v.last_seen_us)}});
    }
  }
  out["last_seen"] = moment_of_us(last);
  out["secrets"] = std::move(secrets);
  out["versions"] = std::move(versions);
  out["clock_offset_seconds"] =
      who != nullptr && who->clock_offset ? json::value(*who->clock_offset) : json::value();
  json::object refusals;
  std::uint64_t requests = 0;
  if (const auto found = by_name.find(c.id); found != by_name.end()) {
    requests = found->second.requests;
    for (const auto& [reason, n] : found->second.refusals) refusals[reason] = n;
  }
  out["requests"] = requests;
  out["proven"] = proven;
  out["refusals"] = std::move(refusals);
  return out;
}

}  // namespace

std::optional<std::string> clients_page(std::string_view query, const model& m,
                                        const metrics::registry& counters, const moments& at) {
  const auto asked = parse(query);
  if (!asked) return std::nullopt;
  const std::int64_t now = core::base::unix_seconds(at.now);
  const metrics::snapshot seen = counters.look_at_requests();
  const counts by_name = count(seen);

  json::array clients;
  std::size_t end = 0;
  if (asked->client) {
    const auto found = std::ranges::find(m.clients, *asked->client, &client::id);
    if (found != m.clients.end()) clients.push_back(client_of(*found, counters, by_name, now));
    end = m.clients.size();
  } else {
    const std::size_t begin = std::min(asked->offset, m.clients.size());
    end = begin + std::min(asked->limit, m.clients.size() - begin);
    for (std::size_t i = begin; i < end; ++i)
      clients.push_back(client_of(m.clients[i], counters, by_name, now));
  }
  json::object out;
  out["now"] = moment(now);
  out["counting_since"] = moment(core::base::unix_seconds(at.started));
  out["configured_at"] = moment(core::base::unix_seconds(at.configured));
  out["total"] = m.clients.size();
  out["clients"] = std::move(clients);
  out["next"] = end < m.clients.size() ? json::value("/clients?offset=" + std::to_string(end) +
                                                     "&limit=" + std::to_string(asked->limit))
                                       : json::value();
  return json::serialize(out) + "\n";
}

}  // namespace gateway::admin
