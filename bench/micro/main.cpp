// SPDX-License-Identifier: Apache-2.0
// One operation, COUNT times, and nothing else: for callgrind, which counts instructions. Or two in
// turn, by the clock. Or the memory of the replay store, once it is full.

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <memory>
#include <string>

#include "bench/micro/in_turn.hpp"
#include "bench/micro/operation.hpp"
#include "bench/micro/path.hpp"
#include "gateway/sys/process.hpp"

namespace {

using namespace bench::micro;

/// The path in a world of the sizes given.
constexpr const char* scaled = "path/scaled";

struct options {
  bool list = false;
  std::string name;
  std::size_t count = 0;
  std::size_t prepared = 0;
  std::string beside;
  std::size_t rounds = 301;
  bool cold = false;
  sizes world;
  bool drawn = false;
  std::uint64_t full_store = 0;
};

void add_options(CLI::App& app, options& o) {
  app.add_flag("--list", o.list, "Every operation, and how many runs tell its cost");
  app.add_option(
      "name", o.name,
      "Which; path/scaled is the path with as many clients, routes and marks as you say");
  app.add_option("count", o.count, "How often")->check(CLI::Range(0, 10'000'000));
  app.add_option("--prepared", o.prepared, "Prepare for so many runs, if that is more than count")
      ->check(CLI::Range(0, 10'000'000));
  app.add_option("--beside", o.beside,
                 "Time another one in turn with it; prints nanoseconds a run and their ratio");
  app.add_option("--rounds", o.rounds, "How often in turn")->check(CLI::Range(1, 1'000'000));
  app.add_flag("--cold", o.cold, "Empty the processor's caches before each of these");
  app.add_option("--clients", o.world.clients, "Of path/scaled")->check(CLI::Range(1, 999'999));
  app.add_option("--routes", o.world.routes, "Of path/scaled")->check(CLI::Range(1, 99'999));
  app.add_option("--marks", o.world.marks, "That the store of path/scaled holds, of 4,000,000")
      ->check(CLI::Range(0, 4'000'000));
  app.add_flag("--drawn", o.drawn, "Each request is a client's and for a route that are drawn");
  app.add_option("--full-store", o.full_store, "Instead: fill a store of so many marks")
      ->check(CLI::Range(1, 100'000'000));
}

std::unique_ptr<operation> make(const std::string& name, const options& o) {
  if (name == scaled)
    return std::make_unique<request_path>(o.world, bench::load::spoiled::nothing, o.drawn);
  for (const entry& e : catalog())
    if (e.name == name) return e.make();
  std::fprintf(stderr, "countersign_micro: there is no operation %s; --list tells them\n",
               name.c_str());
  return nullptr;
}

/// What a mark costs where there is no room for another: as the store says, and as the kernel does.
int fill_store(std::uint64_t capacity) {
  const auto before = gateway::sys::read_process()->resident_bytes;
  world full({.marks = capacity, .capacity = capacity});
  const auto held = full.marks().figures(world::second);
  const auto resident = gateway::sys::read_process()->resident_bytes - before;
  std::printf("{\"marks\":%llu,\"bytes\":%llu,\"resident\":%llu}\n",
              static_cast<unsigned long long>(held.marks),
              static_cast<unsigned long long>(held.bytes),
              static_cast<unsigned long long>(resident));
  return 0;
}

int work(const options& o) {
  if (o.list) {
    for (const entry& e : catalog()) std::printf("%s %zu\n", e.name, e.runs);
    return 0;
  }
  if (o.full_store != 0) return fill_store(o.full_store);
  const auto what = make(o.name, o);
  if (!what) return 64;
  if (!o.beside.empty()) {
    const auto other = make(o.beside, o);
    if (!other) return 64;
    const in_turn taken(*what, *other, o.rounds, o.cold);
    std::printf("{\"%s\":%.1f,\"%s\":%.1f,\"ratio\":%.4f,\"rounds\":%zu}\n", o.name.c_str(),
                taken.first(), o.beside.c_str(), taken.second(), taken.ratio(), o.rounds);
    return 0;
  }
  what->prepare(std::max(o.count, o.prepared));
  for (std::size_t number = 0; number < o.count; ++number) what->run(number);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  options o;
  CLI::App app{"Runs one operation of the request's path so and so often", "countersign_micro"};
  add_options(app, o);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : 64;
  }
  try {
    return work(o);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "countersign_micro: %s\n", e.what());
    return 1;
  }
}
