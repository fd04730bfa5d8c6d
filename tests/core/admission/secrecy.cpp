// SPDX-License-Identifier: Apache-2.0
// Properties: what is covered can't be changed unnoticed, and no public answer gives anything away.

#include <boost/test/unit_test.hpp>
#include <random>
#include <set>

#include "core/keys/key_ring.hpp"
#include "tests/core/admission/answers.hpp"

namespace {

using namespace core;
using namespace tests::messages;
using crypto::cipher;
using scheme::laravel_construction;

constexpr std::string_view confidential = R"({"card":"4111-1111-1111-1111"})";

std::string text_of(const answer& a) {
  std::string all = a.status_line;
  for (const auto& [name, value] : a.fields) all.append("\n").append(name).append(value);
  return all + "\n" + a.body;
}

/// Everything that must stay inside: the secret in each notation, the keys made of it, the MACs
/// that would have been right, and the plaintext.
std::vector<std::string> kept_inside(const laravel_client& client) {
  const keys::generation key = keys::make_generation("x", 0, 1, base::secret(client.secret),
                                                     base::secret(client.secret), client.cipher);
  std::vector<std::string> all = {client.signature(now), std::string(confidential), "4111-1111"};
  for (const std::string_view bytes : {key.signing.reveal(), key.reply.reveal()}) {
    all.emplace_back(bytes);
    all.push_back(base::hex(bytes));
    all.push_back(base::base64(bytes));
  }
  const std::string json = base::unbase64(client.seal(confidential)).value();
  const std::size_t mac = json.find("\"mac\":\"") + 7;
  if (!crypto::is_gcm(client.cipher)) all.push_back(json.substr(mac, 64));
  return all;
}

/// What clients can send that ends in each refusal after the claim, and what passes.
std::vector<message> attempts(const laravel_client& client) {
  std::vector<message> all;
  const message honest = client.sealed(confidential);
  const auto changed = [&](auto change) {
    message m = honest;
    change(m);
    all.push_back(m);
  };
  all.push_back(honest);
  changed([](message& m) { m.set("signature", std::string(64, '0')); });
  changed([](message& m) { m.set("signature", "0"); });
  changed([](message& m) { m.set("token", "nobody"); });
  changed([](message& m) { m.set("timestamp", "1600000000"); });
  changed([](message& m) { m.drop("signature"); });
  changed([](message& m) { m.body[40] = m.body[40] == 'A' ? 'B' : 'A'; });
  changed([](message& m) { m.body.resize(m.body.size() - 8); });
  changed([](message& m) { m.set("Content-Type", "text/csv"); });
  changed([](message& m) { m.body.clear(); });
  changed([](message& m) { m.method = "GET"; });
  changed([](message& m) { m.target = "/elsewhere"; });
  changed([](message& m) { m.target = "/forbidden/"; });
  all.push_back(client.sealed("card=4111-1111-1111-1111"));
  return all;
}

}  // namespace

namespace tests {  // apart from core's own names
BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(admission)
BOOST_AUTO_TEST_SUITE(secrecy)

BOOST_AUTO_TEST_CASE(no_public_answer_holds_a_secret_an_expected_mac_or_the_plaintext) {
  for (const cipher c : {cipher::aes_128_cbc, cipher::aes_256_gcm}) {
    const laravel_client client{
        .secret = std::string(crypto::key_size(c) == 16 ? secret16 : secret32), .cipher = c};
    gateway g("billing: {token: my_key, secret: " + client.secret +
                  ", routes: [orders], cipher: " + std::string(crypto::name(c)) + "}",
              "{name: orders, path: /api/, methods: [POST], scheme: laravel, upstream: orders, "
              "reply: {seal: true, sign: true}}, "
              "{name: forbidden, path: /forbidden/, scheme: laravel, upstream: orders}");
    const std::vector<std::string> inside = kept_inside(client);
    std::set<std::string> ends;
    for (const message& m : attempts(client)) {
      const passage p(g, m);
      ends.insert(p.end());
      std::string seen;
      if (p.reason()) {
        const auto facts = facts_at(now, p.opened ? &*p.opened : nullptr);
        seen = text_of(problem(*p.reason(), facts, "POST"));
      } else {
        seen = text_of(gathered({.body = std::string(confidential), .method = "POST"},
                                facts_at(now, &*p.opened)));
      }
      for (const std::string& never : inside)
        BOOST_TEST((seen.find(never) == std::string::npos), p.end() << ": " << never);
    }
    BOOST_TEST(ends.size() >= 12U);
  }
}

BOOST_AUTO_TEST_CASE(any_other_timestamp_has_another_signature_in_every_construction) {
  std::mt19937_64 random(7);  // NOLINT: the same numbers in each run
  const keys::generation key = keys::make_generation("x", 0, 1, base::secret(secret16),
                                                     base::secret(secret16), cipher::aes_128_cbc);
  for (const auto construction :
       {laravel_construction::a1, laravel_construction::a2, laravel_construction::a3}) {
    ::core::scheme::laravel_settings settings;
    settings.construction = construction;
    const ::core::scheme::laravel scheme(settings);
    std::set<std::string> signatures;
    std::set<std::string> stamps;
    for (int i = 0; i < 500; ++i) {
      const std::string stamp = std::to_string(random() % 100000000000ULL);
      if (stamps.insert(stamp).second)
        BOOST_TEST(signatures.insert(scheme.sign(stamp, key)).second, stamp);
    }
  }
}

BOOST_AUTO_TEST_CASE(any_change_of_what_a_reply_covers_has_another_signature) {
  const keys::generation key = keys::make_generation("x", 0, 1, base::secret(secret16),
                                                     base::secret(secret16), cipher::aes_128_cbc);
  std::set<std::string> signatures;
  std::size_t made = 0;
  for (const std::int64_t stamp : {now, now + 1, now * 10})
    for (const unsigned status : {200U, 201U, 404U})
      for (const std::string_view mark : {"", "ab", "abab", "200"})
        for (const std::string_view body : {"", "x", "y", "\nx", "200\n"}) {
          signatures.insert(::core::scheme::laravel::sign_reply(stamp, status, mark, body, key));
          ++made;
        }
  BOOST_TEST(signatures.size() == made);
}

BOOST_AUTO_TEST_CASE(any_change_of_iv_or_value_has_another_mac) {
  const laravel_client client;
  gateway g;
  const std::string payload = client.seal(confidential);
  const std::string json = base::unbase64(payload).value();
  const std::size_t mac = json.find("\",\"mac\"");
  std::size_t changed = 0;
  for (std::size_t at = 7; at < mac; ++at) {
    const char c = json[at];
    if (!base::is_alpha(c) && !base::is_digit(c)) continue;
    if (at > json.find("\",\"value\":") && at < json.find("\":\"", json.find("value")) + 3)
      continue;
    std::string other = json;
    other[at] = c == 'A' ? 'B' : 'A';
    const std::string end = end_of(g, client.carrying(base::base64(other)));
    BOOST_TEST((end == "open: bad_mac" || end == "open: bad_payload"), at << " " << end);
    ++changed;
  }
  BOOST_TEST(changed > 60U);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
