// SPDX-License-Identifier: Apache-2.0
#include <malloc.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <memory>
#include <thread>
#include <vector>

#include "bench/load/options.hpp"
#include "bench/load/report.hpp"
#include "bench/load/subject.hpp"
#include "bench/load/worker.hpp"
#include "core/base/instant.hpp"
#include "gateway/sys/clock.hpp"

namespace {

using namespace bench::load;

/// A thread's worker and what came of it. A run that can't go on is a failed one, not a crash.
struct lane {
  std::unique_ptr<worker> work;
  tally result;
  bool broke = false;

  void run(std::int64_t start_ns) {
    try {
      result = work->run(start_ns);
    } catch (const std::exception& e) {
      std::fprintf(stderr, "countersign_load: %s\n", e.what());
      broke = true;
    }
  }
};

int load(const options& o, const subject& s) {
  std::vector<lane> lanes(o.threads);
  for (unsigned i = 0; i < o.threads; ++i) lanes[i].work = std::make_unique<worker>(o, s, i);
  const std::int64_t start = steady_ns();
  std::vector<std::jthread> threads;
  for (unsigned i = 1; i < o.threads; ++i) threads.emplace_back(&lane::run, &lanes[i], start);
  lanes[0].run(start);
  for (std::jthread& t : threads) t.join();

  tally all;
  bool broke = false;
  for (const lane& l : lanes) {
    all.add(l.result);
    broke = broke || l.broke;
  }
  const std::int64_t end = all.last_answer_ns != 0 ? all.last_answer_ns : steady_ns();
  const double seconds = static_cast<double>(end - start) / 1e9;
  std::fputs((o.json ? json_report : human_report)(o, s, all, seconds).c_str(), stdout);
  return !broke && all.answers + all.refused_ns.count() > 0 && all.failed_total() == 0
             ? exit_fine
             : exit_failure;
}

}  // namespace

int main(int argc, char** argv) {
  ::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
  // Large messages come and go: giving their memory back to the kernel each time costs more than
  // sealing them.
  ::mallopt(M_MMAP_THRESHOLD, 1 << 30);
  ::mallopt(M_TRIM_THRESHOLD, 1 << 30);
  try {
    int status = exit_fine;
    const auto o = parse_options(argc, argv, status);
    if (!o) return status;
    const auto who = find_subject(*o, core::base::unix_seconds(gateway::sys::now()));
    if (const auto* wrong = std::get_if<std::string>(&who)) {
      std::fprintf(stderr, "%s\n", wrong->c_str());
      return exit_config;
    }
    return load(*o, std::get<subject>(who));
  } catch (const std::exception& e) {
    std::fprintf(stderr, "countersign_load: %s\n", e.what());
    return exit_failure;
  }
}
