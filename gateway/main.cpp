// SPDX-License-Identifier: Apache-2.0
#include "gateway/cli/commands.hpp"

int main(int argc, char** argv) { return gateway::cli::run(argc, argv); }
