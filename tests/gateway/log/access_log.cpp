// SPDX-License-Identifier: Apache-2.0
#include "gateway/log/access_log.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>
#include <map>
#include <sstream>
#include <thread>

#include "tests/gateway/log/folder.hpp"

using lines_of = std::vector<std::string>;
using gateway::log::level;
using log_under_test = gateway::log::access_log;
using writer_thread = gateway::log::lines_writer;

namespace tests {

core::observe::record numbered(unsigned worker, unsigned n) {
  core::observe::record r;
  const auto id = std::to_string(n);
  r.request_id.fill('0');
  std::copy(id.begin(), id.end(), r.request_id.end() - static_cast<std::ptrdiff_t>(id.size()));
  r.status = 200 + worker;
  r.method = "POST";
  return r;
}

lines_of lines(const std::string& text) {
  lines_of out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) out.push_back(line);
  return out;
}

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(log)
BOOST_AUTO_TEST_SUITE(access_log)

BOOST_AUTO_TEST_CASE(nothing_is_written_before_the_flush) {
  const folder here;
  log_under_test log(here.path("log"), 1);
  log.sink(0).append(numbered(0, 1), {});
  BOOST_TEST(here.text("log").empty());
  log.flush();
  BOOST_TEST(lines(here.text("log")).size() == 1u);
  log.flush();
  BOOST_TEST(lines(here.text("log")).size() == 1u);
}

BOOST_AUTO_TEST_CASE(the_end_writes_what_waits) {
  const folder here;
  {
    log_under_test log(here.path("log"), 2);
    log.sink(0).append(numbered(0, 1), {});
    log.sink(1).append(numbered(1, 1), {});
  }
  BOOST_TEST(lines(here.text("log")).size() == 2u);
}

BOOST_AUTO_TEST_CASE(two_workers_write_whole_lines_each_in_order) {
  const folder here;
  constexpr unsigned each = 5'000;
  std::ostringstream said;
  ::gateway::log::logger diagnostics(said, level::debug);
  {
    log_under_test log(here.path("log"), 2);
    const writer_thread writer(log, "access log", diagnostics);
    const auto work = [&log](unsigned worker) {
      for (unsigned i = 1; i <= each; ++i) log.sink(worker).append(numbered(worker, i), {});
    };
    std::jthread one(work, 0U), two(work, 1U);
  }
  std::map<std::int64_t, lines_of> ids;  // by status, which tells the worker
  for (const auto& line : lines(here.text("log"))) {
    const auto object = boost::json::parse(line).as_object();
    ids[object.at("status").as_int64()].emplace_back(object.at("request_id").as_string());
  }
  BOOST_TEST(ids.size() == 2u);
  for (const auto& [status, seen] : ids) {
    BOOST_TEST(seen.size() == each);
    BOOST_TEST(std::ranges::is_sorted(seen));
  }
  BOOST_TEST(said.str().empty());
}

BOOST_AUTO_TEST_CASE(reopening_parts_the_lines_at_the_call) {
  const folder here;
  log_under_test log(here.path("log"), 1);
  log.sink(0).append(numbered(0, 1), {});
  std::filesystem::rename(here.path("log"), here.path("log.1"));
  BOOST_TEST(!log.reopen().has_value());
  log.sink(0).append(numbered(0, 2), {});
  log.flush();
  BOOST_TEST(lines(here.text("log.1")).size() == 1u);
  BOOST_TEST(lines(here.text("log")).size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_full_disk_is_counted_and_told_and_nothing_more) {
  std::ostringstream said;
  ::gateway::log::logger diagnostics(said, level::info);
  log_under_test log("/dev/full", 1);
  {
    const writer_thread writer(log, "access log", diagnostics);
    log.sink(0).append(numbered(0, 1), {});
    log.sink(0).append(numbered(0, 2), {});
  }
  BOOST_TEST(log.dropped() == 2u);
  BOOST_TEST(said.str().find(" 2 since the start\n") != std::string::npos, said.str());
  log.sink(0).append(numbered(0, 3), {});
  log.flush();
  BOOST_TEST(log.dropped() == 3u);
}

BOOST_AUTO_TEST_CASE(a_worker_keeps_at_most_four_mebibytes) {
  const folder here;
  log_under_test log(here.path("log"), 1);
  std::uint64_t appended = 0;
  while (log.dropped() == 0 && appended < 1'000'000) {
    log.sink(0).append(numbered(0, 1), {});
    ++appended;
  }
  BOOST_TEST(log.dropped() == 1u);
  log.flush();
  const auto size = std::filesystem::file_size(here.at / "log");
  BOOST_TEST(size >= log_under_test::most);
  BOOST_TEST(size < log_under_test::most + 4096);
  log.sink(0).append(numbered(0, 2), {});
  BOOST_TEST(log.dropped() == 1u);
}

BOOST_AUTO_TEST_CASE(a_stuck_reader_holds_up_neither_worker_nor_steward_nor_end) {
  const folder here;
  const auto pipe = here.path("pipe");
  BOOST_REQUIRE_EQUAL(::mkfifo(pipe.c_str(), 0600), 0);
  const int reader = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  BOOST_REQUIRE(reader >= 0);
  std::ostringstream said;
  ::gateway::log::logger diagnostics(said, level::info);
  {
    log_under_test log(pipe, 1);
    const writer_thread writer(log, "access log", diagnostics);
    for (unsigned i = 0; i < 60'000; ++i) log.sink(0).append(numbered(0, i), {});
    BOOST_TEST(log.dropped() > 0u);
    BOOST_TEST(!log.reopen().has_value());
  }
  ::close(reader);
}

BOOST_AUTO_TEST_CASE(off_is_silent) {
  log_under_test log("off", 1);
  log.sink(0).append(numbered(0, 1), {});
  log.flush();
  BOOST_TEST(!log.reopen().has_value());
  BOOST_TEST(log.dropped() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
