// SPDX-License-Identifier: Apache-2.0
#include <string.h>  // NOLINT(modernize-deprecated-headers): explicit_bzero is glibc's, not <cstring>'s

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <memory>

#include "core/admission/prepare_clients.hpp"
#include "core/base/encoding.hpp"
#include "core/config/suggest.hpp"
#include "core/json/check.hpp"
#include "core/keys/derived.hpp"
#include "gateway/cli/commands.hpp"
#include "gateway/cli/find_client.hpp"
#include "gateway/cli/load.hpp"
#include "gateway/cli/say.hpp"
#include "gateway/sys/clock.hpp"

namespace gateway::cli {

namespace {

struct derive_options {
  std::string config;
  std::string client;
  std::string secret;
  bool json = false;
};

/// The one that is asked for, or else the newest in force.
const core::config::secret_generation* find_secret(const core::config::client& c,
                                                   const std::string& id) {
  const std::int64_t now = core::base::unix_seconds(sys::now());
  std::vector<std::string_view> known;
  for (const auto& g : c.secrets) {
    const bool in_force = (!g.from || *g.from <= now) && (!g.until || now < *g.until);
    if (!g.value.empty() && (id.empty() ? in_force : g.id == id)) return &g;
    known.emplace_back(g.id);
  }
  if (id.empty())
    fail(exit_usage, in_quotes(c.id) + " has no secret in force now that keys could come of");
  else
    fail(exit_usage, in_quotes(c.id) + " has no secret called " + in_quotes(id) +
                         core::config::suggestion(id, known));
  return nullptr;
}

std::string keys_of(const core::config::client& c, const core::base::secret& secret, bool json) {
  std::string out;
  if (json) core::json::append_string(out.append(R"({"client":)"), c.id);
  if (json) out.append(R"(,"keys":{)");
  bool first = true;
  for (const core::keys::purpose& p : core::keys::purposes) {
    const core::base::secret key = core::admission::client_key(c, secret, p);
    // A key of the client's own that has another size is none for this; RFC 8188 takes any.
    const bool fits =
        key.size() == p.size || p.name.starts_with("sign-") || p.name.ends_with(":aes128gcm");
    if (!fits) continue;
    std::string hex = core::base::hex(key.reveal());
    if (json) {
      out.append(first ? "\"" : ",\"").append(p.name).append("\":\"").append(hex).append("\"");
    } else {
      std::string name(p.name);
      name.resize(24, ' ');
      out.append(name).append(hex).append("\n");
    }
    explicit_bzero(hex.data(), hex.size());
    first = false;
  }
  if (json) out.append("}}\n");
  return out;
}

int derive(const derive_options& given) {
  const core::config::reading read = read_configuration(given.config);
  if (has_errors(read)) {
    print_problems(read.problems, given.config);
    return exit_config;
  }
  const auto* client = find_client(*read.value, given.client);
  if (client == nullptr) return exit_usage;
  const auto* secret = find_secret(*client, given.secret);
  if (secret == nullptr) return exit_usage;
  if (client->signing_secret)
    warn(in_quotes(client->id) +
         " has a signing_secret: sign-c2s is that very key, as rfc9421 takes it; a template that "
         "says "
         "`derive` derives its key from it");
  std::string out = keys_of(*client, secret->value, given.json);
  print(out);
  explicit_bzero(out.data(), out.size());
  return exit_fine;
}

}  // namespace

void add_derive(CLI::App& app, int& status) {
  auto given = std::make_shared<derive_options>();
  CLI::App* command = app.add_subcommand(
      "derive", "Print the keys that come of a client's secret, in hex, for clients without HKDF");
  command->add_option("-c,--config", given->config, "The configuration file")->required();
  command->add_option("--client", given->client, "A client's id in the configuration")->required();
  command->add_option("--secret", given->secret,
                      "The id of the secret; the newest one in force if left out");
  command->add_flag("--json", given->json, "Print them as JSON");
  command->callback([given, &status] { status = derive(*given); });
}

}  // namespace gateway::cli
