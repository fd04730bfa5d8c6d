// SPDX-License-Identifier: Apache-2.0
#include "core/http/head_writer.hpp"

#include <boost/test/unit_test.hpp>
#include <limits>
#include <string>

namespace {

void write(std::string& into, std::string_view value) {
  core::http::head_writer out(into);
  out.text("GET / HTTP/1.1\r\n");
  out.field("Host", value);
  out.field(std::string_view("X-Other"), "");
  out.field("Content-Length", std::numeric_limits<std::uint64_t>::max());
  out.end();
}

std::string written(std::string_view value) {
  return "GET / HTTP/1.1\r\nHost: " + std::string(value) +
         "\r\nX-Other: \r\nContent-Length: 18446744073709551615\r\n\r\n";
}

}  // namespace

namespace tests {  // apart from core's own names
BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(http)
BOOST_AUTO_TEST_SUITE(head_writer)

BOOST_AUTO_TEST_CASE(nothing_of_the_last_content_stays) {
  std::string into;
  for (const std::size_t size : {3UL, 100'000UL, 5UL, 0UL, 700UL}) {
    const std::string value(size, 'v');
    write(into, value);
    BOOST_TEST(into == written(value));
  }
}

BOOST_AUTO_TEST_CASE(it_grows_from_any_size) {
  for (std::size_t before = 0; before < 1200; ++before) {
    std::string into(before, 'x');
    const std::string value(600, 'v');
    write(into, value);
    BOOST_REQUIRE(into == written(value));
  }
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
