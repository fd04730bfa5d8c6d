// SPDX-License-Identifier: Apache-2.0
#include "gateway/metrics/registry.hpp"

#include <malloc.h>

#include <boost/test/unit_test.hpp>
#include <thread>

#include "tests/gateway/metrics/examples.hpp"
#include "tests/gateway/metrics/prometheus_text.hpp"

using core::base::errc;
using counters = gateway::metrics::registry;
using gateway::metrics::catalog;

namespace tests {

prometheus_text scrape(const counters& all) { return prometheus_text(all.text({})); }

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(metrics)
BOOST_AUTO_TEST_SUITE(registry)

BOOST_AUTO_TEST_CASE(workers_are_added_up) {
  counters all(small_catalog(), 2);
  count(all.worker(0), passed(1, "1.0"), all.places());
  count(all.worker(1), passed(1, "1.0"), all.places());
  count(all.worker(1), refused(errc::bad_signature, 401, 1), all.places());
  const auto text = scrape(all);
  BOOST_TEST(text.at(R"(countersign_requests_total{route="orders",client="shop",status="200"})") ==
             2);
  BOOST_TEST(text.at(R"(countersign_requests_total{route="orders",client="shop",status="401"})") ==
             1);
  BOOST_TEST(
      text.at(
          R"(countersign_refusals_total{route="orders",client="shop",reason="bad_signature"})") ==
      1);
  BOOST_TEST(text.at(R"(countersign_client_requests_total{client="shop",version="1.0"})") == 2);
  BOOST_TEST(
      text.at(
          R"(countersign_upstream_requests_total{upstream="orders",endpoint="http://127.0.0.1:9002",status="200"})") ==
      2);
}

BOOST_AUTO_TEST_CASE(what_is_not_proven_leaves_nothing_of_the_message) {
  counters all(small_catalog(), 1);
  auto r = refused(errc::bad_signature, 401, 1);
  r.version = "6.6.6";
  r.stamp = noon - 20;
  r.secret = 0;
  count(all.worker(0), r, all.places());
  const auto text = scrape(all);
  BOOST_TEST(!text.has(R"(countersign_client_requests_total{client="shop",version="6.6.6"})"));
  BOOST_TEST(!text.has(R"(countersign_client_clock_offset_seconds{client="shop"})"));
  BOOST_TEST(
      !text.has(R"(countersign_secret_last_used_timestamp_seconds{client="shop",secret="2026"})"));
  BOOST_TEST(!text.has(R"(countersign_transfer_delay_seconds_count{client="shop"})"));
}

BOOST_AUTO_TEST_CASE(unknown_clients_never_add_a_series) {
  counters all(small_catalog(), 1);
  constexpr std::uint32_t many = 100'000;
  const auto one = [](std::uint32_t i) {
    auto r = refused(errc::unknown_client, 401, i % 2 ? 0 : core::observe::record::no_index);
    r.route = i % 3 ? 0 : core::observe::record::no_index;
    return r;
  };
  for (std::uint32_t i = 0; i < 10; ++i) count(all.worker(0), one(i), all.places());
  const auto before = scrape(all).size();
  for (std::uint32_t i = 10; i < many; ++i) {
    auto r = one(i);
    const auto id = std::to_string(i);
    r.version = id, r.path = id, r.host = id, r.method = id;
    count(all.worker(0), r, all.places());
  }
  const auto text = scrape(all);
  BOOST_TEST(text.size() == before);
  BOOST_TEST(
      text.at(R"(countersign_refusals_total{route="orders",client="-",reason="unknown_client"})") +
          text.at(R"(countersign_refusals_total{route="-",client="-",reason="unknown_client"})") ==
      many);
}

BOOST_AUTO_TEST_CASE(clients_beyond_the_bound_share_other) {
  auto names = small_catalog();
  names.named_clients = 1;
  counters all(names, 1);
  count(all.worker(0), passed(1, "1.0"), all.places());
  count(all.worker(0), passed(2, "1.0"), all.places());
  count(all.worker(0), passed(3, "1.0"), all.places());  // beyond the catalog: nobody
  const auto text = scrape(all);
  BOOST_TEST(text.at(R"(countersign_requests_total{route="orders",client="shop",status="200"})") ==
             1);
  BOOST_TEST(text.at(R"(countersign_requests_total{route="orders",client="other",status="200"})") ==
             1);
  BOOST_TEST(text.at(R"(countersign_requests_total{route="orders",client="-",status="200"})") == 1);
  BOOST_TEST(text.at(R"(countersign_client_requests_total{client="other",version="1.0"})") == 1);
  // What decides whether a secret may be retired is known of every client.
  BOOST_TEST(all.client("billing").value().id == "billing");
  BOOST_TEST(all.client("billing").value().secrets.at(0).last_used_us.value() == noon * 1'000'000);
}

BOOST_AUTO_TEST_CASE(names_that_equal_a_shared_one_make_no_second_series) {
  catalog names = small_catalog();
  names.routes = {"-", "orders"};
  names.clients = {{"other", {{"1", {}}}}, {"-", {{"1", {}}}}, {"third", {{"1", {}}}}};
  names.named_clients = 2;
  counters all(names, 1);
  for (std::uint32_t client = 0; client <= 3; ++client)
    count(all.worker(0), passed(client, "other"), all.places());
  auto lost = passed(0, "1");
  lost.route = core::observe::record::no_index;
  count(all.worker(0), lost, all.places());
  const auto text = scrape(all);  // throws if a series stands there twice
  BOOST_TEST(text.at(R"(countersign_requests_total{route="-",client="other",status="200"})") == 2);
  BOOST_TEST(text.at(R"(countersign_requests_total{route="-",client="-",status="200"})") == 3);
}

BOOST_AUTO_TEST_CASE(the_newest_clock_offset_wins_whichever_worker_saw_it) {
  counters all(small_catalog(), 2);
  auto old = passed(1, "1.0", noon);
  old.stamp = noon - 7;
  auto ahead = passed(1, "1.0", noon + 5);
  ahead.stamp = noon + 5 + 12;
  count(all.worker(1), ahead, all.places());
  count(all.worker(0), old, all.places());
  BOOST_TEST(scrape(all).at(R"(countersign_client_clock_offset_seconds{client="shop"})") == -12);
  auto newest = passed(1, "1.0", noon + 9);
  newest.stamp = noon + 9;
  count(all.worker(0), newest, all.places());
  BOOST_TEST(scrape(all).at(R"(countersign_client_clock_offset_seconds{client="shop"})") == 0);
}

BOOST_AUTO_TEST_CASE(a_message_from_the_future_counts_as_no_delay) {
  counters all(small_catalog(), 1);
  auto ahead = passed(1, "1.0");
  ahead.stamp = noon + 30;
  count(all.worker(0), ahead, all.places());
  auto late = passed(1, "1.0");
  late.stamp = noon - 4;
  count(all.worker(0), late, all.places());
  const auto text = scrape(all);
  BOOST_TEST(text.at(R"(countersign_transfer_delay_seconds_sum{client="shop"})") == 4);
  BOOST_TEST(text.at(R"(countersign_transfer_delay_seconds_bucket{client="shop",le="0.5"})") == 1);
  BOOST_TEST(text.at(R"(countersign_transfer_delay_seconds_bucket{client="shop",le="3"})") == 1);
  BOOST_TEST(text.at(R"(countersign_transfer_delay_seconds_bucket{client="shop",le="5"})") == 2);
}

BOOST_AUTO_TEST_CASE(stale_but_genuine_messages_set_the_offset_alone) {
  counters all(small_catalog(), 1);
  auto stale = refused(errc::stale, 401, 1);
  stale.proven = true;
  stale.stamp = noon - 4000;
  count(all.worker(0), stale, all.places());
  const auto text = scrape(all);
  BOOST_TEST(text.at(R"(countersign_client_clock_offset_seconds{client="shop"})") == 4000);
  BOOST_TEST(!text.has(R"(countersign_transfer_delay_seconds_count{client="shop"})"));
}

BOOST_AUTO_TEST_CASE(a_repeated_message_says_nothing_of_the_clock) {
  counters all(small_catalog(), 1);
  auto again = refused(errc::replay, 401, 1);
  again.proven = true;
  again.stamp = noon - 200;
  count(all.worker(0), again, all.places());
  const auto text = scrape(all);
  BOOST_TEST(!text.has(R"(countersign_client_clock_offset_seconds{client="shop"})"));
  BOOST_TEST(!text.has(R"(countersign_transfer_delay_seconds_count{client="shop"})"));
}

BOOST_AUTO_TEST_CASE(secrets_show_their_last_use_and_their_end) {
  counters all(small_catalog(), 2);
  auto r = passed(1, "1.0", noon + 10);
  r.secret = 1;
  count(all.worker(1), r, all.places());
  r = passed(1, "1.0", noon);
  r.secret = 1;
  count(all.worker(0), r, all.places());
  r.secret = 7;  // beyond what is configured
  count(all.worker(0), r, all.places());
  const auto text = scrape(all);
  BOOST_TEST(
      text.at(R"(countersign_secret_last_used_timestamp_seconds{client="shop",secret="2025"})") ==
      noon + 10);
  BOOST_TEST(
      !text.has(R"(countersign_secret_last_used_timestamp_seconds{client="shop",secret="2026"})"));
  BOOST_TEST(
      text.at(R"(countersign_secret_expiry_timestamp_seconds{client="shop",secret="2025"})") ==
      noon + 3600);
  BOOST_TEST(
      !text.has(R"(countersign_secret_expiry_timestamp_seconds{client="shop",secret="2026"})"));
}

BOOST_AUTO_TEST_CASE(gauges_go_up_and_down_across_workers) {
  counters all(small_catalog(), 2);
  all.worker(0).connection_opened();
  all.worker(0).connection_opened();
  all.worker(1).connection_closed();
  all.worker(0).request_began();
  all.worker(1).request_began();
  all.worker(1).request_ended();
  const auto text = scrape(all);
  BOOST_TEST(text.at("countersign_connections") == 1);
  BOOST_TEST(text.at("countersign_requests_in_flight") == 1);
}

BOOST_AUTO_TEST_CASE(an_endpoint_is_up_until_the_last_connect_failed) {
  const std::string up =
      R"(countersign_upstream_up{upstream="orders",endpoint="http://127.0.0.1:9001"})";
  const std::string open =
      R"(countersign_upstream_connections{upstream="orders",endpoint="http://127.0.0.1:9001"})";
  const auto at = [](std::int64_t s) { return core::base::from_unix_seconds(noon + s); };
  counters all(small_catalog(), 2);
  BOOST_TEST(scrape(all).at(up) == 1);
  all.worker(0).upstream_connected(all.places().endpoint_place(0, 0), at(0));
  all.worker(1).upstream_refused(all.places().endpoint_place(0, 0), at(1));
  BOOST_TEST(scrape(all).at(up) == 0);
  BOOST_TEST(scrape(all).at(open) == 1);
  all.worker(0).upstream_connected(all.places().endpoint_place(0, 0), at(2));
  all.worker(0).upstream_closed(all.places().endpoint_place(0, 0));
  BOOST_TEST(scrape(all).at(up) == 1);
  BOOST_TEST(scrape(all).at(open) == 1);
  all.worker(0).upstream_connected(all.places().endpoint_place(0, 99),
                                   at(2));  // no such endpoint: ignored
  all.worker(0).upstream_connected(all.places().endpoint_place(9, 0), at(2));
}

BOOST_AUTO_TEST_CASE(what_an_upstream_had_no_place_for_is_counted_by_upstream_and_reason) {
  auto names = small_catalog();
  names.upstreams.push_back({"stock", {"http://127.0.0.1:9003"}});
  counters all(names, 2);
  const auto turned_away = [&all](unsigned worker, errc reason, std::uint32_t upstream) {
    auto r = refused(reason, 503, 1);
    r.upstream = upstream;
    count(all.worker(worker), r, all.places());
  };
  turned_away(0, errc::upstream_busy, 1);
  turned_away(1, errc::upstream_busy, 1);
  turned_away(0, errc::upstream_queue_timeout, 1);
  turned_away(1, errc::upstream_down, 1);
  turned_away(0, errc::upstream_unreachable, 1);
  turned_away(0, errc::upstream_busy, core::observe::record::no_index);
  const auto text = scrape(all);
  const auto count = [&text](const std::string& upstream, const std::string& reason) {
    return text.at("countersign_upstream_refusals_total{upstream=\"" + upstream + "\",reason=\"" +
                   reason + "\"}");
  };
  BOOST_TEST(count("orders", "upstream_busy") == 0);
  BOOST_TEST(count("stock", "upstream_busy") == 2);
  BOOST_TEST(count("stock", "upstream_queue_timeout") == 1);
  BOOST_TEST(count("stock", "upstream_down") == 1);
}

BOOST_AUTO_TEST_CASE(what_was_tried_once_more_is_counted_by_upstream_and_reason) {
  counters all(small_catalog(), 2);
  auto r = passed(1, "1.0");
  r.elsewhere = 2;
  count(all.worker(0), r, all.places());
  r.elsewhere = 1;
  r.retries = 3;
  count(all.worker(1), r, all.places());
  r.upstream = core::observe::record::no_index;
  count(all.worker(1), r, all.places());
  const auto text = scrape(all);
  const std::string name = "countersign_upstream_retries_total{upstream=\"orders\",reason=";
  BOOST_TEST(text.at(name + "\"not_sent\"}") == 3);
  BOOST_TEST(text.at(name + "\"no_answer\"}") == 3);
}

BOOST_AUTO_TEST_CASE(a_store_that_is_full_or_gone_is_an_error_of_the_store) {
  counters all(small_catalog(), 1);
  count(all.worker(0), refused(errc::replay_store_full, 503, 1), all.places());
  count(all.worker(0), refused(errc::replay_store_unavailable, 503, 1), all.places());
  count(all.worker(0), refused(errc::replay, 401, 1), all.places());
  BOOST_TEST(scrape(all).at("countersign_replay_store_errors_total") == 2);
}

BOOST_AUTO_TEST_CASE(a_failed_reload_leaves_the_time_of_the_good_one) {
  counters all(small_catalog(), 1);
  all.reloaded(false, core::base::from_unix_seconds(noon + 60));
  BOOST_TEST(scrape(all).at("countersign_config_last_reload_successful") == 0);
  BOOST_TEST(scrape(all).at("countersign_config_last_reload_timestamp_seconds") == noon);
  all.reloaded(true, core::base::from_unix_seconds(noon + 90));
  BOOST_TEST(scrape(all).at("countersign_config_last_reload_successful") == 1);
  BOOST_TEST(scrape(all).at("countersign_config_last_reload_timestamp_seconds") == noon + 90);
}

BOOST_AUTO_TEST_CASE(gateway_duration_leaves_out_the_upstream) {
  counters all(small_catalog(), 1);
  count(all.worker(0), passed(1, "1.0"), all.places());
  const auto text = scrape(all);
  BOOST_TEST(text.at(R"(countersign_request_duration_seconds_sum{route="orders"})") == 0.0015,
             boost::test_tools::tolerance(1e-9));
  BOOST_TEST(text.at(R"(countersign_gateway_duration_seconds_sum{route="orders"})") == 0.0003,
             boost::test_tools::tolerance(1e-9));
}

BOOST_AUTO_TEST_CASE(a_hundred_thousand_idle_clients_cost_next_to_nothing) {
  catalog names = small_catalog();
  names.named_clients = 100'000;
  names.clients.clear();
  for (int i = 0; i < 100'000; ++i) names.clients.push_back({"c" + std::to_string(i), {{"1", {}}}});
  const auto in_use = [] {
    const auto now = ::mallinfo2();
    return now.uordblks + now.hblkhd;
  };
  const auto before = in_use();
  const counters nobody(names, 0);
  const auto names_alone = in_use() - before;
  counters all(names, 4);
  const auto grown = in_use() - before - 2 * names_alone;
  BOOST_TEST(names_alone / 100'000 < 192u);  // bytes for each client, and for each worker
  BOOST_TEST(grown / 4 / 100'000 < 24u);
  count(all.worker(3), passed(100'000, "1.0"), all.places());
  BOOST_TEST(all.look().clients.size() == 1u);
}

BOOST_AUTO_TEST_CASE(known_combinations_take_no_more_memory) {
  counters all(small_catalog(), 1);
  count(all.worker(0), passed(1, "1.0"), all.places());
  count(all.worker(0), refused(errc::bad_signature, 401, 1), all.places());
  const auto before = ::mallinfo2().uordblks;
  for (int i = 0; i < 1000; ++i) {
    count(all.worker(0), passed(1, "1.0"), all.places());
    count(all.worker(0), refused(errc::bad_signature, 401, 1), all.places());
  }
  BOOST_TEST(::mallinfo2().uordblks == before);
}

BOOST_AUTO_TEST_CASE(a_scrape_in_the_middle_sees_counters_that_only_grow) {
  counters all(small_catalog(), 2);
  constexpr int each = 20'000;
  const auto work = [&all](unsigned worker) {
    for (int i = 0; i < each; ++i)
      count(all.worker(worker), passed(1 + (i & 1), "1." + std::to_string(i % 100)), all.places());
  };
  std::jthread one(work, 0U), two(work, 1U);
  std::uint64_t last = 0;
  const auto sum = [&all] {
    std::uint64_t total = 0;
    for (const auto& r : all.look().requests) total += r.count;
    return total;
  };
  for (int i = 0; i < 50; ++i) {
    const auto now = sum();
    BOOST_TEST(now >= last);
    last = now;
    (void)scrape(all);
  }
  one.join();
  two.join();
  BOOST_TEST(sum() == 2u * each);
  BOOST_TEST(all.client("shop").value().versions.size() <= ::gateway::metrics::versions::most + 1);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
