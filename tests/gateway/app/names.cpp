// SPDX-License-Identifier: Apache-2.0
#include "gateway/app/names.hpp"

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "gateway/net/resolve.hpp"
#include "tests/core/config/sample.hpp"

namespace tests {

namespace {

namespace run = gateway::app;
namespace io = gateway::net;
namespace up = gateway::upstream;

const std::string tail =
    "\nroutes: [{path: /, scheme: none, upstream: a}, {path: /b, scheme: none, upstream: b}]\n";

io::socket_address at(const std::string& address) { return io::resolve({address, 80}); }

/// Two upstreams, of which both have a.example and one has an address beside it.
std::shared_ptr<gateway::session::generation> first_one(const std::string& resolve_b = "30s") {
  const auto model = config::model_of(
      "listen: 127.0.0.1:0\nupstreams: {a: {endpoints: [http://a.example, http://192.0.2.9], "
      "resolve: 1m}, b: {endpoints: http://a.example, resolve: " +
      resolve_b + "}}" + tail);
  auto made = std::make_shared<gateway::session::generation>();
  made->rules = std::make_shared<const core::admission::snapshot>(model);
  made->groups.emplace_back(
      model.upstreams[0],
      std::vector<up::endpoint>{{at("192.0.2.1"), "a.example"}, {at("192.0.2.9"), "192.0.2.9"}});
  made->groups.emplace_back(model.upstreams[1],
                            std::vector<up::endpoint>{{at("192.0.2.1"), "a.example"}});
  for (up::group& g : made->groups)
    for (up::endpoint& e : g.endpoints) e.condition = std::make_shared<up::condition>();
  return made;
}

using session_of = std::shared_ptr<gateway::session::generation>;

/// With a.example at one address.
session_of of_groups(const core::config::model& model) {
  auto made = std::make_shared<gateway::session::generation>();
  made->rules = std::make_shared<const core::admission::snapshot>(model);
  for (const core::config::upstream& u : model.upstreams) {
    std::vector<up::endpoint> all;
    for (const core::config::endpoint& e : u.endpoints)
      all.push_back({e.is_path() ? io::resolve(e) : at("192.0.2.1"), run::authority_of(e)});
    for (up::endpoint& e : all) e.condition = std::make_shared<up::condition>();
    made->groups.emplace_back(u, std::move(all));
  }
  return made;
}

up::looked_up found(const std::vector<std::string>& addresses) {
  up::looked_up f{{"a.example", 80}, {}, {}};
  for (const std::string& one : addresses) f.addresses.push_back(at(one));
  return f;
}

std::string addresses(const up::group& g) {
  std::string all;
  for (const up::endpoint& e : g.endpoints) all += io::host_of(e.address) + ' ';
  return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(app)
BOOST_AUTO_TEST_SUITE(names)

BOOST_AUTO_TEST_CASE(names_are_looked_up_as_often_as_the_most_impatient_wants_it) {
  const auto all = run::names_of(first_one()->rules->model);
  BOOST_REQUIRE_EQUAL(all.size(), 1U);
  BOOST_TEST(all[0].name.host == "a.example");
  BOOST_TEST((all[0].every == std::chrono::seconds(30)));
  BOOST_TEST((run::names_of(first_one("0s")->rules->model)[0].every == std::chrono::minutes(1)));
}

BOOST_AUTO_TEST_CASE(a_path_is_never_looked_up_and_stays_where_it_is) {
  const auto model = config::model_of(
      "listen: 127.0.0.1:0\nupstreams: {a: {endpoints: [unix:/run/1, http://a.example, "
      "unix:/run/2]}, b: unix:/run/1}" +
      tail);
  BOOST_TEST(run::names_of(model).size() == 1U);
  session_of made = of_groups(model);
  const auto next = run::follow(*made, found({"192.0.2.2", "192.0.2.3"}), {});
  BOOST_REQUIRE(next);
  std::string all;
  for (const up::endpoint& e : next->groups[0].endpoints)
    all += io::format_address(e.address) + " " + up::url_of(e) + "\n";
  BOOST_TEST(all ==
             "unix:/run/1 unix:/run/1\n192.0.2.2:80 http://a.example\n"
             "192.0.2.3:80 http://a.example\nunix:/run/2 unix:/run/2\n");
}

BOOST_AUTO_TEST_CASE(where_nothing_differs_nothing_follows) {
  const auto now = first_one();
  BOOST_TEST(!run::follow(*now, found({"192.0.2.1"}), {}));
  BOOST_TEST(!run::follow(*now, found({}), {}));
  up::looked_up other = found({"192.0.2.7"});
  other.name.port = 81;
  BOOST_TEST(!run::follow(*now, other, {}));
}

BOOST_AUTO_TEST_CASE(another_order_is_no_difference) {
  const auto two = run::follow(*first_one(), found({"192.0.2.1", "192.0.2.2"}), {});
  BOOST_REQUIRE(two);
  BOOST_TEST(!run::follow(*two, found({"192.0.2.2", "192.0.2.1"}), {}));
}

BOOST_AUTO_TEST_CASE(addresses_come_and_go_in_each_upstream_that_has_the_name) {
  const auto now = first_one();
  const auto next = run::follow(*now, found({"192.0.2.2", "192.0.2.3"}), {});
  BOOST_REQUIRE(next);
  BOOST_TEST(addresses(next->groups[0]) == "192.0.2.2 192.0.2.3 192.0.2.9 ");
  BOOST_TEST(addresses(next->groups[1]) == "192.0.2.2 192.0.2.3 ");
  BOOST_TEST((next->groups[0].endpoints[2].condition == now->groups[0].endpoints[1].condition));
  BOOST_TEST((next->groups[0].places == now->groups[0].places));
  BOOST_TEST((next->rules == now->rules));
  // Those under way end where they began.
  BOOST_TEST(addresses(now->groups[0]) == "192.0.2.1 192.0.2.9 ");
}

BOOST_AUTO_TEST_CASE(an_upstream_that_wants_no_looking_up_keeps_what_it_has) {
  const auto next = run::follow(*first_one("0s"), found({"192.0.2.2"}), {});
  BOOST_REQUIRE(next);
  BOOST_TEST(addresses(next->groups[0]) == "192.0.2.2 192.0.2.9 ");
  BOOST_TEST(addresses(next->groups[1]) == "192.0.2.1 ");
}

BOOST_AUTO_TEST_CASE(an_address_that_comes_back_is_known) {
  const auto now = first_one();
  run::succession heritage;
  heritage.share(now->groups);
  const auto next = run::follow(*now, found({"192.0.2.1", "192.0.2.2"}), heritage.shared);
  BOOST_REQUIRE(next);
  BOOST_TEST((next->groups[0].endpoints[0].condition == now->groups[0].endpoints[0].condition));
  BOOST_TEST((next->groups[1].endpoints[0].condition == now->groups[1].endpoints[0].condition));
  BOOST_TEST((next->groups[0].endpoints[1].condition != next->groups[1].endpoints[1].condition));
}

/// So many of them.
up::looked_up many(std::size_t count) {
  up::looked_up f{{"a.example", 80}, {}, {}};
  for (std::size_t i = 0; i < count; ++i)
    f.addresses.push_back(at("198.18." + std::to_string(i / 200) + '.' + std::to_string(i % 200)));
  return f;
}

BOOST_AUTO_TEST_CASE(of_more_addresses_than_can_be_used_it_is_said_once) {
  const auto now = first_one("0s");
  // With the other one's in the first upstream that is as many as can be.
  const auto all = run::follow(*now, many(up::most_endpoints - 1), {});
  BOOST_REQUIRE(all);
  BOOST_TEST(all->groups[0].endpoints.size() == up::most_endpoints);
  BOOST_TEST(run::crowded(all->groups, now->groups).empty());
  // One more, of either name: the last is left out.
  const auto cut = run::follow(*all, many(up::most_endpoints), {});
  BOOST_REQUIRE(cut);
  BOOST_TEST(cut->groups[0].endpoints.size() == up::most_endpoints);
  const std::vector<std::string> said = run::crowded(cut->groups, all->groups);
  BOOST_REQUIRE_EQUAL(said.size(), 1U);
  BOOST_TEST(said[0].starts_with("upstreams.a: its names have more than 256 addresses"));
  BOOST_TEST(!run::follow(*cut, many(up::most_endpoints), {}));
  BOOST_TEST(
      run::crowded(run::follow(*first_one(), many(up::most_endpoints + 9), {})->groups).size() ==
      2U);
  // Once there are fewer it is over.
  const auto few = run::follow(*cut, found({"192.0.2.3"}), {});
  BOOST_TEST(run::crowded(few->groups, cut->groups).empty());
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
