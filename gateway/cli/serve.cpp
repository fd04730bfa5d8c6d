// SPDX-License-Identifier: Apache-2.0
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>

#include "gateway/app/resources.hpp"
#include "gateway/app/server.hpp"
#include "gateway/cli/address_option.hpp"
#include "gateway/cli/commands.hpp"
#include "gateway/cli/load.hpp"
#include "gateway/cli/say.hpp"
#include "gateway/sys/handed_sockets.hpp"
#include "gateway/sys/limits.hpp"

namespace gateway::cli {

namespace {

struct serve_options {
  std::string config;
  std::optional<core::config::address> listen;
  std::optional<core::config::address> admin;
  unsigned workers = 0;
  bool dumpable = false;
  bool take_over = false;
};

/// What the command line says counts, whatever the file says later.
void override_settings(core::config::model& model, const serve_options& given) {
  // Whoever names another address doesn't say that clients speak plainly there.
  if (given.listen) {
    model.listen.resize(1);
    static_cast<core::config::address&>(model.listen.front()) = *given.listen;
  }
  if (given.admin) {
    if (!model.admin) model.admin.emplace();
    static_cast<core::config::address&>(*model.admin) = *given.admin;
  }
  if (given.workers != 0) model.workers = given.workers;
}

/// As of the file's addresses.
void warn_of_addresses(const core::config::model& model, const serve_options& given) {
  const auto warn_of = [](const std::string& option, std::string_view why) {
    if (!why.empty()) warn(option + ": " + std::string(why));
  };
  if (given.listen && !model.listen.front().tls) {
    if (std::ranges::any_of(model.routes, [&](const auto& r) {
          return r.scheme && std::holds_alternative<core::config::laravel_preset>(
                                 model.schemes[*r.scheme].what);
        }))
      warn_of("--listen", core::config::listen_warning(*given.listen));
  }
  if (given.admin) warn_of("--admin", core::config::admin_warning(*given.admin));
}

int serve(const serve_options& given) {
  // First of all: before anything else is open, and before there are secrets.
  std::vector<sys::descriptor> handed = sys::take_handed_sockets();
  if (!given.dumpable) sys::keep_memory_private();
  core::config::reading read = read_configuration(given.config);
  print_problems(read.problems, given.config);
  if (has_errors(read)) return exit_config;
  app::server_settings settings;
  settings.model = std::move(*read.value);
  settings.config_path = std::filesystem::absolute(given.config).lexically_normal().string();
  settings.source.name = given.config;
  settings.source.read = [given] {
    core::config::reading again = read_configuration(given.config);
    if (again.value) override_settings(*again.value, given);
    return again;
  };
  settings.take_over = given.take_over;
  override_settings(settings.model, given);
  warn_of_addresses(settings.model, given);
  log::logger diagnostics;
  const std::uint64_t descriptors = sys::raise_descriptor_limit();
  if (const std::string few = app::descriptor_warning(settings.model, descriptors); !few.empty())
    diagnostics.warning("{}", few);
  try {
    app::server gateway(std::move(settings), diagnostics, std::move(handed));
    return gateway.run();
  } catch (const app::cannot_listen& e) {
    diagnostics.error("{}", advice(e));
    return exit_failure;
  } catch (const std::exception& e) {
    diagnostics.error("{}", e.what());
    return exit_failure;
  }
}

}  // namespace

void add_serve(CLI::App& app, int& status) {
  auto given = std::make_shared<serve_options>();
  CLI::App* command = app.add_subcommand("serve", "Run the gateway");
  command->add_option("-c,--config", given->config, "The configuration file")->required();
  add_address_option(*command, "--listen", given->listen,
                     "Where to listen, instead of the file's `listen`");
  add_address_option(*command, "--admin", given->admin,
                     "Where the admin listener is, instead of the file's `admin`");
  command
      ->add_option("--workers", given->workers, "Worker threads, instead of the file's `workers`")
      ->check(CLI::Range(1U, 1024U));
  command->add_flag("--take-over", given->take_over,
                    "Take the place of the gateway that runs with this configuration, without a "
                    "connection lost");
  command->add_flag("--dumpable", given->dumpable,
                    "Let core dumps and debuggers see its memory, and so the secrets");
  command->callback([given, &status] { status = serve(*given); });
}

}  // namespace gateway::cli
