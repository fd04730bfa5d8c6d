// SPDX-License-Identifier: Apache-2.0
#include "gateway/cli/load.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "core/base/instant.hpp"
#include "gateway/sys/clock.hpp"
#include "gateway/sys/environment.hpp"
#include "gateway/sys/exposure.hpp"

namespace gateway::cli {

namespace {

constexpr std::size_t largest_file = 64u << 20;

}  // namespace

core::config::reading read_configuration(const std::string& path,
                                         const std::optional<replacement>& with) {
  auto read = sys::read_file(path, largest_file);
  if (const auto* problem = std::get_if<sys::file_problem>(&read)) {
    core::config::reading none;
    none.problems.push_back(
        {core::config::problem::severity::error, 0, 0, "", "the file " + problem->sentence});
    return none;
  }
  std::string folder = std::filesystem::path(path).parent_path().string();
  if (folder.empty()) folder = ".";
  core::config::reading out = core::config::read(
      std::get<sys::file_text>(read).text,
      [&](std::string_view kind, std::string_view name) {
        const bool replaced = with && kind == "document" && name == with->name;
        core::config::resolution found(
            replaced ? core::config::resolution::secret_or_why_not(core::base::secret(with->text))
                     : sys::resolve_secret(folder, kind, name));
        if (kind == "file" || kind == "document") {
          found.path = sys::secret_path(folder, name);
          found.exposure = sys::exposure(found.path);
        }
        return found;
      },
      core::base::unix_seconds(sys::now()));
  if (!out.holds_secrets) return out;
  if (const std::string exposed = sys::exposure(path); !exposed.empty()) {
    out.problems.insert(out.problems.begin(), {core::config::problem::severity::warning, 0, 0, "",
                                               "holds secrets, and " + exposed});
  }
  return out;
}

void print_problems(const std::vector<core::config::problem>& problems, const std::string& path) {
  for (const core::config::problem& p : problems) {
    const std::string line = core::config::format(p, path) + "\n";
    std::fputs(line.c_str(), stderr);
  }
}

bool has_errors(const core::config::reading& r) {
  return !r.value || std::ranges::any_of(r.problems, [](const core::config::problem& p) {
    return p.level == core::config::problem::severity::error;
  });
}

}  // namespace gateway::cli
