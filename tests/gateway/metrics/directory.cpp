// SPDX-License-Identifier: Apache-2.0
#include "gateway/metrics/directory.hpp"

#include <boost/test/unit_test.hpp>
#include <initializer_list>
#include <utility>

#include "tests/gateway/metrics/examples.hpp"
#include "tests/gateway/metrics/prometheus_text.hpp"

using counters = gateway::metrics::registry;
using gateway::metrics::catalog;
using gateway::metrics::layout;

namespace tests {

namespace {

prometheus_text scraped(const counters& all) { return prometheus_text(all.text({})); }

const std::string of_shop =
    R"(countersign_requests_total{route="orders",client="shop",status="200"})";
const std::string of_billing =
    R"(countersign_requests_total{route="orders",client="billing",status="200"})";

/// small_catalog() with its routes, clients and endpoints the other way round, and new ones before.
catalog turned_round() {
  catalog names;
  names.routes = {"new", "health", "orders"};
  names.clients = {{"new", {{"1", {}}}},
                   {"billing", {{"1", {}}}},
                   {"shop", {{"2027", {}}, {"2025", noon + 7200}, {"2026", {}}}}};
  names.upstreams = {{"new", {"http://127.0.0.1:9009"}},
                     {"orders", {"http://127.0.0.1:9002", "http://127.0.0.1:9001"}}};
  names.loaded_at = core::base::from_unix_seconds(noon + 60);
  return names;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(metrics)
BOOST_AUTO_TEST_SUITE(directory_)

BOOST_AUTO_TEST_CASE(counters_go_on_wherever_a_name_stands_in_the_next_configuration) {
  counters all(small_catalog(), 1);
  count(all.worker(0), passed(1, "1.0"), all.places());
  const auto places = all.take_up(turned_round());
  all.worker(0).make_room(places->counts());
  auto r = passed(3, "1.0");
  r.route = 2;
  r.upstream = 1;
  r.endpoint = 0;
  r.secret = 2;
  count(all.worker(0), r, *places);
  r = passed(1, "1.0");
  r.upstream = 0;
  r.endpoint = 0;
  count(all.worker(0), r, *places);
  const auto text = scraped(all);
  BOOST_TEST(text.at(of_shop) == 2);
  BOOST_TEST(text.at(R"(countersign_requests_total{route="new",client="new",status="200"})") == 1);
  BOOST_TEST(
      text.at(
          R"(countersign_upstream_requests_total{upstream="orders",endpoint="http://127.0.0.1:9002",status="200"})") ==
      2);
  BOOST_TEST(
      text.at(
          R"(countersign_upstream_requests_total{upstream="new",endpoint="http://127.0.0.1:9009",status="200"})") ==
      1);
  BOOST_TEST(text.at(R"(countersign_client_requests_total{client="shop",version="1.0"})") == 2);
  BOOST_TEST(
      text.has(R"(countersign_secret_last_used_timestamp_seconds{client="shop",secret="2026"})"));
  BOOST_TEST(
      !text.has(R"(countersign_secret_last_used_timestamp_seconds{client="shop",secret="2027"})"));
}

BOOST_AUTO_TEST_CASE(each_secret_has_a_place_of_its_own_and_what_is_none_has_no_place) {
  ::gateway::metrics::directory all;
  catalog names = small_catalog();
  names.clients = {{"none", {}}, {"two", {{"b", {}}, {"a", {}}}}, {"one", {{"a", {}}}}};
  const layout places = all.take_up(names);
  using ::gateway::metrics::no_place;
  BOOST_TEST(places.secret_place(2, 0) == 0U);
  BOOST_TEST(places.secret_place(2, 1) == 1U);
  BOOST_TEST(places.secret_place(3, 0) == 2U);
  for (const auto& [client, secret] : std::initializer_list<std::pair<std::uint32_t, std::int32_t>>{
           {0, 0}, {1, 0}, {1, 1}, {2, 2}, {2, -1}, {3, 1}, {4, 0}})
    BOOST_TEST(places.secret_place(client, secret) == no_place, client << ", " << secret);
  for (const std::uint32_t client : {0U, 4U, 5U})
    BOOST_TEST(places.client_place(client) == ::gateway::metrics::no_client);
  BOOST_TEST(places.client_place(3) == 4U);
}

BOOST_AUTO_TEST_CASE(what_began_before_is_counted_by_the_places_of_then) {
  counters all(small_catalog(), 1);
  const auto before = all.shared_places();
  const auto after = all.take_up(turned_round());
  all.worker(0).make_room(after->counts());
  count(all.worker(0), passed(1, "1.0"), *before);
  BOOST_TEST(scraped(all).at(of_shop) == 1);
}

BOOST_AUTO_TEST_CASE(what_is_taken_out_keeps_what_it_counted_and_nothing_that_tells_of_now) {
  counters all(small_catalog(), 1);
  count(all.worker(0), passed(1, "1.0"), all.places());
  all.worker(0).upstream_refused(all.places().endpoint_place(0, 0),
                                 core::base::from_unix_seconds(noon));
  catalog less;
  less.routes = {"health"};
  less.clients = {{"billing", {{"1", {}}}}};
  less.upstreams = {{"orders", {"http://127.0.0.1:9002"}}};
  all.take_up(less);
  auto text = scraped(all);
  BOOST_TEST(text.at(of_shop) == 1);
  BOOST_TEST(
      text.has(R"(countersign_secret_last_used_timestamp_seconds{client="shop",secret="2026"})"));
  BOOST_TEST(
      !text.has(R"(countersign_secret_expiry_timestamp_seconds{client="shop",secret="2025"})"));
  const std::string down =
      R"(countersign_upstream_up{upstream="orders",endpoint="http://127.0.0.1:9001"})";
  BOOST_TEST(!text.has(down));
  // It comes back.
  const auto again = all.take_up(small_catalog());
  all.worker(0).make_room(again->counts());
  count(all.worker(0), passed(1, "1.0"), *again);
  text = scraped(all);
  BOOST_TEST(text.at(of_shop) == 2);
  BOOST_TEST(text.at(down) == 0);
  BOOST_TEST(
      text.at(R"(countersign_secret_expiry_timestamp_seconds{client="shop",secret="2025"})") ==
      noon + 3600);
}

BOOST_AUTO_TEST_CASE(the_bound_holds_for_all_clients_that_ever_were) {
  auto names = small_catalog();
  names.named_clients = 2;
  counters all(names, 1);
  names.clients = {{"third", {{"1", {}}}}, {"billing", {{"1", {}}}}};
  const auto places = all.take_up(names);
  all.worker(0).make_room(places->counts());
  count(all.worker(0), passed(1, "1.0"), *places);
  count(all.worker(0), passed(2, "1.0"), *places);
  const auto text = scraped(all);
  BOOST_TEST(text.at(R"(countersign_requests_total{route="orders",client="other",status="200"})") ==
             1);
  BOOST_TEST(text.at(of_billing) == 1);
  // Whether its secret may be retired is known all the same.
  BOOST_TEST(all.client("third").value().secrets.at(0).last_used_us.has_value());
  BOOST_TEST(!all.client("fourth").has_value());
}

BOOST_AUTO_TEST_CASE(names_that_come_often_need_no_more_places) {
  counters all(small_catalog(), 1);
  const auto first = all.places().counts();
  for (int i = 0; i < 10; ++i) {
    all.take_up(i % 2 == 0 ? turned_round() : small_catalog());
  }
  const auto last = all.places().counts();
  BOOST_TEST(last.routes == first.routes + 1);
  BOOST_TEST(last.clients == first.clients + 1);
  BOOST_TEST(last.secrets == first.secrets + 2);
  BOOST_TEST(last.upstreams == first.upstreams + 1);
  BOOST_TEST(last.endpoints == first.endpoints + 1);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
