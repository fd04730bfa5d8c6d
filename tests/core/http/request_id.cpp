// SPDX-License-Identifier: Apache-2.0
#include "core/http/request_id.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(http)
BOOST_AUTO_TEST_SUITE(request_id)

BOOST_AUTO_TEST_CASE(it_is_what_proxies_make) {
  using ::core::http::is_request_id;
  for (const char* id :
       {"0123456789abcdef0123456789abcdef", "7c9e6679-7425-40de-944b-e07fc1f90ae7", "a", "Az09._-"})
    BOOST_TEST(is_request_id(id), id);
  BOOST_TEST(is_request_id(std::string(64, 'a')));
  for (const std::string& other :
       {std::string(), std::string(65, 'a'), std::string("a b"), std::string("a/b"),
        std::string("a\"b"), std::string(1, '\0'), std::string("\xC3\xA4")})
    BOOST_TEST(!is_request_id(other), other);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
