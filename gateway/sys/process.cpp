// SPDX-License-Identifier: Apache-2.0
#include "gateway/sys/process.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace gateway::sys {

namespace {

/// Unix time at which the machine started, from /proc/stat; the start of a process is counted from
/// it.
std::optional<double> boot_seconds() {
  std::ifstream file("/proc/stat");
  for (std::string word; file >> word;) {
    double seconds = 0;
    if (word == "btime" && file >> seconds) return seconds;
  }
  return std::nullopt;
}

std::uint64_t open_descriptors() {
  std::error_code failed;
  std::uint64_t count = 0;
  for (std::filesystem::directory_iterator at("/proc/self/fd", failed), end; !failed && at != end;
       at.increment(failed))
    ++count;
  return count > 0 ? count - 1 : 0;  // less the one that this loop reads the folder with
}

}  // namespace

std::optional<process_figures> read_process() {
  std::ifstream file("/proc/self/stat");
  std::string line;
  if (!std::getline(file, line)) return std::nullopt;
  // proc(5): the second field, the program's name, may hold blanks and brackets; the third begins
  // after its last ')'.
  const auto name_end = line.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream fields(line.substr(name_end + 1));
  constexpr int first = 3, user_ticks = 14, system_ticks = 15, start_ticks = 22, virtual_bytes = 23,
                resident_pages = 24;
  const double ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  process_figures out;
  std::string field;
  for (int i = first; i <= resident_pages && fields >> field; ++i) {
    if (i == user_ticks || i == system_ticks) out.cpu_seconds += std::stod(field) / ticks;
    if (i == start_ticks)
      out.start_time_seconds = boot_seconds().value_or(0) + std::stod(field) / ticks;
    if (i == virtual_bytes) out.virtual_bytes = std::stoull(field);
    if (i == resident_pages)
      out.resident_bytes = std::stoull(field) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  }
  out.open_descriptors = open_descriptors();
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) out.max_descriptors = limit.rlim_cur;
  return out;
}

}  // namespace gateway::sys
