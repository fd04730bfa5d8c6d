// SPDX-License-Identifier: Apache-2.0
#include "gateway/cli/address_option.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "core/config/values.hpp"

namespace gateway::cli {

void add_address_option(CLI::App& command, const std::string& name,
                        std::optional<core::config::address>& into, const std::string& purpose) {
  const auto parse = [name, &into](const std::string& text) {
    const auto parsed = core::config::parse_listen_address(text);
    if (const auto* wrong = std::get_if<core::config::wrong>(&parsed))
      throw CLI::ValidationError(name, wrong->why);
    into = std::get<core::config::address>(parsed);
  };
  command.add_option_function<std::string>(name, parse, purpose)->type_name("ADDRESS:PORT");
}

std::string advice(const app::cannot_listen& problem) {
  const bool admin = problem.which() == app::cannot_listen::listener::admin;
  return std::string(problem.what()) + "; " + (admin ? "--admin" : "--listen") +
         " ADDRESS:PORT chooses another";
}

}  // namespace gateway::cli
