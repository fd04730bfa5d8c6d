// SPDX-License-Identifier: Apache-2.0
#include "core/http/name_key.hpp"

#include <boost/test/unit_test.hpp>
#include <random>
#include <string>

#include "core/http/head.hpp"
#include "core/http/name_set.hpp"

using core::http::key_of;

namespace {

/// Of a few bytes, so that many are equal, alike, or have the same key and are not.
std::string random_name(std::mt19937& random) {
  constexpr std::string_view bytes = "aAbB1-_.\x80";
  std::string name(1 + random() % 5, ' ');
  for (char& c : name) c = bytes[random() % bytes.size()];
  return name;
}

std::string folded(std::string name) {
  for (char& c : name) c = static_cast<char>(core::http::fold(c));
  return name;
}

}  // namespace

namespace tests {  // apart from core's own names
BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(http)
BOOST_AUTO_TEST_SUITE(name_key)

BOOST_AUTO_TEST_CASE(alike_names_have_one_key) {
  BOOST_TEST(key_of("Content-Length") == key_of("content-LENGTH"));
  BOOST_TEST(key_of("X-Client-Id") == key_of("x_client.id"));
  BOOST_TEST(key_of("-x") == key_of("\x80X"));
  BOOST_TEST(key_of("Host") != key_of("Hosts"));
  BOOST_TEST(key_of("a") != key_of(""));
  BOOST_TEST(key_of("") == 0U);
}

BOOST_AUTO_TEST_CASE(names_of_one_key_are_told_apart) {
  BOOST_REQUIRE(key_of("timestamp") == key_of("telestump"));
  ::core::http::fields all;
  all.add("telestump", "1");
  all.add("TimeStamp", "2");
  BOOST_TEST(all.find("timestamp").count == 1U);
  BOOST_TEST(all.find("timestamp").value == "2");
  BOOST_TEST(!all.begin()->named("timestamp"));

  ::core::http::name_set names;
  names.add("timestamp");
  BOOST_TEST(names.contains("TIMESTAMP"));
  BOOST_TEST(!names.contains("telestump"));
  BOOST_TEST(!names.contains_lookalike("telestump"));
}

BOOST_AUTO_TEST_CASE(sets_find_what_comparing_each_name_finds) {
  std::mt19937 random(20'251'125);
  for (int i = 0; i < 300; ++i) {
    const std::string one = random_name(random), another = random_name(random);
    const std::string start = random_name(random);
    ::core::http::name_set names;
    names.add(one);
    names.add(another);
    names.add_prefix(start);
    for (int k = 0; k < 300; ++k) {
      const std::string name = random_name(random);
      const std::string part = name.substr(0, start.size());
      const auto same = [&](const std::string& x, const std::string& y) {
        return ::core::base::lower(x) == ::core::base::lower(y);
      };
      const auto alike = [&](const std::string& x, const std::string& y) {
        return folded(x) == folded(y);
      };
      BOOST_REQUIRE(names.contains(name) ==
                    (same(name, one) || same(name, another) || same(part, start)));
      BOOST_REQUIRE(names.contains_lookalike(name) ==
                    (alike(name, one) || alike(name, another) || alike(part, start)));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
