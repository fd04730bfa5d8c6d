// SPDX-License-Identifier: Apache-2.0
#include "core/admission/client_reply.hpp"

#include <boost/test/unit_test.hpp>

#include "core/admission/answer.hpp"
#include "tests/core/admission/client_side.hpp"

using core::base::errc;
using namespace tests::client_side;
namespace admission = core::admission;

namespace {

constexpr const char* ciphers[][2] = {{"AES-128-CBC", "0123456789abcdef"},
                                      {"AES-256-CBC", "0123456789abcdef0123456789ABCDEF"},
                                      {"AES-128-GCM", "0123456789abcdef"},
                                      {"AES-256-GCM", "0123456789abcdef0123456789ABCDEF"}};

std::string yaml(const std::string& reply, const std::string& cipher = "AES-128-CBC",
                 const std::string& secret = "0123456789abcdef") {
  return "listen: 127.0.0.1:8080\nclients: {billing: {token: my_key, secret: " + secret +
         ", cipher: " + cipher +
         "}}\nupstreams: {orders: http://127.0.0.1:9001}\nroutes: [{path: /api/, scheme: laravel, "
         "bodyless: safe, upstream: orders, reply: {" +
         reply + "}}]\n";
}

/// What the server's side answers to this request when the upstream says `status` and `body`.
struct answering {
  answering(const admission::client_request& asked, const admission::snapshot& rules)
      : got(asked.bytes()), head(request_head(got)) {
    const auto claimed = *admission::inspect(
        *admission::find_route(*admission::arrive(head, rules, moment(), known), rules));
    sender.emplace(*admission::open(*admission::prove(claimed, rules).outcome, got.body, space));
    facts.request_id = "r-1";
    facts.date = "Tue, 14 Nov 2023 22:13:21 GMT";
    facts.now = now + 1;
    facts.head_only = head.method == "HEAD";
    facts.sender = &*sender;
  }

  std::string say(unsigned status, std::string_view body) {
    core::http::response_head said;
    said.status = status;
    said.fields.add("Content-Type", "application/json");
    const std::string length = std::to_string(body.size());
    said.fields.add("Content-Length", length);
    const auto framing = *core::http::frame_response(said, head.method);
    std::string out;
    admission::write_gathered(out, {said, framing, sender->policy()}, body, facts, reply_random,
                              space);
    return out;
  }

  std::string refuse(errc reason) {
    std::string out;
    admission::write_problem(out, {reason, &sender->policy(), {}, {}}, facts, reply_random, space);
    return out;
  }

  const std::string reply_random = "FEDCBA9876543210" + std::string(80, 'r');
  admission::workspace space;
  taken_apart got;
  core::http::request_head head;
  admission::findings known;
  std::optional<admission::opened> sender;
  admission::envelope_facts facts;
};

std::variant<admission::client_reply, std::string> check(const admission::client_request& asked,
                                                         const std::string& answer,
                                                         const admission::snapshot& rules,
                                                         std::int64_t later = 2) {
  const taken_apart got(answer);
  admission::workspace space;
  return admission::open_client_reply(asked, response_head(got), got.body, now + later, rules,
                                      space);
}

admission::client_reply good(const admission::client_request& asked, const std::string& answer,
                             const admission::snapshot& rules) {
  auto checked = check(asked, answer, rules);
  if (const auto* why = std::get_if<std::string>(&checked)) throw std::runtime_error(*why);
  return std::get<admission::client_reply>(std::move(checked));
}

std::string wrong(const admission::client_request& asked, const std::string& answer,
                  const admission::snapshot& rules, std::int64_t later = 2) {
  const auto checked = check(asked, answer, rules, later);
  const auto* why = std::get_if<std::string>(&checked);
  return why == nullptr ? "(nothing)" : *why;
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  const auto at = text.find(what);
  if (at == std::string::npos) throw std::runtime_error("nothing to replace");
  return text.replace(at, what.size(), by);
}

}  // namespace

