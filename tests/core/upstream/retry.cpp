// SPDX-License-Identifier: Apache-2.0
#include "core/upstream/retry.hpp"

#include <boost/test/unit_test.hpp>
#include <vector>

using namespace core::upstream;

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(upstream)
BOOST_AUTO_TEST_SUITE(retry_)

BOOST_AUTO_TEST_CASE(the_table) {
  const attempt_facts get{attempt::cut_short, false, false, true, "GET", 0, 1};
  struct line {
    const char* what;
    attempt_facts facts;
    retry expected;
  };
  const auto with = [&](auto change) {
    attempt_facts f = get;
    change(f);
    return f;
  };
  const std::vector<line> table{
      {"broke off", get, retry::again},
      {"late", with([](auto& f) { f.how = attempt::timed_out; }), retry::again},
      {"answered, and be it 503", with([](auto& f) { f.how = attempt::answered; }), retry::no},
      {"the client has had a part", with([](auto& f) { f.answering = true; }), retry::no},
      {"the route says never", with([](auto& f) { f.allowed = false; }), retry::no},
      {"POST", with([](auto& f) { f.method = "POST"; }), retry::no},
      {"PATCH", with([](auto& f) { f.method = "PATCH"; }), retry::no},
      {"as often as it may", with([](auto& f) { f.used = 1; }), retry::no},
      {"once more", with([](auto& f) { f.used = 1, f.most = 2; }), retry::again},
      {"never more than once", with([](auto& f) { f.most = 0; }), retry::no},
      {"nothing was sent", with([](auto& f) { f.how = attempt::unsent; }), retry::elsewhere},
      {"nothing was sent, whatever may be sent twice",
       {attempt::unsent, false, false, false, "POST", 0, 0},
       retry::elsewhere},
      {"nothing was sent on a kept connection",
       {attempt::unsent, true, false, false, "POST", 0, 0},
       retry::anywhere},
      {"broke off on a kept connection",
       {attempt::cut_short, true, false, false, "POST", 0, 1},
       retry::no},
  };
  for (const line& l : table) BOOST_TEST((decide(l.facts) == l.expected), l.what);
}

BOOST_AUTO_TEST_CASE(methods_are_those_of_the_rfc_in_its_case) {
  for (const char* method : {"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"})
    BOOST_TEST(is_idempotent(method), method);
  for (const char* method : {"POST", "PATCH", "CONNECT", "get", "Get", "", "GETS"})
    BOOST_TEST(!is_idempotent(method), method);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
