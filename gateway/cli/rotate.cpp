// SPDX-License-Identifier: Apache-2.0
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <memory>
#include <optional>

#include "core/config/values.hpp"
#include "gateway/cli/commands.hpp"
#include "gateway/cli/find_client.hpp"
#include "gateway/cli/load.hpp"
#include "gateway/cli/rotation.hpp"
#include "gateway/cli/say.hpp"

namespace gateway::cli {

namespace {

struct rotate_options {
  rotation_options rotation;
  std::vector<std::string> admins;
  std::string unused_for = "24h";
  std::optional<std::string> retire;  ///< empty: the oldest
  std::optional<std::string> revoke;
};

std::chrono::seconds read_duration(const std::string& text) {
  const auto parsed = core::config::parse_duration(text);
  if (const auto* wrong = std::get_if<core::config::wrong>(&parsed))
    throw CLI::ValidationError("--unused-for", wrong->why);
  return std::chrono::duration_cast<std::chrono::seconds>(
      std::get<core::config::milliseconds>(parsed));
}

int rotate(rotate_options given) {
  rotation_options& r = given.rotation;
  r.unused_for = read_duration(given.unused_for);
  auto admins = read_admins(given.admins);
  if (const auto* why = std::get_if<std::string>(&admins))
    return fail(exit_usage, "--admin: " + *why);
  r.admins = std::get<std::vector<admin_listener>>(std::move(admins));
  if (given.retire && r.admins.empty() && !r.force)
    return fail(exit_usage,
                "--retire needs --admin URL of every gateway: only they know who uses the oldest "
                "secret (--force asks nobody)");
  if (r.reload && r.admins.empty())
    return fail(exit_usage, "--reload needs --admin URL of every gateway");
  core::config::reading read = read_configuration(r.config);
  if (has_errors(read)) {
    print_problems(read.problems, r.config);
    return exit_config;
  }
  const auto* client = find_client(*read.value, r.client);
  if (client == nullptr) return exit_usage;
  if (given.retire) return retire_secret(r, read, *client, *given.retire);
  if (given.revoke) return revoke_secret(r, read, *client, *given.revoke);
  return add_secret(r, read, *client);
}

}  // namespace

void add_rotate(CLI::App& app, int& status) {
  auto given = std::make_shared<rotate_options>();
  rotation_options& r = given->rotation;
  CLI::App* command = app.add_subcommand(
      "rotate", "Give a client another secret, and take an old one away once nobody uses it");
  command->add_option("-c,--config", r.config, "The configuration file")->required();
  command->add_option("--client", r.client, "A client's id in the configuration")->required();
  auto* id =
      command->add_option("--id", r.id, "The new secret's id; when it was made, if left out");
  auto* bytes = command->add_option("--bytes", r.bytes, "Its size; as the newest one's if left out")
                    ->check(CLI::Range(16U, 1024U));
  auto* format =
      command
          ->add_option("--format", r.format,
                       "utf8 (letters and digits), hex or base64; as the newest one's if left out")
          ->check(CLI::IsMember({"utf8", "hex", "base64"}));
  auto* retire =
      command
          ->add_option("--retire", given->retire,
                       "Drop the oldest secret instead, or the one of this id, if no gateway has "
                       "seen it used lately")
          ->expected(0, 1);
  for (auto* making : {id, bytes, format}) retire->excludes(making);
  auto* revoke = command->add_option("--revoke", given->revoke,
                                     "Drop the secret of this id at once: it has leaked");
  for (auto* making : {id, bytes, format, retire}) revoke->excludes(making);
  command
      ->add_option(
          "--admin", given->admins,
          "http://HOST:PORT or unix:PATH of a gateway's admin listener; once for each gateway")
      ->allow_extra_args(false);
  command->add_option("--unused-for", given->unused_for, "How long an old secret must be unused")
      ->capture_default_str()
      ->needs(retire);
  command->add_flag("--force", r.force, "Drop it all the same")->needs(retire);
  command->add_flag(
      "--reload", r.reload,
      "Have the gateways read their configuration again, with the file's admin token");
  command->add_flag("--json", r.json, "Print it as JSON");
  command->callback([given, &status] { status = rotate(*given); });
}

}  // namespace gateway::cli
