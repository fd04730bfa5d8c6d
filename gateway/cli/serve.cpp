// SPDX-License-Identifier: Apache-2.0
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <charconv>
#include <filesystem>
#include <memory>

#include "gateway/app/server.hpp"
#include "gateway/cli/commands.hpp"
#include "gateway/cli/load.hpp"

namespace gateway::cli {

namespace {

struct options {
  std::string config;
  std::string listen;
  std::string admin;
  unsigned workers = 0;
};

core::config::address parse_address(const std::string& text) {
  const auto colon = text.rfind(':');
  core::config::address a;
  unsigned port = 0;
  if (colon != std::string::npos) {
    const char* end = text.data() + text.size();
    const auto [stop, ec] = std::from_chars(text.data() + colon + 1, end, port);
    if (ec == std::errc() && stop == end && port <= 65535 && colon + 1 < text.size()) {
      a.host = text.substr(0, colon);
      if (a.host.starts_with('[') && a.host.ends_with(']'))
        a.host = a.host.substr(1, a.host.size() - 2);
      a.port = static_cast<std::uint16_t>(port);
    }
  }
  if (a.host.empty())
    throw CLI::ValidationError(text + ": an address is HOST:PORT, for example 127.0.0.1:8080");
  return a;
}

int serve(const options& given) {
  core::config::reading read = read_configuration(given.config);
  print_problems(read.problems, given.config);
  if (has_errors(read)) return exit_config;
  app::server_settings settings{std::move(*read.value),
                                std::filesystem::absolute(given.config).string(), false};
  if (!given.listen.empty()) settings.model.listen = {parse_address(given.listen)};
  if (!given.admin.empty()) settings.model.admin = parse_address(given.admin);
  if (given.workers != 0) settings.model.workers = given.workers;
  log::logger diagnostics;
  try {
    app::server gateway(std::move(settings), diagnostics);
    return gateway.run();
  } catch (const std::exception& e) {
    diagnostics.error("{}", e.what());
    return exit_failure;
  }
}

}  // namespace

void add_serve(CLI::App& app, int& status) {
  auto given = std::make_shared<options>();
  CLI::App* command = app.add_subcommand("serve", "Run the gateway");
  command->add_option("-c,--config", given->config, "The configuration file")->required();
  command->add_option("--listen", given->listen,
                      "HOST:PORT to listen on, instead of the file's `listen`");
  command->add_option("--admin", given->admin,
                      "HOST:PORT of the admin listener, instead of the file's `admin`");
  command
      ->add_option("--workers", given->workers, "Worker threads, instead of the file's `workers`")
      ->check(CLI::Range(1U, 1024U));
  command->callback([given, &status] { status = serve(*given); });
}

}  // namespace gateway::cli
