// SPDX-License-Identifier: Apache-2.0
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <vector>

#include "core/config/suggest.hpp"
#include "gateway/cli/commands.hpp"
#include "gateway/cli/load.hpp"
#include "gateway/cli/say.hpp"
#include "gateway/sys/build.hpp"

namespace gateway::cli {

namespace {

std::string usage_problem(const CLI::App* app, const CLI::Error& e) {
  std::string name = app->get_name();
  for (const CLI::App* command : app->get_subcommands()) name += " " + command->get_name();
  return name + ": " + e.what() + "\nSee `" + name + " --help`.\n";
}

/// CLI11 says of a mistyped command that one is required.
bool is_unknown_command(CLI::App& app, std::string_view word) {
  if (word.empty() || word.starts_with('-')) return false;
  std::vector<std::string_view> known;
  for (const CLI::App* command : app.get_subcommands({})) known.push_back(command->get_name());
  if (std::ranges::find(known, word) != known.end()) return false;
  fail(exit_usage,
       "there is no command \"" + std::string(word) + "\"" + core::config::suggestion(word, known));
  return true;
}

std::string version() {
  std::string out = "countersign";
  for (const auto& [name, value] : sys::build_facts())
    out.append(name == "version" ? " " : "\n" + name + " ").append(value);
  return out;
}

}  // namespace

int run(int argc, char** argv) {
  CLI::App app{"Countersign proves who sent a message, opens it, and forwards plaintext JSON.",
               "countersign"};
  app.set_version_flag("--version", version);
  app.require_subcommand(1);
  int status = exit_fine;
  add_serve(app, status);
  add_check(app, status);
  add_keygen(app, status);
  add_sign(app, status);
  add_call(app, status);
  add_explain(app, status);
  add_demo(app, status);
  add_derive(app, status);
  add_vectors(app, status);
  add_rotate(app, status);
  app.failure_message(usage_problem);
  if (argc < 2) {
    std::fputs(app.help().c_str(), stderr);
    return exit_usage;
  }
  if (is_unknown_command(app, argv[1])) return exit_usage;
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    const bool asked_for_help = e.get_exit_code() == 0;
    app.exit(e);
    return asked_for_help ? exit_fine : exit_usage;
  } catch (const std::exception& e) {
    return fail(exit_failure, e.what());
  }
  return status;
}

}  // namespace gateway::cli
