// SPDX-License-Identifier: Apache-2.0
#include "gateway/net/tls_keys.hpp"

#include <openssl/evp.h>

#include <boost/test/unit_test.hpp>
#include <memory>
#include <string>

#include "core/crypto/freed_by.hpp"

namespace tests {

namespace {

namespace io = ::gateway::net;
using ::core::crypto::owned;
using found = io::ticket_keys::found;

constexpr std::int64_t hour = io::ticket_keys::lifetime;

struct contexts {
  owned<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free> cipher{EVP_CIPHER_CTX_new()};
  owned<EVP_MAC, EVP_MAC_free> hmac{EVP_MAC_fetch(nullptr, "HMAC", nullptr)};
  owned<EVP_MAC_CTX, EVP_MAC_CTX_free> mac{EVP_MAC_CTX_new(hmac.get())};
};

struct ticket {
  io::ticket_keys::name by{};
  io::ticket_keys::vector iv{};
  std::string sealed;
};

constexpr std::string_view text = "what a client keeps";

ticket seal(io::ticket_keys& keys, std::int64_t now) {
  const contexts with;
  ticket t;
  BOOST_REQUIRE(keys.seal(t.by, t.iv, with.cipher.get(), with.mac.get(), now));
  t.sealed.resize(64);
  int size = 0;
  int rest = 0;
  auto* const into = reinterpret_cast<unsigned char*>(t.sealed.data());
  EVP_EncryptUpdate(with.cipher.get(), into, &size,
                    reinterpret_cast<const unsigned char*>(text.data()),
                    static_cast<int>(text.size()));
  EVP_EncryptFinal_ex(with.cipher.get(), into + size, &rest);
  t.sealed.resize(static_cast<std::size_t>(size + rest));
  return t;
}

found open(io::ticket_keys& keys, const ticket& t, std::int64_t now) {
  const contexts with;
  const found came = keys.open(t.by, t.iv, with.cipher.get(), with.mac.get(), now);
  if (came == found::no) return came;
  std::string opened(64, '\0');
  int size = 0;
  int rest = 0;
  auto* const into = reinterpret_cast<unsigned char*>(opened.data());
  EVP_DecryptUpdate(with.cipher.get(), into, &size,
                    reinterpret_cast<const unsigned char*>(t.sealed.data()),
                    static_cast<int>(t.sealed.size()));
  BOOST_TEST(EVP_DecryptFinal_ex(with.cipher.get(), into + size, &rest) == 1);
  opened.resize(static_cast<std::size_t>(size + rest));
  BOOST_TEST(opened == text);
  return came;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(net)
BOOST_AUTO_TEST_SUITE(tls_keys)

BOOST_AUTO_TEST_CASE(a_ticket_can_be_opened_for_its_hour_and_then_exchanged_for_another) {
  io::ticket_keys keys;
  const ticket first = seal(keys, 1000);
  BOOST_TEST((open(keys, first, 1000) == found::yes));
  BOOST_TEST((open(keys, first, 1000 + hour - 1) == found::yes));
  BOOST_TEST((open(keys, first, 1000 + hour) == found::old));
  const ticket second = seal(keys, 1000 + hour);
  BOOST_TEST((second.by != first.by));
  BOOST_TEST((open(keys, second, 1000 + hour) == found::yes));
  BOOST_TEST((open(keys, first, 1000 + 2 * hour - 1) == found::old));
}

BOOST_AUTO_TEST_CASE(its_key_is_forgotten) {
  io::ticket_keys keys;
  const ticket first = seal(keys, 0);
  static_cast<void>(seal(keys, hour));
  BOOST_TEST((open(keys, first, 2 * hour) == found::no));
  // The same where nobody came meanwhile.
  const ticket last = seal(keys, 2 * hour);
  BOOST_TEST((open(keys, last, 4 * hour) == found::no));
}

BOOST_AUTO_TEST_CASE(a_strangers_ticket_is_none) {
  io::ticket_keys keys;
  io::ticket_keys others;
  BOOST_TEST((open(keys, seal(others, 0), 0) == found::no));
  BOOST_TEST((open(keys, ticket{}, 0) == found::no));
}

BOOST_AUTO_TEST_CASE(no_two_tickets_begin_alike) {
  io::ticket_keys keys;
  const ticket one = seal(keys, 0);
  const ticket another = seal(keys, 0);
  BOOST_TEST((one.by == another.by));
  BOOST_TEST((one.iv != another.iv));
  BOOST_TEST(one.sealed != another.sealed);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
