// SPDX-License-Identifier: Apache-2.0
#pragma once

// The subcommands. Each registers itself with its options; when it is chosen it runs and leaves the
// exit status in `status`.

#include <CLI/App.hpp>

namespace gateway::cli {

void add_serve(CLI::App& app, int& status);
void add_check(CLI::App& app, int& status);
void add_keygen(CLI::App& app, int& status);
void add_sign(CLI::App& app, int& status);
void add_call(CLI::App& app, int& status);
void add_demo(CLI::App& app, int& status);
void add_explain(CLI::App& app, int& status);
void add_derive(CLI::App& app, int& status);
void add_vectors(CLI::App& app, int& status);
void add_rotate(CLI::App& app, int& status);

/// The whole command line. @return the exit status.
int run(int argc, char** argv);

}  // namespace gateway::cli
