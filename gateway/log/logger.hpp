// SPDX-License-Identifier: Apache-2.0
#pragma once

// Diagnostics for whoever runs the gateway: lines on stderr, with UTC time. Passed by reference,
// never a global. It knows no secret: core::base::secret can't be formatted, and what peers sent
// can't forge a line.

#include <spdlog/fmt/fmt.h>

#include <iosfwd>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace spdlog {
class logger;
}

namespace gateway::log {

enum class level { debug, info, warning, error };

std::optional<level> parse_level(std::string_view text);

class logger {
 public:
  /// To stderr, in colour if that is a terminal.
  explicit logger(level lowest = level::info);
  /// To a stream that outlives this.
  logger(std::ostream& to, level lowest);
  ~logger();
  logger(const logger&) = delete;
  logger& operator=(const logger&) = delete;

  // Thread-safe. Formatted only if the level is shown.
  template <class... Arguments>
  void debug(fmt::format_string<Arguments...> text, Arguments&&... arguments) {
    say(level::debug, text, std::forward<Arguments>(arguments)...);
  }
  template <class... Arguments>
  void info(fmt::format_string<Arguments...> text, Arguments&&... arguments) {
    say(level::info, text, std::forward<Arguments>(arguments)...);
  }
  template <class... Arguments>
  void warning(fmt::format_string<Arguments...> text, Arguments&&... arguments) {
    say(level::warning, text, std::forward<Arguments>(arguments)...);
  }
  template <class... Arguments>
  void error(fmt::format_string<Arguments...> text, Arguments&&... arguments) {
    say(level::error, text, std::forward<Arguments>(arguments)...);
  }

  [[nodiscard]] bool shows(level l) const { return l >= lowest_; }
  /// One line. Control characters are written as \xNN.
  void write(level l, std::string_view line);

 private:
  template <class... Arguments>
  void say(level l, fmt::format_string<Arguments...> text, Arguments&&... arguments) {
    if (shows(l)) write(l, fmt::format(text, std::forward<Arguments>(arguments)...));
  }

  level lowest_;
  std::unique_ptr<spdlog::logger> out_;
};

}  // namespace gateway::log
