// SPDX-License-Identifier: Apache-2.0
#include "gateway/log/audit_log.hpp"

#include <boost/test/unit_test.hpp>
#include <sstream>
#include <string>

#include "tests/gateway/log/folder.hpp"

using core::base::errc;
using core::observe::audit_event;

namespace tests {

namespace {

constexpr core::base::instant now{};

core::observe::record refused_for(errc reason) {
  core::observe::record r;
  r.request_id.fill('a');
  r.refused = reason;
  return r;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(log)
BOOST_AUTO_TEST_SUITE(audit_log)

BOOST_AUTO_TEST_CASE(gateway_and_workers_have_buffers_of_their_own) {
  const folder here;
  ::gateway::log::audit_log log(here.path("audit"), 2);
  log.gateway(audit_event::start, now);
  log.refused(0, refused_for(errc::replay), {});
  log.refused(1, refused_for(errc::version_rejected), {});
  core::observe::record let_pass;
  let_pass.observed = errc::client_disabled;
  log.refused(1, let_pass, {});
  BOOST_TEST(here.text("audit").empty());
  log.flush();
  const std::string text = here.text("audit");
  for (const char* event : {"start", "replay", "version_rejected", "client_disabled"})
    BOOST_TEST(text.find("\"event\":\"" + std::string(event) + "\"") != std::string::npos, text);
}

BOOST_AUTO_TEST_CASE(what_nobody_asks_for_has_no_line) {
  const folder here;
  ::gateway::log::audit_log log(here.path("audit"), 1);
  log.refused(0, refused_for(errc::bad_signature), {});
  log.refused(0, {}, {});
  log.flush();
  BOOST_TEST(here.text("audit").empty());
}

BOOST_AUTO_TEST_CASE(a_full_disk_is_counted_and_told_by_its_name) {
  std::ostringstream said;
  ::gateway::log::logger diagnostics(said, ::gateway::log::level::info);
  ::gateway::log::audit_log log("/dev/full", 1);
  {
    const ::gateway::log::lines_writer writer(log, "audit log", diagnostics);
    log.gateway(audit_event::start, now);
    log.refused(0, refused_for(errc::replay), {});
  }
  BOOST_TEST(log.dropped() == 2U);
  BOOST_TEST(said.str().find("audit log: ") != std::string::npos, said.str());
}

BOOST_AUTO_TEST_CASE(a_worker_is_never_held_up_and_keeps_at_most_four_mebibytes) {
  const folder here;
  ::gateway::log::audit_log log(here.path("audit"), 1);
  const auto one = refused_for(errc::replay);
  for (std::uint64_t n = 0; log.dropped() == 0 && n < 1'000'000; ++n) log.refused(0, one, {});
  BOOST_TEST(log.dropped() == 1U);
  log.gateway(audit_event::stop, now);  // has room of its own
  BOOST_TEST(log.dropped() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
