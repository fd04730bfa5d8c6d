// SPDX-License-Identifier: Apache-2.0
#include "gateway/app/restart.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "tests/core/config/sample.hpp"

namespace tests {

namespace {

using ::gateway::app::keep_what_needs_a_restart;
using keys = std::vector<std::string>;

::core::config::model of(const std::string& top) { return config::model_of(config::with_top(top)); }

keys differing(const std::string& in_force, const std::string& wanted) {
  ::core::config::model other = of(wanted);
  return keep_what_needs_a_restart(of(in_force), other);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(app)
BOOST_AUTO_TEST_SUITE(restart)

BOOST_AUTO_TEST_CASE(what_is_the_same_is_not_named) {
  const std::string all =
      "admin: 127.0.0.1:1\nworkers: 3\naccess_log: {path: /a, fields: [time]}\naudit_log: /b\n"
      "capture: {path: /c}\nreplay: {state: /d, capacity: 7, retention: 1h}";
  BOOST_TEST(differing(all, all).empty());
  BOOST_TEST(differing("", "").empty());
  BOOST_TEST(differing("", "limits: {connections: 7}\nreplay: {window: 60s}").empty());
}

BOOST_AUTO_TEST_CASE(another_path_is_another_address) {
  BOOST_TEST(differing("admin: unix:/a", "admin: unix:/a").empty());
  BOOST_TEST(differing("admin: unix:/a", "admin: unix:/b") == keys{"admin"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(each_key_is_named_and_keeps_its_value) {
  const std::vector<std::pair<std::string, std::string>> changes{
      {"admin", "admin: 127.0.0.1:1"},
      {"admin", "admin: unix:/run/a.sock"},
      {"workers", "workers: 3"},
      {"access_log", "access_log: {path: /a}"},
      {"access_log", "access_log: {format: logfmt}"},
      {"access_log", "access_log: {fields: [time]}"},
      {"access_log", "access_log: {sample: 0.5}"},
      {"audit_log", "audit_log: /b"},
      {"capture", "capture: {path: /c}"},
      {"replay.retention", "replay: {retention: 1h}"},
      {"replay.capacity", "replay: {capacity: 7}"},
      {"replay.state", "replay: {state: /d}"},
  };
  for (const auto& [key, text] : changes) {
    BOOST_TEST_CONTEXT(text) {
      for (const bool comes : {true, false}) {
        const auto in_force = of(comes ? std::string() : text);
        ::core::config::model wanted = of(comes ? text : std::string());
        BOOST_TEST(keep_what_needs_a_restart(in_force, wanted) == keys{key},
                   boost::test_tools::per_element());
        BOOST_TEST(::core::config::print(wanted) == ::core::config::print(in_force));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(the_admin_s_token_may_change) {
  const auto in_force = of("admin: {address: 127.0.0.1:1, token: 0123456789abcdef0}");
  ::core::config::model wanted = of("admin: {address: 127.0.0.1:1, token: 0123456789abcdef1}");
  BOOST_TEST(keep_what_needs_a_restart(in_force, wanted).empty());
  BOOST_TEST(wanted.admin.value().token.value().reveal() == "0123456789abcdef1");
}

BOOST_AUTO_TEST_CASE(the_admin_s_token_changes_even_if_its_address_cannot) {
  const auto in_force = of("admin: {address: 127.0.0.1:1, token: 0123456789abcdef0}");
  ::core::config::model moved = of("admin: {address: 127.0.0.1:2, token: 0123456789abcdef1}");
  BOOST_TEST((keep_what_needs_a_restart(in_force, moved) == std::vector<std::string>{"admin"}));
  BOOST_TEST(moved.admin.value().port == 1);
  BOOST_TEST(moved.admin->token.value().reveal() == "0123456789abcdef1");
  ::core::config::model without = of("admin: 127.0.0.1:2");
  BOOST_TEST((keep_what_needs_a_restart(in_force, without) == std::vector<std::string>{"admin"}));
  BOOST_TEST(!without.admin.value().token);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
