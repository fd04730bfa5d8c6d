// SPDX-License-Identifier: Apache-2.0
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cstdio>
#include <exception>

#include "bench/upstream/server.hpp"

namespace {

int serve(const bench::upstream::settings& s) {
  bench::upstream::server service(s);
  std::fprintf(stderr, "listening on 127.0.0.1:%u\n", static_cast<unsigned>(service.port()));
  const bench::upstream::counts seen = service.run();
  std::printf(
      "{\"requests\":%llu,\"repeated\":%llu,\"malformed\":%llu,\"connections\":%llu,"
      "\"body_bytes\":%llu}\n",
      static_cast<unsigned long long>(seen.requests),
      static_cast<unsigned long long>(seen.repeated),
      static_cast<unsigned long long>(seen.malformed),
      static_cast<unsigned long long>(seen.connections),
      static_cast<unsigned long long>(seen.body_bytes));
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
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : 64;
  }
  try {
    return serve(s);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "countersign_upstream: %s\n", e.what());
    return 1;
  }
}
