// SPDX-License-Identifier: Apache-2.0
#include "gateway/metrics/exposition.hpp"

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <set>
#include <sstream>

#include "tests/gateway/metrics/examples.hpp"
#include "tests/gateway/metrics/prometheus_text.hpp"

using core::base::errc;

namespace tests {

/// One of everything, with fixed figures.
std::string full_text() {
  auto names = small_catalog();
  names.build = {{"version", "0.1.0"}, {"compiler", "GCC 12.2.0"}, {"openssl", "3.0.22"}};
  ::gateway::metrics::registry all(names, 2);
  all.worker(0).connection_opened();
  all.worker(0).connection_refused();
  all.worker(1).connection_refused();
  all.worker(0).request_began();
  all.worker(0).upstream_connected(all.places().endpoint_place(0, 1),
                                   core::base::from_unix_seconds(noon));
  all.worker(0).upstream_refused(all.places().endpoint_place(0, 0),
                                 core::base::from_unix_seconds(noon));
  count(all.worker(0), passed(1, "1.4.0"), all.places());
  count(all.worker(1), passed(1, "2.0.0-rc.1+5"), all.places());
  count(all.worker(1), refused(errc::unknown_client, 401, 0), all.places());
  count(all.worker(1), refused(errc::bad_mac, 401, 2), all.places());
  count(all.worker(0), observed(errc::bad_signature, 2), all.places());
  count(all.worker(1), observed(errc::bad_signature, 2), all.places());
  count(all.worker(1), observed(errc::replay_store_full, 0), all.places());
  all.worker(0).handshake_done({true, false});
  all.worker(1).handshake_done({true, false});
  all.worker(1).handshake_done({false, true});
  all.worker(0).handshake_failed(core::observe::handshake_failure::plain_http);
  ::gateway::metrics::readings now;
  now.observing_routes = {"orders"};
  now.certificates = {{"127.0.0.1:8443", "tls/api.pem", noon + 86'400}};
  now.upstreams = {{"orders", 16, 3}};
  now.endpoints = {{"orders", "http://127.0.0.1:9001", true, 2, std::pair{40, 3}},
                   {"orders", "http://127.0.0.1:9002", false, 0, {}}};
  now.replay = {12, 4'000'000, 86'400};
  now.process = {1.25, 20'000'000, 90'000'000, 17, 1024, noon - 5.5};
  now.log_lines_dropped = 3;
  now.log_lines_sampled_out = 41;
  now.audit_lines_dropped = 5;
  now.captured = {7, 2};
  return all.text(now);
}

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(metrics)
BOOST_AUTO_TEST_SUITE(exposition)

BOOST_AUTO_TEST_CASE(text_is_as_recorded) {
  std::ifstream file(COUNTERSIGN_TEST_DATA "/gateway/metrics/exposition.txt");
  std::ostringstream expected;
  expected << file.rdbuf();
  const auto text = full_text();
  BOOST_TEST(text == expected.str());
}

BOOST_AUTO_TEST_CASE(every_metric_of_the_contract_is_there) {
  const prometheus_text text(full_text());
  const std::map<std::string, std::string> contract{
      {"countersign_requests_total", "counter"},
      {"countersign_refusals_total", "counter"},
      {"countersign_observed_total", "counter"},
      {"countersign_route_observes", "gauge"},
      {"countersign_transfer_delay_seconds", "histogram"},
      {"countersign_client_clock_offset_seconds", "gauge"},
      {"countersign_client_requests_total", "counter"},
      {"countersign_client_last_seen_timestamp_seconds", "gauge"},
      {"countersign_secret_last_used_timestamp_seconds", "gauge"},
      {"countersign_secret_start_timestamp_seconds", "gauge"},
      {"countersign_secret_expiry_timestamp_seconds", "gauge"},
      {"countersign_request_duration_seconds", "histogram"},
      {"countersign_gateway_duration_seconds", "histogram"},
      {"countersign_requests_in_flight", "gauge"},
      {"countersign_connections", "gauge"},
      {"countersign_address_connections_refused_total", "counter"},
      {"countersign_upstream_requests_total", "counter"},
      {"countersign_upstream_up", "gauge"},
      {"countersign_upstream_connections", "gauge"},
      {"countersign_upstream_requests_in_flight", "gauge"},
      {"countersign_upstream_requests_pending", "gauge"},
      {"countersign_upstream_refusals_total", "counter"},
      {"countersign_upstream_retries_total", "counter"},
      {"countersign_upstream_ejections_total", "counter"},
      {"countersign_upstream_probes_total", "counter"},
      {"countersign_replay_marks", "gauge"},
      {"countersign_replay_capacity", "gauge"},
      {"countersign_replay_retention_held_seconds", "gauge"},
      {"countersign_replay_store_errors_total", "counter"},
      {"countersign_tls_handshakes_total", "counter"},
      {"countersign_tls_handshake_failures_total", "counter"},
      {"countersign_tls_certificate_expiry_timestamp_seconds", "gauge"},
      {"countersign_captured_requests_total", "counter"},
      {"countersign_captured_requests_dropped_total", "counter"},
      {"countersign_config_last_reload_successful", "gauge"},
      {"countersign_config_last_reload_timestamp_seconds", "gauge"},
      {"countersign_build_info", "gauge"},
      {"process_cpu_seconds_total", "counter"},
      {"process_resident_memory_bytes", "gauge"},
      {"process_virtual_memory_bytes", "gauge"},
      {"process_open_fds", "gauge"},
      {"process_max_fds", "gauge"},
      {"process_start_time_seconds", "gauge"},
  };
  for (const auto& [name, type] : contract) {
    BOOST_TEST_CONTEXT(name) {
      const auto found = text.types().find(name);
      BOOST_TEST_REQUIRE((found != text.types().end()));
      BOOST_TEST(found->second == type);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_fresh_gateway_is_parsable_too) {
  const ::gateway::metrics::registry all(small_catalog(), 1);
  const prometheus_text text(all.text({}));
  BOOST_TEST(text.at("countersign_connections") == 0);
  BOOST_TEST(!text.types().count("countersign_requests_total"));
  BOOST_TEST(!text.types().count("countersign_captured_requests_total"));
  BOOST_TEST(!text.types().count("countersign_observed_total"));
  BOOST_TEST(!text.types().count("countersign_route_observes"));
  BOOST_TEST(!text.types().count("countersign_access_log_lines_sampled_out_total"));
  BOOST_TEST(!text.types().count("countersign_audit_log_lines_dropped_total"));
}

BOOST_AUTO_TEST_CASE(names_are_escaped) {
  auto names = small_catalog();
  names.routes[0] = "a \"quoted\" \\ route\nof two lines";
  ::gateway::metrics::registry all(names, 1);
  count(all.worker(0), passed(1, "1.0"), all.places());
  const prometheus_text text(all.text({}));
  BOOST_TEST(text.has(
      R"(countersign_requests_total{route="a \"quoted\" \\ route\nof two lines",client="shop",status="200"})"));
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
