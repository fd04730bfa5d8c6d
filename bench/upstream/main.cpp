// SPDX-License-Identifier: Apache-2.0
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <chrono>
#include <cstdio>
#include <exception>
#include <string>
#include <variant>

#include "bench/upstream/server.hpp"
#include "core/config/values.hpp"

namespace {

int serve(const bench::upstream::settings& s) {
  bench::upstream::server service(s);
  std::fprintf(stderr, "listening on 127.0.0.1:%u\n", static_cast<unsigned>(service.port()));
  const bench::upstream::counts seen = service.run();
  std::printf(
      "{\"requests\":%llu,\"repeated\":%llu,\"malformed\":%llu,\"connections\":%llu,"
      "\"body_bytes\":%llu,\"most_at_once\":%llu}\n",
      static_cast<unsigned long long>(seen.requests),
      static_cast<unsigned long long>(seen.repeated),
      static_cast<unsigned long long>(seen.malformed),
      static_cast<unsigned long long>(seen.connections),
      static_cast<unsigned long long>(seen.body_bytes),
      static_cast<unsigned long long>(seen.most_at_once));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  bench::upstream::settings s;
  CLI::App app{
      "A service that answers every request and costs little. On SIGTERM it says what it counted.",
      "countersign_upstream"};
  app.add_option("--port", s.port, "Its port on 127.0.0.1; 0: the kernel's choice")
      ->capture_default_str();
  app.add_flag("--echo", s.echo, "Answer with the body received");
  app.add_option("--size", s.size, "Bytes of the fixed answer's body")
      ->check(CLI::Range(std::uint64_t{11}, std::uint64_t{64} << 20))
      ->capture_default_str();
  app.add_flag("--distinct", s.distinct, "Count bodies that came before");
  app.add_option("--slots", s.slots, "Work on so many requests at once, the others wait; 0: on all")
      ->check(CLI::Range(std::size_t{0}, std::size_t{100'000}));
  std::string delay = "0s";
  app.add_option("--delay", delay, "How long it works on each, e.g. 10ms")->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : 64;
  }
  const auto each = core::config::parse_duration(delay);
  if (const auto* wrong = std::get_if<core::config::wrong>(&each)) {
    std::fprintf(stderr, "countersign_upstream: --delay: %s\n", wrong->why.c_str());
    return 64;
  }
  s.delay_ns = std::chrono::nanoseconds(std::get<core::config::milliseconds>(each)).count();
  try {
    return serve(s);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "countersign_upstream: %s\n", e.what());
    return 1;
  }
}
