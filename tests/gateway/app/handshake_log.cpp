// SPDX-License-Identifier: Apache-2.0
#include "gateway/app/handshake_log.hpp"

#include <boost/test/unit_test.hpp>
#include <sstream>
#include <string>

namespace tests {

namespace {

namespace run = ::gateway::app;
using failure = ::core::observe::handshake_failure;

struct fixture {
  void fail(failure why, std::int64_t now, const std::string& detail = {}) {
    log.failed({why, detail}, "192.0.2.1", now);
  }
  /// What was said since, without the time.
  std::string said() {
    const std::string all = out.str();
    out.str({});
    const std::size_t at = all.find("TLS");
    return at == all.npos ? std::string() : all.substr(at);
  }

  std::ostringstream out;
  ::gateway::log::logger to{out, ::gateway::log::level::info};
  run::handshake_log log{to};
};

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(app)
BOOST_AUTO_TEST_SUITE(handshake_log)

BOOST_AUTO_TEST_CASE(each_kind_has_a_line_a_minute) {
  fixture f;
  f.fail(failure::protocol, 5, "unsupported protocol");
  BOOST_TEST(f.said() == "TLS handshake with 192.0.2.1 failed: protocol (unsupported protocol)\n");
  f.fail(failure::protocol, 6);
  f.fail(failure::protocol, 4 + f.log.pause);
  BOOST_TEST(f.said() == "");
  f.fail(failure::alpn, 7);
  BOOST_TEST(f.said() == "TLS handshake with 192.0.2.1 failed: alpn\n");
  f.fail(failure::protocol, 5 + f.log.pause);
  BOOST_TEST(
      f.said() ==
      "TLS handshake with 192.0.2.1 failed: protocol, and 2 more since the last such line\n");
}

BOOST_AUTO_TEST_CASE(who_only_looks_whether_the_port_is_open_is_not_told_of) {
  fixture f;
  f.fail(failure::closed, 0);
  BOOST_TEST(f.said() == "");
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
