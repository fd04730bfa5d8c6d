// SPDX-License-Identifier: Apache-2.0
// HEAD, 204 and 304: nothing is sealed, and what is signed is what is sent.

#include <boost/test/unit_test.hpp>

#include "core/admission/answer.hpp"
#include "core/admission/client_reply.hpp"
#include "tests/core/admission/client_side.hpp"

using namespace tests::client_side;
namespace admission = core::admission;
namespace http = core::http;

namespace {

struct kind {
  const char* name;
  const char* route;
};

const std::vector<kind> kinds{
    {"rfc9421", "rfc9421, reply: {sign: true}"},
    {"rfc9421 and jwe", "rfc9421, envelope: jwe, reply: {sign: true, seal: true}"},
    {"rfc9421 and aes128gcm", "rfc9421, envelope: aes128gcm, reply: {sign: true, seal: true}"},
    {"gw1", "gw1, reply: {sign: true}"},
    {"gw1 and jwe", "gw1, envelope: jwe, reply: {sign: true, seal: true}"},
    {"laravel", "laravel, bodyless: safe, reply: {sign: true}"},
    {"laravel, sealed", "laravel, bodyless: safe, reply: {sign: true, seal: true}"},
};

struct situation {
  const char* method;
  unsigned status;
};

constexpr situation situations[] = {{"HEAD", 200}, {"HEAD", 404}, {"GET", 204}, {"GET", 304}};

admission::snapshot rules_of(const kind& k) {
  return compile(
      "listen: 127.0.0.1:8080\nclients: {billing: {secret: 0123456789abcdef}}\n"
      "upstreams: {orders: http://127.0.0.1:9001}\nroutes:\n  - {path: /api/, upstream: orders, "
      "scheme: " +
      std::string(k.route) + "}\n");
}

admission::client_request ask(const char* method, const admission::snapshot& rules) {
  auto m = message();
  m.method = method;
  m.body.reset();
  admission::workspace space;
  auto made = admission::make_client_request(m, std::string(admission::client_random_size, 'n'),
                                             rules, space);
  if (const auto* why = std::get_if<std::string>(&made)) throw std::runtime_error(*why);
  return std::get<admission::client_request>(std::move(made));
}

/// What goes to the client when the upstream says this.
std::string pass_on(const admission::client_request& asked, const admission::snapshot& rules,
                    const http::response_head& said) {
  std::string length;
  const auto head = asked.head(length);
  admission::workspace space;
  admission::findings known;
  const auto claimed = *admission::inspect(
      *admission::find_route(*admission::arrive(head, rules, moment(), known), rules));
  const auto sender = *admission::open(*admission::prove(claimed, rules).outcome, {}, space);
  admission::envelope_facts facts;
  facts.request_id = "r-1";
  facts.date = "Tue, 14 Nov 2023 22:13:21 GMT";
  facts.now = now;
  facts.head_only = head.method == "HEAD";
  facts.sender = &sender;
  std::string out;
  admission::write_gathered(out, {said, *http::frame_response(said, head.method), sender.policy()},
                            {}, facts, std::string(admission::random_size, 'q'), space);
  return out;
}

std::variant<admission::client_reply, std::string> read_reply(
    const admission::client_request& asked, const std::string& answer,
    const admission::snapshot& rules) {
  const taken_apart got(answer);
  admission::workspace space;
  return admission::open_client_reply(asked, response_head(got), got.body, now, rules, space);
}

}  // namespace

namespace tests {
BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(admission)
BOOST_AUTO_TEST_SUITE(replies_without_content)

BOOST_AUTO_TEST_CASE(a_client_can_verify_them_with_a_content_type_and_without) {
  for (const kind& k : kinds) {
    const auto rules = rules_of(k);
    for (const situation& s : situations) {
      const auto asked = ask(s.method, rules);
      for (const char* type : {"application/json", ""}) {
        ::core::http::response_head said;
        said.status = s.status;
        if (*type != '\0') said.fields.add("Content-Type", type);
        said.fields.add("Content-Encoding", "gzip");
        const std::string answer = pass_on(asked, rules, said);
        const auto reply = read_reply(asked, answer, rules);
        BOOST_TEST_CONTEXT(k.name << " " << s.method << " " << s.status << " " << type) {
          const auto* why = std::get_if<std::string>(&reply);
          BOOST_TEST((why == nullptr), (why == nullptr ? std::string() : *why));
          if (why != nullptr) continue;
          BOOST_TEST(std::get<::core::admission::client_reply>(reply).verified);
          BOOST_TEST(!std::get<::core::admission::client_reply>(reply).opened);
          // On a route that seals nothing tells of what a body would have been; on others all does.
          const bool seals = std::string_view(k.route).find("seal: true") != std::string::npos;
          const taken_apart got(answer);
          BOOST_TEST(got.fields.find("content-type").value == (seals ? "" : type));
          BOOST_TEST(got.fields.find("content-encoding").value == (seals ? "" : "gzip"));
          BOOST_TEST(got.fields.find("content-length").count == 0U);
          BOOST_TEST(got.body == "");
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_type_that_is_for_the_hop_alone_or_is_said_twice_is_signed_as_it_is_sent) {
  const auto rules = rules_of(kinds.front());
  const auto asked = ask("HEAD", rules);
  const auto verified = [&](const ::core::http::response_head& said) {
    return std::holds_alternative<::core::admission::client_reply>(
        read_reply(asked, pass_on(asked, rules, said), rules));
  };
  ::core::http::response_head said;
  said.status = 200;
  said.fields.add("Connection", "content-type");
  said.fields.add("Content-Type", "text/plain");
  BOOST_TEST(verified(said));
  said.fields.clear();
  said.fields.add("Content-Type", "text/plain");
  said.fields.add("content-type", "text/html");
  BOOST_TEST(verified(said));
  const taken_apart got(pass_on(asked, rules, said));
  BOOST_TEST(got.fields.find("content-type").count == 1U);
  BOOST_TEST(got.fields.find("content-type").value == "text/plain");
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