// The suites are namespaces, and the last one has the name of what it tests.
namespace tests {

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(admission)
BOOST_AUTO_TEST_SUITE(client_reply)

BOOST_AUTO_TEST_CASE(sealed_and_signed_replies_are_opened_in_every_setting) {
  const std::string body = R"({"ok":true,"list":[1,2.5,"Zo\u00eb"],"none":null})";
  for (const auto& [cipher, secret] : ciphers)
    for (const char* plaintext : {"string", "array", "raw"})
      for (const char* form : {"json", "text"}) {
        BOOST_TEST_CONTEXT(cipher << " " << plaintext << " " << form) {
          const auto rules = compile(yaml(
              std::string("sign: true, seal: true, plaintext: ") + plaintext + ", form: " + form,
              cipher, secret));
          const auto asked = make(message(), rules);
          const auto reply = good(asked, answering(asked, rules).say(200, body), rules);
          const bool array = plaintext == std::string_view("array");
          BOOST_TEST(reply.body ==
                     (array ? R"({"ok":true,"list":[1,2.5,"Zoë"],"none":null})" : body));
          BOOST_TEST(reply.verified);
          BOOST_TEST(reply.opened);
        }
      }
}

BOOST_AUTO_TEST_CASE(a_body_that_is_no_json_comes_back_from_an_array_as_a_string) {
  const auto rules = compile(yaml("seal: true, plaintext: array"));
  const auto asked = make(message(), rules);
  answering gateway(asked, rules);
  BOOST_TEST(good(asked, gateway.say(200, "hello"), rules).body == "\"hello\"");
  BOOST_TEST(good(asked, gateway.say(200, "\xff\xfe"), rules).body == "\xff\xfe");
}

BOOST_AUTO_TEST_CASE(a_reply_that_is_signed_alone_keeps_its_body) {
  const auto rules = compile(yaml("sign: true"));
  const auto asked = make(message(), rules);
  const auto reply = good(asked, answering(asked, rules).say(201, "hello"), rules);
  BOOST_TEST(reply.body == "hello");
  BOOST_TEST(reply.verified);
  BOOST_TEST(!reply.opened);
}

BOOST_AUTO_TEST_CASE(replies_without_a_body_are_verified) {
  const auto rules = compile(yaml("sign: true, seal: true"));
  const auto asked = make(message(), rules);
  answering gateway(asked, rules);
  for (const unsigned status : {204U, 304U}) {
    const auto reply = good(asked, gateway.say(status, ""), rules);
    BOOST_TEST(reply.verified);
    BOOST_TEST(!reply.opened);
  }
  auto m = message();
  m.method = "HEAD";
  m.body.reset();
  const auto head = make(m, rules);
  BOOST_TEST(good(head, answering(head, rules).say(200, "hello"), rules).verified);
}

BOOST_AUTO_TEST_CASE(refusals_of_proven_clients_are_opened_too) {
  const auto rules = compile(yaml("sign: true, seal: true"));
  const auto asked = make(message(), rules);
  const auto reply = good(asked, answering(asked, rules).refuse(errc::replay), rules);
  BOOST_TEST(reply.verified);
  BOOST_TEST(reply.body.find(R"("code":"replayed")") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_unsigned_reply_is_refused) {
  const auto rules = compile(yaml("sign: true"));
  const auto asked = make(message(), rules);
  BOOST_TEST(wrong(asked, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", rules) ==
             "the reply is not signed");
  const std::string answer = answering(asked, rules).say(200, "ok");
  BOOST_TEST(wrong(asked, replaced(answer, "\r\ntimestamp:", "\r\nx:"), rules) ==
             "the reply's signature can't be read: missing_field");
}

BOOST_AUTO_TEST_CASE(a_changed_reply_is_refused) {
  const auto rules = compile(yaml("sign: true"));
  const auto asked = make(message(), rules);
  const std::string answer = answering(asked, rules).say(200, "hello");
  const std::string_view no = "the reply's signature is wrong";
  BOOST_TEST(wrong(asked, replaced(answer, "\r\n\r\nhello", "\r\n\r\nhullo"), rules) == no);
  BOOST_TEST(wrong(asked, replaced(answer, "HTTP/1.1 200", "HTTP/1.1 201"), rules) == no);
  BOOST_TEST(wrong(asked, replaced(answer, "1700000001", "1700000002"), rules) == no);
  BOOST_TEST(wrong(asked, replaced(answer, "token: my_key", "token: yours"), rules) ==
             "the reply is signed for another client's token");
  std::string signature = answer;
  const auto last = signature.find("signature: ") + 11 + 63;
  signature[last] = signature[last] == '0' ? '1' : '0';
  BOOST_TEST(wrong(asked, signature, rules) == no);
}

BOOST_AUTO_TEST_CASE(a_reply_to_another_request_is_refused) {
  const auto rules = compile(yaml("sign: true"));
  const auto asked = make(message(), rules);
  const auto other = make(message("other"), rules);
  BOOST_TEST(wrong(asked, answering(other, rules).say(200, "ok"), rules) ==
             "the reply's signature is wrong");
}

BOOST_AUTO_TEST_CASE(a_request_sent_back_is_no_reply) {
  const auto rules = compile(yaml("sign: true"));
  const auto asked = make(message(), rules);
  std::string answer = asked.bytes();
  answer = replaced(answer, "POST /api/orders HTTP/1.1", "HTTP/1.1 200 OK");
  BOOST_TEST(wrong(asked, answer, rules) == "the reply's signature is wrong");
}

BOOST_AUTO_TEST_CASE(an_old_reply_is_refused) {
  const auto rules = compile(yaml("sign: true"));
  const auto asked = make(message(), rules);
  const std::string answer = answering(asked, rules).say(200, "ok");
  BOOST_TEST(wrong(asked, answer, rules, 301) == "(nothing)");
  BOOST_TEST(wrong(asked, answer, rules, 302).starts_with("the reply is signed at 1700000001"));
  BOOST_TEST(wrong(asked, answer, rules, -60).starts_with("the reply is signed at 1700000001"));
}

BOOST_AUTO_TEST_CASE(a_reply_whose_seal_is_broken_is_refused) {
  const auto rules = compile(yaml("seal: true"));
  const auto asked = make(message(), rules);
  const std::string begin = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n";
  const std::string_view no = "the reply's seal can't be opened: ";
  BOOST_TEST(wrong(asked, begin + R"({"ok":true})", rules) == std::string(no) + "bad_payload");
  BOOST_TEST(wrong(asked, begin, rules).starts_with(no));
  const std::string answer = answering(asked, rules).say(200, "ok");
  BOOST_TEST(good(asked, answer, rules).body == "ok");
  for (std::size_t at = answer.find("{\"data\":\"") + 9; at < answer.size(); at += 7) {
    std::string changed = answer;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    BOOST_TEST(wrong(asked, changed, rules).starts_with(no), "byte " << at);
  }
}

BOOST_AUTO_TEST_CASE(a_whole_seal_around_another_plaintext_is_refused) {
  const auto raw = compile(yaml("seal: true, plaintext: raw"));
  const auto asked = make(message(), raw);
  for (const char* plaintext : {"string", "array"}) {
    const auto rules = compile(yaml(std::string("seal: true, plaintext: ") + plaintext));
    BOOST_TEST(wrong(make(message(), rules), answering(asked, raw).say(200, "no PHP"), rules) ==
               "the reply's seal can't be opened: bad_plaintext");
  }
}

BOOST_AUTO_TEST_CASE(a_payload_of_the_request_is_no_sealed_reply) {
  const auto rules = compile(yaml("seal: true, form: text, plaintext: raw"));
  const auto asked = make(message(), rules);
  std::string payload = asked.body.value().substr(5);
  while (payload.find("%3D") != std::string::npos) payload = replaced(payload, "%3D", "=");
  BOOST_TEST(wrong(asked, "HTTP/1.1 200 OK\r\n\r\n" + payload, rules) ==
             "the reply's seal can't be opened: bad_mac");
}

BOOST_AUTO_TEST_CASE(what_the_route_does_not_demand_is_not_looked_at) {
  const auto rules = compile(yaml(""));
  const auto asked = make(message(), rules);
  const auto reply = good(asked, "HTTP/1.1 200 OK\r\nsignature: x\r\n\r\nhello", rules);
  BOOST_TEST(reply.body == "hello");
  BOOST_TEST(!reply.verified);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
