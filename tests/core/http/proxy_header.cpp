// SPDX-License-Identifier: Apache-2.0
// Examples and limits are those of HAProxy's doc/proxy-protocol.txt, sections 2.1 and 2.2.

#include "core/http/proxy_header.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

using core::base::errc;
using core::http::parse_proxy_header;

namespace {

constexpr std::string_view signature{"\r\n\r\n\0\r\nQUIT\n", 12};

/// A header of version 2.
std::string binary(int command, int family, const std::string& behind, std::size_t length) {
  std::string text(signature);
  text += static_cast<char>(command);
  text += static_cast<char>(family);
  text += static_cast<char>(length >> 8U);
  text += static_cast<char>(length & 0xFFU);
  return text + behind;
}

std::string binary(int command, int family, const std::string& behind) {
  return binary(command, family, behind, behind.size());
}

const std::string v4_addresses("\xCB\x00\x71\x07\x0A\x00\x00\x01\x30\x39\x01\xBB", 12);

std::string v6_addresses() {
  std::string text("\x20\x01\x0d\xb8", 4);
  text.append(11, '\0').append(1, '\x01');
  text.append(15, '\0').append(1, '\x01');
  return text + std::string("\x30\x39\x01\xBB", 4);
}

/// SIZE SOURCE, "more", or "bad".
std::string told(std::string_view bytes) {
  const auto got = parse_proxy_header(bytes);
  if (!got) {
    BOOST_TEST((got.error() == errc::bad_proxy_header));
    return "bad";
  }
  if (!*got) return "more";
  return std::to_string((*got)->size) + ((*got)->local ? " its own" : " " + (*got)->source);
}

/// As told(), and the same however the bytes arrive, with the client's behind them.
std::string header(const std::string& bytes) {
  for (std::size_t n = 0; n < bytes.size(); ++n)
    BOOST_TEST(told({bytes.data(), n}) == "more", n << " bytes of " << bytes.size());
  const std::string whole = told(bytes);
  BOOST_TEST(told(bytes + "GET / HTTP/1.1\r\n") == whole);
  // Whoever reads no more than may be read stops at its end.
  std::size_t read = 0;
  while (read < bytes.size() && told({bytes.data(), read}) == "more")
    read += core::http::left_of_proxy_header({bytes.data(), read});
  BOOST_TEST(read == bytes.size());
  return whole;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(http)
BOOST_AUTO_TEST_SUITE(proxy_headers)

BOOST_AUTO_TEST_CASE(a_line_tells_the_clients_address) {
  BOOST_TEST(header("PROXY TCP4 203.0.113.7 10.0.0.1 12345 443\r\n") == "43 203.0.113.7");
  BOOST_TEST(header("PROXY TCP6 2001:db8::1 2001:db8::2 12345 443\r\n") == "46 2001:db8::1");
  BOOST_TEST(header("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n") ==
             "56 255.255.255.255");
  BOOST_TEST(header("PROXY TCP4 1.2.3.4 5.6.7.8 0 0\r\n") == "32 1.2.3.4");
}

BOOST_AUTO_TEST_CASE(a_line_may_say_that_nothing_is_known) {
  BOOST_TEST(header("PROXY UNKNOWN\r\n") == "15 ");
  BOOST_TEST(header("PROXY UNKNOWN ffff::1 ffff::2 65535 65535\r\n") == "43 ");
}

BOOST_AUTO_TEST_CASE(a_line_that_says_anything_else_is_none) {
  for (const char* line : {"PROXY TCP4 203.0.113.7 10.0.0.1 12345\r\n",
                           "PROXY TCP4 203.0.113.7 10.0.0.1\r\n",
                           "PROXY TCP4 203.0.113.7 10.0.0.1 12345 443 \r\n",
                           "PROXY TCP4 203.0.113.7 10.0.0.1 12345 443 1\r\n",
                           "PROXY  TCP4 203.0.113.7 10.0.0.1 12345 443\r\n",
                           "PROXY TCP4  203.0.113.7 10.0.0.1 12345 443\r\n",
                           "PROXY TCP4 203.0.113.07 10.0.0.1 12345 443\r\n",
                           "PROXY TCP4 203.0.113 10.0.0.1 12345 443\r\n",
                           "PROXY TCP4 2001:db8::1 2001:db8::2 12345 443\r\n",
                           "PROXY TCP6 203.0.113.7 10.0.0.1 12345 443\r\n",
                           "PROXY TCP6 2001:db8::1 10.0.0.1 12345 443\r\n",
                           "PROXY TCP4 203.0.113.7 10.0.0.1 65536 443\r\n",
                           "PROXY TCP4 203.0.113.7 10.0.0.1 12345 0443\r\n",
                           "PROXY TCP4 203.0.113.7 10.0.0.1 -1 443\r\n",
                           "PROXY TCP4 203.0.113.7 10.0.0.1 12345 443x\r\n",
                           "PROXY TCP4 203.0.113.7 10.0.0.1 1x 443\r\n",
                           "PROXY TCP4 203.0.113.7 10.0.0.1 x 443\r\n",
                           "PROXY TCP4 203.0.113.7 10.0.0.x 12345 443\r\n",
                           "PROXY TCP6 2001:db8::1 2001:db8::x 12345 443\r\n",
                           "PROXY TCP4 a b 1 2\r\n",
                           "PROXY TCP5 203.0.113.7 10.0.0.1 12345 443\r\n",
                           "PROXY \r\n",
                           "PROXY\r\n",
                           "PROXY UNKNOWNS\r\n",
                           "proxy TCP4 203.0.113.7 10.0.0.1 12345 443\r\n",
                           "PROXY TCP4 203.0.113.7 10.0.0.1 12345 443\nGET / HTTP/1.1\r\n"})
    BOOST_TEST(told(line) == "bad", line);
}

BOOST_AUTO_TEST_CASE(a_line_has_107_bytes_at_most) {
  const std::string begin = "PROXY UNKNOWN ";
  const std::string longest = begin + std::string(107 - begin.size() - 2, 'x') + "\r\n";
  BOOST_TEST(header(longest) == "107 ");
  BOOST_TEST(told(begin + std::string(107 - begin.size(), 'x')) == "bad");
  BOOST_TEST(told(begin + std::string(107 - begin.size() - 1, 'x') + "\r\n") == "bad");
}

BOOST_AUTO_TEST_CASE(version_2_tells_the_clients_address) {
  BOOST_TEST(header(binary(0x21, 0x11, v4_addresses)) == "28 203.0.113.7");
  BOOST_TEST(header(binary(0x21, 0x21, v6_addresses())) == "52 2001:db8::1");
  // Extensions behind the addresses.
  BOOST_TEST(header(binary(0x21, 0x11, v4_addresses + std::string("\x04\x00\x01x", 4))) ==
             "32 203.0.113.7");
}

BOOST_AUTO_TEST_CASE(version_2_may_tell_no_address) {
  BOOST_TEST(header(binary(0x20, 0x00, "")) == "16 its own");
  BOOST_TEST(header(binary(0x20, 0x11, v4_addresses)) == "28 its own");
  BOOST_TEST(header(binary(0x21, 0x00, "")) == "16 ");
  BOOST_TEST(header(binary(0x21, 0x12, v4_addresses)) == "28 ");
  BOOST_TEST(header(binary(0x21, 0x31, std::string(216, '/'))) == "232 ");
}

BOOST_AUTO_TEST_CASE(version_2_that_says_anything_else_is_none) {
  BOOST_TEST(told(binary(0x11, 0x11, v4_addresses)) == "bad");
  BOOST_TEST(told(binary(0x22, 0x11, v4_addresses)) == "bad");
  BOOST_TEST(told(binary(0x21, 0x11, v4_addresses.substr(1))) == "bad");
  BOOST_TEST(told(binary(0x21, 0x21, v4_addresses)) == "bad");
  BOOST_TEST(told(binary(0x21, 0x11, v4_addresses, 4081)) == "bad");
  BOOST_TEST(told(binary(0x21, 0x11, v4_addresses, 4080)) == "more");
}

BOOST_AUTO_TEST_CASE(what_begins_otherwise_is_none) {
  for (const char* text :
       {"GET / HTTP/1.1\r\n", "POST", "P0", "\r\n\r\nX", "\x16\x03\x01", " PROXY"})
    BOOST_TEST(told(text) == "bad", text);
  BOOST_TEST(told("") == "more");
  // Methods that begin alike.
  BOOST_TEST(told("PROPFIND / HTTP/1.1\r\n") == "bad");
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
