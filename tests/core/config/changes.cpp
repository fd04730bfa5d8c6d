// SPDX-License-Identifier: Apache-2.0
#include "core/config/changes.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>

#include "core/config/read.hpp"
#include "tests/core/config/sample.hpp"

namespace {

using core::config::client_change;
using core::config::model;

model with(std::string_view clients) {
  auto got = tests::config::read("listen: 127.0.0.1:8080\nclients: " + std::string(clients) + "\n" +
                                 std::string(tests::config::tail));
  BOOST_TEST_REQUIRE(got.value.has_value(), tests::config::lines(got, "f"));
  return std::move(*got.value);
}

/// A line for each change.
std::string between(std::string_view before, std::string_view after) {
  std::string out;
  for (const client_change& c : core::config::client_changes(with(before), with(after)))
    out.append(core::observe::name(c.what)).append(" " + c.client + " " + c.secret + "\n");
  return out;
}

}  // namespace

namespace tests {
BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(config)
BOOST_AUTO_TEST_SUITE(changes)

BOOST_AUTO_TEST_CASE(what_stays_is_no_change) {
  constexpr std::string_view all =
      "{a: {secret: 0123456789abcdef}, b: {secrets: [{id: x, value: fedcba9876543210}]}, "
      "c: {signing_secret: 0123456789abcdeX, encryption_key: 0123456789abcdeY}}";
  BOOST_TEST(between(all, all) == "");
  BOOST_TEST(between("{a: {secret: 0123456789abcdef}}",
                     "{a: {secret: 0123456789abcdef, token: a, enabled: true}}") == "");
}

BOOST_AUTO_TEST_CASE(who_is_let_in_and_by_which_name_changes) {
  constexpr std::string_view on = "{a: {secret: 0123456789abcdef}}";
  constexpr std::string_view off = "{a: {secret: 0123456789abcdef, enabled: false}}";
  BOOST_TEST(between(on, off) == "client_off a \n");
  BOOST_TEST(between(off, on) == "client_on a \n");
  BOOST_TEST(between(on, "{a: {secret: 0123456789abcdef, token: b}}") == "token_changed a \n");
}

BOOST_AUTO_TEST_CASE(clients_come_and_go) {
  BOOST_TEST(between("{a: {secret: 0123456789abcdef}}", "{b: {secret: 0123456789abcdef}}") ==
             "client_added b \nclient_removed a \n");
}

BOOST_AUTO_TEST_CASE(secrets_come_go_and_change) {
  const auto two = [](std::string_view first, std::string_view second) {
    return "{a: {secrets: [{id: " + std::string(first) + "}, {id: " + std::string(second) + "}]}}";
  };
  constexpr std::string_view kept = "old, value: 0123456789abcdef";
  const std::string before = two(kept, "gone, value: fedcba9876543210");
  BOOST_TEST(between(before, two(kept, "new, value: fedcba9876543210")) ==
             "secret_removed a gone\nsecret_added a new\n");
  BOOST_TEST(between(before, two(kept, "gone, value: fedcba987654321X")) ==
             "secret_changed a gone\n");
  BOOST_TEST(between(before, two(kept, "gone, value: fedcba9876543210, from: 2020-01-01")) ==
             "secret_changed a gone\n");
  BOOST_TEST(between(before, two(kept, "gone, value: fedcba9876543210, until: 2100-01-01")) ==
             "secret_changed a gone\n");
}

BOOST_AUTO_TEST_CASE(keys_beside_secrets_count_as_well) {
  constexpr std::string_view two =
      "{a: {signing_secret: 0123456789abcdeX, encryption_key: 0123456789abcdeY}}";
  BOOST_TEST(
      between(two, "{a: {signing_secret: 0123456789abcdeZ, encryption_key: 0123456789abcdeY}}") ==
      "secret_changed a default\nsecret_changed a signing_secret\n");
  BOOST_TEST(
      between(two, "{a: {signing_secret: 0123456789abcdeX, encryption_key: 0123456789abcdeZ}}") ==
      "secret_changed a encryption_key\n");
  BOOST_TEST(between("{a: {secret: 0123456789abcdef}}",
                     "{a: {secret: 0123456789abcdef, signing_secret: 0123456789abcdeZ}}") ==
             "secret_changed a signing_secret\n");
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
