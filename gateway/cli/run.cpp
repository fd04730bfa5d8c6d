// SPDX-License-Identifier: Apache-2.0
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cstdio>
#include <exception>

#include "gateway/cli/commands.hpp"
#include "gateway/cli/load.hpp"

namespace gateway::cli {

int run(int argc, char** argv) {
  CLI::App app{"Countersign proves who sent a message, opens it, and forwards plaintext JSON.",
               "countersign"};
  app.set_version_flag("--version", "countersign " COUNTERSIGN_VERSION);
  app.require_subcommand(1);
  int status = exit_fine;
  add_serve(app, status);
  add_check(app, status);
  add_keygen(app, status);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    const bool asked_for_help = e.get_exit_code() == 0;
    app.exit(e);
    return asked_for_help ? exit_fine : exit_usage;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "countersign: %s\n", e.what());
    return exit_failure;
  }
  return status;
}

}  // namespace gateway::cli
