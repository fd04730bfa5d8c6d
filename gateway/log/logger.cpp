// SPDX-License-Identifier: Apache-2.0
#include "gateway/log/logger.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>

#include <algorithm>
#include <string>

namespace gateway::log {

namespace {

std::unique_ptr<spdlog::logger> make(spdlog::sink_ptr sink) {
  auto out = std::make_unique<spdlog::logger>("countersign", std::move(sink));
  out->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %^%l%$ %v", spdlog::pattern_time_type::utc);
  out->set_level(spdlog::level::debug);
  out->flush_on(spdlog::level::debug);
  return out;
}

spdlog::level::level_enum as_spdlog(level l) {
  switch (l) {
    case level::debug: return spdlog::level::debug;
    case level::info: return spdlog::level::info;
    case level::warning: return spdlog::level::warn;
    case level::error: return spdlog::level::err;
  }
  return spdlog::level::err;
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

std::string escaped(std::string_view line) {
  std::string out;
  for (const char c : line) {
    if (is_control(c)) {
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

std::optional<level> parse_level(std::string_view text) {
  if (text == "debug") return level::debug;
  if (text == "info") return level::info;
  if (text == "warning") return level::warning;
  if (text == "error") return level::error;
  return std::nullopt;
}

logger::logger(level lowest)
    : lowest_(lowest), out_(make(std::make_shared<spdlog::sinks::stderr_color_sink_mt>())) {}

logger::logger(std::ostream& to, level lowest)
    : lowest_(lowest), out_(make(std::make_shared<spdlog::sinks::ostream_sink_mt>(to))) {}

logger::~logger() = default;

void logger::write(level l, std::string_view line) {
  if (!shows(l)) return;
  const auto text = std::ranges::any_of(line, is_control) ? escaped(line) : std::string(line);
  out_->log(as_spdlog(l), spdlog::string_view_t(text.data(), text.size()));
}

}  // namespace gateway::log
