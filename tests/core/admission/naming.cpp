// SPDX-License-Identifier: Apache-2.0
#include "core/admission/naming.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/core/admission/answers.hpp"

namespace {

using namespace core;
using namespace tests::messages;

/// The client's index, or 0 for nobody.
unsigned named_by(gateway& g, message m) {
  const passage p(g, std::move(m));
  BOOST_TEST_REQUIRE(p.reason().has_value());
  const auto* client = admission::client_named(*p.route, *p.reason());
  return client == nullptr ? 0 : client->index;
}

}  // namespace

namespace tests {  // apart from core's own names
BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(admission)
BOOST_AUTO_TEST_SUITE(naming)

BOOST_AUTO_TEST_CASE(a_credential_that_is_in_no_order_names_a_client_all_the_same) {
  gateway g = with_route("mode: enforce",
                         "shop: {secret: fedcba9876543210}, "
                         "billing: {token: my_key, secret: 0123456789abcdef}");
  const auto sent = [] { return laravel_client().sealed("{}"); };
  BOOST_TEST(named_by(g, sent().drop("version")) == 2U);
  BOOST_TEST(named_by(g, sent().set("timestamp", "1e9")) == 2U);
  BOOST_TEST(named_by(g, sent().add("token", "my_key")) == 2U);
  BOOST_TEST(named_by(g, sent().add("token", "unknown")) == 2U);
  BOOST_TEST(named_by(g, sent().add("token", "shop")) == 0U);
  BOOST_TEST(named_by(g, sent().drop("token")) == 0U);
  BOOST_TEST(named_by(g, sent().set("token", "unknown").drop("version")) == 0U);
}

BOOST_AUTO_TEST_CASE(a_route_may_name_it_for_messages_that_have_a_credential) {
  gateway g("hook: {secret: 0123456789abcdeX}",
            "{path: /hook/, scheme: stripe, client: hook, upstream: orders}");
  message m;
  m.target = "/hook/";
  m.fields = {{"Host", "x"}};
  BOOST_TEST(named_by(g, m) == 0U);
  m.add("Stripe-Signature", "t=1");
  BOOST_TEST(named_by(g, m) == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
