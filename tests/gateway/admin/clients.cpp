// SPDX-License-Identifier: Apache-2.0
#include "gateway/admin/clients.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/gateway/metrics/examples.hpp"

namespace tests {

namespace {

namespace json = boost::json;
using core::base::errc;
using core::base::from_unix_seconds;
using counters = ::gateway::metrics::registry;

core::config::model model() {
  core::config::model m;
  core::config::client shop;
  shop.id = "shop";
  shop.secrets.push_back({"2026", core::base::secret("never-shown-2026"), noon - 3600, {}});
  shop.secrets.push_back({"2025", core::base::secret("never-shown-2025"), {}, noon - 60});
  core::config::client billing;
  billing.id = "billing";
  billing.enabled = false;
  billing.secrets.push_back({"1", core::base::secret("never-shown-1"), {}, {}});
  m.clients = {std::move(shop), std::move(billing)};
  return m;
}

std::optional<std::string> page(const counters& all, std::string_view query) {
  return ::gateway::admin::clients_page(
      query, model(), all,
      {from_unix_seconds(noon), from_unix_seconds(noon - 7200), from_unix_seconds(noon - 60)});
}

json::value read(const counters& all, std::string_view query = {}) {
  return json::parse(page(all, query).value());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(admin)
BOOST_AUTO_TEST_SUITE(clients)

BOOST_AUTO_TEST_CASE(of_each_client_it_says_what_was_seen) {
  counters all(small_catalog(), 2);
  auto first = passed(1, "1.1.0", noon - 7000);
  first.peer = "10.0.0.7";
  count(all.worker(0), first, all.places());
  auto second = passed(1, "1.2.0", noon - 30);
  second.peer = "10.0.0.8";
  second.secret = 1;
  count(all.worker(1), second, all.places());
  count(all.worker(1), refused(errc::bad_mac, 401, 1), all.places());

  const json::value got = read(all);
  BOOST_TEST((got.at("now").as_string() == "2026-05-28T20:26:40Z"));
  BOOST_TEST((got.at("counting_since").as_string() == "2026-05-28T18:26:40Z"));
  BOOST_TEST((got.at("configured_at").as_string() == "2026-05-28T20:25:40Z"));
  BOOST_TEST(got.at("total").as_int64() == 2);
  BOOST_TEST(got.at("next").is_null());
  const json::value& shop = got.at("clients").at(0);
  BOOST_TEST((shop.at("id").as_string() == "shop"));
  BOOST_TEST(shop.at("enabled").as_bool());
  BOOST_TEST((shop.at("last_seen").as_string() == "2026-05-28T20:26:10Z"));
  BOOST_TEST(shop.at("clock_offset_seconds").as_int64() == 2);
  BOOST_TEST(shop.at("requests").as_int64() == 3);
  BOOST_TEST(shop.at("proven").as_int64() == 2);
  BOOST_TEST(shop.at("refusals").at("bad_mac").as_int64() == 1);
  BOOST_TEST((shop.at("versions").at(0).at("version").as_string() == "1.2.0"));
  BOOST_TEST(shop.at("versions").at(1).at("requests").as_int64() == 1);
  const json::value& newer = shop.at("secrets").at(0);
  BOOST_TEST((newer.at("id").as_string() == "2026"));
  BOOST_TEST((newer.at("from").as_string() == "2026-05-28T19:26:40Z"));
  BOOST_TEST(newer.at("until").is_null());
  BOOST_TEST(newer.at("in_force").as_bool());
  BOOST_TEST(newer.at("age_seconds").as_int64() == 3600);
  BOOST_TEST((newer.at("address").as_string() == "10.0.0.7"));
  BOOST_TEST((newer.at("version").as_string() == "1.1.0"));
  const json::value& older = shop.at("secrets").at(1);
  BOOST_TEST(!older.at("in_force").as_bool());
  BOOST_TEST(older.at("age_seconds").is_null());
  BOOST_TEST((older.at("last_used").as_string() == "2026-05-28T20:26:10Z"));
  BOOST_TEST((older.at("address").as_string() == "10.0.0.8"));

  const json::value& billing = got.at("clients").at(1);
  BOOST_TEST(!billing.at("enabled").as_bool());
  BOOST_TEST(billing.at("last_seen").is_null());
  BOOST_TEST(billing.at("clock_offset_seconds").is_null());
  BOOST_TEST(billing.at("secrets").at(0).at("last_used").is_null());
  BOOST_TEST(billing.at("secrets").at(0).at("address").is_null());
  BOOST_TEST(page(all, {}).value().find("never-shown") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_newest_use_of_all_workers_counts_with_its_own_address) {
  counters all(small_catalog(), 2);
  auto later = passed(1, "2", noon - 1);
  later.peer = "192.0.2.2";
  auto earlier = passed(1, "1", noon - 9);
  earlier.peer = "192.0.2.1";
  count(all.worker(0), later, all.places());
  count(all.worker(1), earlier, all.places());
  const json::value got = read(all, "client=shop");
  const json::value& used = got.at("clients").at(0).at("secrets").at(0);
  BOOST_TEST((used.at("address").as_string() == "192.0.2.2"));
  BOOST_TEST((used.at("version").as_string() == "2"));
}

BOOST_AUTO_TEST_CASE(pages_follow_each_other) {
  const counters all(small_catalog(), 1);
  const auto first = read(all, "limit=1");
  BOOST_TEST(first.at("clients").as_array().size() == 1U);
  BOOST_TEST((first.at("next").as_string() == "/clients?offset=1&limit=1"));
  const auto second = read(all, "offset=1&limit=1");
  BOOST_TEST((second.at("clients").at(0).at("id").as_string() == "billing"));
  BOOST_TEST(second.at("next").is_null());
  BOOST_TEST(read(all, "offset=9").at("clients").as_array().empty());
}

BOOST_AUTO_TEST_CASE(one_client_can_be_asked_for) {
  const counters all(small_catalog(), 1);
  const auto got = read(all, "client=billing");
  BOOST_TEST(got.at("clients").as_array().size() == 1U);
  BOOST_TEST(got.at("next").is_null());
  BOOST_TEST(read(all, "client=nobody").at("clients").as_array().empty());
}

BOOST_AUTO_TEST_CASE(another_query_is_none) {
  const counters all(small_catalog(), 1);
  for (const char* query :
       {"limit=0", "limit=1001", "limit=-1", "limit=x", "limit=", "limit", "offset=1x", "offset= 1",
        "page=1", "&", "limit=99999999999999999999999"})
    BOOST_TEST(!page(all, query).has_value(), query);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
