// SPDX-License-Identifier: Apache-2.0
#include "core/config/values.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace core::config;
using namespace std::chrono_literals;

template <class T>
bool refused(const parsed<T>& value) {
  return std::holds_alternative<wrong>(value);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(config)
BOOST_AUTO_TEST_SUITE(values)

BOOST_AUTO_TEST_CASE(numbers_are_decimal) {
  BOOST_TEST(std::get<std::uint64_t>(parse_number("0")) == 0U);
  BOOST_TEST(std::get<std::uint64_t>(parse_number("18446744073709551615")) == UINT64_MAX);
  for (const char* text : {"", "010", "00", "-1", "+1", "0x10", "1_000", "1e3", "1.0", " 1", "1 ",
                           "18446744073709551616"}) {
    BOOST_TEST(refused(parse_number(text)), text);
  }
}

BOOST_AUTO_TEST_CASE(fractions_are_above_nothing_and_at_most_one) {
  for (const auto& [text, millionths] : {std::pair{"1", 1'000'000U},
                                         {"1.0", 1'000'000U},
                                         {"0.1", 100'000U},
                                         {"0.100", 100'000U},
                                         {"0.000001", 1U},
                                         {"0.999999", 999'999U},
                                         {"0.25", 250'000U}})
    BOOST_TEST(std::get<std::uint32_t>(parse_fraction(text)) == millionths, text);
  for (const char* text : {"", "0", "0.0", "1.000001", "2", "10", "01", "00.1", ".1", "1.", "0.",
                           "0,1", "0.1 ", "-0.1", "+0.1", "0.1e1", "10%", "0.0000001", "0..1"})
    BOOST_TEST(refused(parse_fraction(text)), text);
  for (const std::uint32_t n : {1U, 10U, 123'456U, 100'000U, 999'999U, 1'000'000U})
    BOOST_TEST(std::get<std::uint32_t>(parse_fraction(print_fraction(n))) == n);
  BOOST_TEST(print_fraction(100'000) == "0.1");
}

BOOST_AUTO_TEST_CASE(sizes_have_binary_units) {
  BOOST_TEST(std::get<std::uint64_t>(parse_size("512")) == 512U);
  BOOST_TEST(std::get<std::uint64_t>(parse_size("512B")) == 512U);
  BOOST_TEST(std::get<std::uint64_t>(parse_size("16KiB")) == 16384U);
  BOOST_TEST(std::get<std::uint64_t>(parse_size("1MiB")) == 1048576U);
  BOOST_TEST(std::get<std::uint64_t>(parse_size("2GiB")) == 2147483648U);
  for (const char* text : {"", "KiB", "1KB", "1kib", "1 KiB", "1.5KiB", "010KiB", "-1KiB",
                           "17179869184GiB", "9223372036854775808"}) {
    BOOST_TEST(refused(parse_size(text)), text);
  }
}

BOOST_AUTO_TEST_CASE(durations_need_a_unit) {
  BOOST_TEST((std::get<milliseconds>(parse_duration("50ms")) == 50ms));
  BOOST_TEST((std::get<milliseconds>(parse_duration("300s")) == 300s));
  BOOST_TEST((std::get<milliseconds>(parse_duration("5m")) == 5min));
  BOOST_TEST((std::get<milliseconds>(parse_duration("1h")) == 1h));
  BOOST_TEST((std::get<milliseconds>(parse_duration("1d")) == 24h));
  BOOST_TEST((std::get<milliseconds>(parse_duration("0s")) == 0ms));
  for (const char* text :
       {"", "s", "5", "0", "5 s", "1.5s", "1h30m", "-1s", "05s", "5S", "999999999999999999d"}) {
    BOOST_TEST(refused(parse_duration(text)), text);
  }
}

BOOST_AUTO_TEST_CASE(sizes_and_durations_are_printed_in_the_largest_unit_that_fits) {
  BOOST_TEST(print_size(0) == "0");
  BOOST_TEST(print_size(16384) == "16KiB");
  BOOST_TEST(print_size(1000) == "1000B");
  BOOST_TEST(print_duration(0ms) == "0s");
  BOOST_TEST(print_duration(1500ms) == "1500ms");
  BOOST_TEST(print_duration(300s) == "5m");
  BOOST_TEST(print_duration(24h) == "1d");
  for (const std::uint64_t n : {1ULL, 1023ULL, 1024ULL, 1048576ULL, 3ULL << 30}) {
    BOOST_TEST(std::get<std::uint64_t>(parse_size(print_size(n))) == n);
  }
}

BOOST_AUTO_TEST_CASE(listeners_need_an_ip_address_and_a_port) {
  const auto v6 = std::get<address>(parse_listen_address("[::1]:0"));
  BOOST_TEST(v6.host == "::1");
  BOOST_TEST(v6.port == 0);
  BOOST_TEST(print_address(v6) == "[::1]:0");
  BOOST_TEST(print_address(std::get<address>(parse_listen_address("0.0.0.0:65535"))) ==
             "0.0.0.0:65535");
  for (const char* text : {"", "8080", ":8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536",
                           "127.0.0.1:080", "::1:80", "[::1]", "[::1]80", "[127.0.0.1]:80",
                           "localhost:80", "127.1:80", "0x7f.0.0.1:80", "[]:80", "[:80"}) {
    BOOST_TEST(refused(parse_listen_address(text)), text);
  }
}

BOOST_AUTO_TEST_CASE(a_path_stands_for_an_address) {
  const std::string longest = "/" + std::string(106, 'x');
  for (const auto parse : {parse_listen_address, parse_endpoint}) {
    const auto got = std::get<address>(parse("unix:/run/a b.sock"));
    BOOST_TEST(got.path == "/run/a b.sock");
    BOOST_TEST(got.host.empty());
    BOOST_TEST(got.port == 0);
    BOOST_TEST(got.is_path());
    BOOST_TEST(print_address(got) == "unix:/run/a b.sock");
    BOOST_TEST(is_loopback(got));
    BOOST_TEST(std::get<address>(parse("unix:" + longest)).path == longest);
    BOOST_TEST(std::get<address>(parse("unix:/run/\xC3\xA9")).path == "/run/\xC3\xA9");
    for (const std::string& text :
         {std::string("unix:"), std::string("unix:x"), std::string("unix:@x"),
          std::string("UNIX:/x"), std::string("unix:/a\nb"), std::string("unix:/a\x7F"),
          std::string("unix:/a\0b", 9), "unix:" + longest + "x"})
      BOOST_TEST(refused(parse(text)), text);
  }
  BOOST_TEST(!is_secured("unix:/run/https"));
  BOOST_TEST(!std::get<address>(parse_endpoint("http://unix")).is_path());
  for (const char* text : {"http://unix:/run/x", "unix://run/x/../y?", "http+unix:///run/x"})
    BOOST_TEST(refused(parse_endpoint(text)) == (text[0] == 'h'), text);
}

BOOST_AUTO_TEST_CASE(only_this_machine_is_loopback) {
  for (const char* host : {"127.0.0.1", "127.255.255.254", "::1"})
    BOOST_TEST(is_loopback({host, 80}), host);
  for (const char* host :
       {"0.0.0.0", "10.0.0.1", "128.0.0.1", "::", "::2", "fe80::1", "::ffff:10.0.0.1"}) {
    BOOST_TEST(!is_loopback({host, 80}), host);
  }
}

BOOST_AUTO_TEST_CASE(endpoints_are_http_and_nothing_behind_the_port) {
  const auto plain = std::get<address>(parse_endpoint("http://Orders.Example"));
  BOOST_TEST(plain.host == "orders.example");
  BOOST_TEST(plain.port == 80);
  BOOST_TEST(std::get<address>(parse_endpoint("http://127.0.0.1:9001/")).port == 9001);
  BOOST_TEST(std::get<address>(parse_endpoint("HTTPS://a")).port == 443);
  BOOST_TEST(std::get<address>(parse_endpoint("https://a:80")).port == 80);
  BOOST_TEST(is_secured("HTTPS://a"));
  BOOST_TEST(!is_secured("http://https"));
  BOOST_TEST(std::get<address>(parse_endpoint("HTTP://[2001:db8::1]:81")).host == "2001:db8::1");
  for (const char* text : {"",
                           "127.0.0.1:9001",
                           "//127.0.0.1",
                           "httpss://a",
                           "ftp://a",
                           "http://",
                           "http://:80",
                           "http://a:",
                           "http://a:0",
                           "http://a:65536",
                           "http://a:080",
                           "http://a/b",
                           "http://a?b",
                           "http://a#b",
                           "http://u@a",
                           "http://u:p@a",
                           "http://a_b",
                           "http://127.0.0.300",
                           "http://1",
                           "http://a b",
                           "http://[::1"}) {
    BOOST_TEST(refused(parse_endpoint(text)), text);
  }
}

BOOST_AUTO_TEST_CASE(names_fit_metrics) {
  BOOST_TEST(std::get<std::string>(parse_name("A-z_0.9")) == "A-z_0.9");
  BOOST_TEST(!refused(parse_name(std::string(64, 'a'))));
  for (const char* text : {"", "a b", "a/b", "é", "-", "other", "a\"b"})
    BOOST_TEST(refused(parse_name(text)), text);
  BOOST_TEST(refused(parse_name(std::string(65, 'a'))));
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
