// SPDX-License-Identifier: Apache-2.0
#include "core/admission/websocket.hpp"

#include <boost/test/unit_test.hpp>

#include "core/http/framing.hpp"
#include "tests/core/admission/messages.hpp"

namespace {

using namespace core;
using namespace tests::messages;

constexpr std::string_view route =
    "{name: open, path: /open/, scheme: none, upstream: orders, websocket: true}";
// RFC 6455, section 1.3.
constexpr std::string_view key = "dGhlIHNhbXBsZSBub25jZQ==";
constexpr std::string_view yes = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

message handshake() {
  message m{.method = "GET", .target = "/open/x"};
  m.add("Host", "api.example.com").add("Connection", "keep-alive, Upgrade");
  m.add("Upgrade", "WebSocket").add("Sec-WebSocket-Version", "13");
  return m.add("Sec-WebSocket-Key", std::string(key));
}

std::string key_of(message m, std::string_view routes = route) {
  gateway g(one_client, routes);
  const passage p(g, std::move(m));
  BOOST_TEST_REQUIRE(p.route.has_value());
  const auto found = admission::websocket_key(*p.route);
  return found ? std::string(*found) : "none";
}

struct said {
  std::string connection = "upgrade";
  std::string upgrade = "WebSocket";
  std::string accept{yes};
};

bool accepted(const said& what, std::string_view asked = key) {
  http::response_head head;
  head.status = 101;
  head.minor_version = 1;
  head.fields.add("Connection", what.connection);
  head.fields.add("Upgrade", what.upgrade);
  head.fields.add("Sec-WebSocket-Accept", what.accept);
  return admission::accepts_websocket(head, http::frame_switching(head).value(), asked);
}

}  // namespace

namespace tests {  // apart from core's own names
BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(admission)
BOOST_AUTO_TEST_SUITE(websocket)

BOOST_AUTO_TEST_CASE(a_handshake_has_a_key) { BOOST_TEST(key_of(handshake()) == key); }

BOOST_AUTO_TEST_CASE(on_other_routes_there_are_none) {
  BOOST_TEST(key_of(handshake(), "{name: open, path: /open/, scheme: none, upstream: orders}") ==
             "none");
}

BOOST_AUTO_TEST_CASE(what_lacks_anything_of_it_is_none) {
  message m = handshake();
  m.method = "OPTIONS";
  BOOST_TEST(key_of(m) == "none");
  m = handshake();
  m.minor_version = 0;
  BOOST_TEST(key_of(m) == "none");
  BOOST_TEST(key_of(handshake().add("Content-Length", "2")) == "none");
  BOOST_TEST(key_of(handshake().add("Transfer-Encoding", "chunked")) == "none");
  for (const char* name : {"Connection", "Upgrade", "Sec-WebSocket-Version", "Sec-WebSocket-Key"})
    BOOST_TEST(key_of(handshake().drop(name)) == "none", name);
  for (const char* name : {"Upgrade", "Sec-WebSocket-Version", "Sec-WebSocket-Key"}) {
    m = handshake();
    const message before = m;
    for (const auto& [field, value] : before.fields)
      if (field == name) m.add(name, value);
    BOOST_TEST(key_of(m) == "none", name);
  }
  BOOST_TEST(key_of(handshake().set("Upgrade", "h2c")) == "none");
  BOOST_TEST(key_of(handshake().set("Connection", "close")) == "none");
  BOOST_TEST(key_of(handshake().set("Sec-WebSocket-Version", "8")) == "none");
  for (const char* bad : {"", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZSE=", "c2hvcnQ="})
    BOOST_TEST(key_of(handshake().set("Sec-WebSocket-Key", bad)) == "none", bad);
}

BOOST_AUTO_TEST_CASE(an_answer_says_yes_to_what_was_asked) {
  BOOST_TEST(accepted({}));
  BOOST_TEST(!accepted({}, "AAAAAAAAAAAAAAAAAAAAAA=="));
  BOOST_TEST(!accepted({.connection = "close"}));
  BOOST_TEST(!accepted({.upgrade = "h2c"}));
  BOOST_TEST(!accepted({.accept = ""}));
  BOOST_TEST(!accepted({.accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOO="}));
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
