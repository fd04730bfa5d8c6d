// SPDX-License-Identifier: Apache-2.0
#include "gateway/cli/secrets_file.hpp"

#include <string.h>  // NOLINT(modernize-deprecated-headers): explicit_bzero is glibc's, not <cstring>'s

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "core/config/report.hpp"
#include "gateway/cli/load.hpp"
#include "gateway/sys/environment.hpp"

namespace gateway::cli {

namespace {

core::base::secret read_secretly(const std::string& path) {
  auto read = sys::read_file(path, core::config::max_document);
  if (const auto* why = std::get_if<sys::file_problem>(&read))
    throw std::runtime_error(path + " " + why->sentence);
  std::string& text = std::get<sys::file_text>(read).text;
  core::base::secret out(text);
  explicit_bzero(text.data(), text.size());
  return out;
}

}  // namespace

secrets_file::secrets_file(std::string config, core::config::part part)
    : config_(std::move(config)),
      part_(std::move(part)),
      lock_(part_.path),
      text_(read_secretly(part_.path)) {}

std::optional<std::string> secrets_file::write(std::string_view text) {
  const core::config::reading with = read_configuration(config_, replacement{part_.name, text});
  for (const core::config::problem& p : with.problems) {
    if (p.level == core::config::problem::severity::error)
      return "the configuration would be wrong with it: " + core::config::format(p, config_);
  }
  if (const auto why = sys::replace_file(part_.path, text)) return part_.path + " " + *why;
  return std::nullopt;
}

std::optional<core::config::part> secrets_part(const core::config::reading& read,
                                               const std::string& client) {
  const std::string where =
      core::config::join_path(core::config::join_path("clients", client), "secrets");
  const auto found = std::ranges::find(read.parts, where, &core::config::part::where);
  return found == read.parts.end() ? std::nullopt : std::optional(*found);
}

std::string file_of(const std::string& config, const core::config::reading& read,
                    const core::config::client& who) {
  const auto place = static_cast<std::size_t>(&who - read.value->clients.data());
  const std::size_t file = read.client_files[place];
  return file == 0 ? config : read.parts[file - 1].path;
}

}  // namespace gateway::cli
