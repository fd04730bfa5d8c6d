// SPDX-License-Identifier: Apache-2.0
// One operation, COUNT times, and nothing else: for callgrind, which counts instructions. Or two in
// turn, by the clock.

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "bench/micro/operation.hpp"

namespace {

using bench::micro::entry;
using bench::micro::operation;

struct options {
  bool list = false;
  std::string name;
  std::size_t count = 0;
  std::size_t prepared = 0;
  std::string beside;
  std::size_t rounds = 0;
};

const entry* find(const std::string& name) {
  for (const entry& e : bench::micro::catalog())
    if (e.name == name) return &e;
  std::fprintf(stderr, "countersign_micro: there is no operation %s; --list tells them\n",
               name.c_str());
  return nullptr;
}

void run(operation& what, std::size_t count) {
  for (std::size_t number = 0; number < count; ++number) what.run(number);
}

/// Nanoseconds of one run. What the runs use up is made before the clock is read, and a few have
/// gone before, as in a gateway that is at work.
double time_of(operation& what, std::size_t count) {
  using clock = std::chrono::steady_clock;
  constexpr std::size_t before = 4;
  what.prepare(count + before);
  run(what, before);
  const auto started = clock::now();
  for (std::size_t number = before; number < count + before; ++number) what.run(number);
  const std::chrono::duration<double, std::nano> taken = clock::now() - started;
  return taken.count() / static_cast<double>(count);
}

double median(std::vector<double> all) {
  std::nth_element(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2),
                   all.end());
  return all[all.size() / 2];
}

/// In turn within one process, so that whatever slows one slows the other.
int compare(const entry& a, const entry& b, std::size_t rounds) {
  constexpr std::size_t at_once = 32;
  const auto first = a.make();
  const auto second = b.make();
  std::vector<double> firsts, seconds, ratios;
  for (std::size_t round = 0; round < rounds; ++round) {
    firsts.push_back(time_of(*first, at_once));
    seconds.push_back(time_of(*second, at_once));
    ratios.push_back(firsts.back() / seconds.back());
  }
  std::printf("{\"%s\":%.1f,\"%s\":%.1f,\"ratio\":%.4f,\"rounds\":%zu}\n", a.name, median(firsts),
              b.name, median(seconds), median(ratios), rounds);
  return 0;
}

int work(const options& o) {
  if (o.list) {
    for (const entry& e : bench::micro::catalog()) std::printf("%s %zu\n", e.name, e.runs);
    return 0;
  }
  const entry* wanted = find(o.name);
  const entry* other = o.beside.empty() ? nullptr : find(o.beside);
  if (wanted == nullptr || (other == nullptr && !o.beside.empty())) return 64;
  if (other != nullptr) return compare(*wanted, *other, o.rounds);
  const auto what = wanted->make();
  what->prepare(std::max(o.count, o.prepared));
  run(*what, o.count);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  options o;
  CLI::App app{"Runs one operation of the request's path so and so often", "countersign_micro"};
  app.add_flag("--list", o.list, "Every operation, and how many runs tell its cost");
  app.add_option("name", o.name, "Which");
  app.add_option("count", o.count, "How often")->check(CLI::Range(0, 10'000'000));
  app.add_option("--prepared", o.prepared, "Prepare for so many runs, if that is more than count")
      ->check(CLI::Range(0, 10'000'000));
  app.add_option("--beside", o.beside,
                 "Time another one in turn with it; prints nanoseconds a run and their ratio");
  app.add_option("--rounds", o.rounds, "How often in turn")
      ->check(CLI::Range(1, 1'000'000))
      ->default_val(301);
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
