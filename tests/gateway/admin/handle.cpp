// SPDX-License-Identifier: Apache-2.0
#include "gateway/admin/handle.hpp"

#include <boost/test/unit_test.hpp>

namespace {

gateway::admin::sources ready() {
  return {
      [] { return std::string("countersign_x 1\n"); }, [] { return std::string("{}"); }, {}, false};
}

gateway::admin::response ask(std::string_view method, std::string_view target,
                             std::string_view host = "127.0.0.1:9901") {
  return gateway::admin::handle({method, target, host}, ready());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(admin)
BOOST_AUTO_TEST_SUITE(handle_)

BOOST_AUTO_TEST_CASE(pages_are_there) {
  BOOST_TEST(ask("GET", "/metrics").body == "countersign_x 1\n");
  BOOST_TEST(ask("GET", "/config").type == "application/json");
  BOOST_TEST(ask("HEAD", "/livez").status == 200U);
  BOOST_TEST(ask("GET", "/readyz").status == 200U);
}

BOOST_AUTO_TEST_CASE(draining_is_alive_but_not_ready) {
  auto from = ready();
  from.not_ready = "draining";
  BOOST_TEST(::gateway::admin::handle({"GET", "/readyz", "localhost"}, from).status == 503U);
  BOOST_TEST(::gateway::admin::handle({"GET", "/livez", "localhost"}, from).status == 200U);
}

BOOST_AUTO_TEST_CASE(a_name_that_dns_could_point_here_is_forbidden) {
  BOOST_TEST(ask("GET", "/config", "evil.example").status == 403U);
  BOOST_TEST(ask("GET", "/config", "").status == 403U);
  BOOST_TEST(ask("GET", "/config", "127.0.0.1.evil.example").status == 403U);
  BOOST_TEST(ask("GET", "/livez", "[::1]:9901").status == 200U);
  BOOST_TEST(ask("GET", "/livez", "LocalHost:9901").status == 200U);
}

BOOST_AUTO_TEST_CASE(beyond_loopback_any_name_leads_to_what_machines_read) {
  auto from = ready();
  from.beyond_loopback = true;
  const auto page = [&](const char* path) {
    return ::gateway::admin::handle({"GET", path, "countersign.internal:9901"}, from).status;
  };
  BOOST_TEST(page("/metrics") == 200U);
  BOOST_TEST(page("/livez") == 200U);
  BOOST_TEST(page("/readyz") == 200U);
  BOOST_TEST(page("/config") == 403U);
  BOOST_TEST(page("/other") == 403U);
}

BOOST_AUTO_TEST_CASE(what_is_not_there_and_what_may_not_be_done_are_told_apart) {
  BOOST_TEST(ask("GET", "/secrets").status == 404U);
  const auto refused = ask("POST", "/metrics");
  BOOST_TEST(refused.status == 405U);
  BOOST_TEST(refused.allow == "GET, HEAD");
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
