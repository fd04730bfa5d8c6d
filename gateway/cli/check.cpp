// SPDX-License-Identifier: Apache-2.0
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cstdio>
#include <memory>

#include "core/config/report.hpp"
#include "core/json/check.hpp"
#include "gateway/cli/commands.hpp"
#include "gateway/cli/load.hpp"

namespace gateway::cli {

namespace {

struct check_options {
  std::string config;
  bool strict = false;
  bool print = false;
  bool json = false;
};

std::string as_json(const core::config::reading& read, const std::string& path, bool ok) {
  std::string out = ok ? R"({"ok":true,"file":)" : R"({"ok":false,"file":)";
  core::json::append_string(out, path);
  out.append(R"(,"problems":[)");
  bool first = true;
  for (const core::config::problem& p : read.problems) {
    if (!first) out.append(",");
    first = false;
    core::config::append_json(out, p);
  }
  return out.append("]}\n");
}

int check(const check_options& given) {
  const core::config::reading read = read_configuration(given.config);
  const bool ok = !has_errors(read) && !(given.strict && !read.problems.empty());
  if (given.json) {
    std::fputs(as_json(read, given.config, ok).c_str(), stdout);
    return ok ? exit_fine : exit_config;
  }
  print_problems(read.problems, given.config);
  if (!ok) return exit_config;
  if (given.print)
    std::fputs(core::config::print(*read.value).c_str(), stdout);
  else
    std::printf("%s: ok (%zu routes, %zu clients)\n", given.config.c_str(),
                read.value->routes.size(), read.value->clients.size());
  return exit_fine;
}

}  // namespace

void add_check(CLI::App& app, int& status) {
  auto given = std::make_shared<check_options>();
  CLI::App* command = app.add_subcommand("check", "Tell every problem of a configuration");
  command->add_option("-c,--config", given->config, "The configuration file")->required();
  command->add_flag("--strict", given->strict, "Warnings are errors");
  command->add_flag("--print", given->print, "Print the effective configuration, secrets redacted");
  command->add_flag("--json", given->json, "Print the problems as JSON");
  command->callback([given, &status] { status = check(*given); });
}

}  // namespace gateway::cli
