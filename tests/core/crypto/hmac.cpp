// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/hmac.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "core/base/encoding.hpp"
#include "core/crypto/digest.hpp"

using namespace core::crypto;
using core::base::hex;

namespace {

constexpr hash all[]{hash::sha1, hash::sha256, hash::sha384, hash::sha512};

std::string mac_hex(hash h, std::string_view key, std::initializer_list<std::string_view> parts) {
  return hex(hmac(h, key).mac(parts).view());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(crypto)
BOOST_AUTO_TEST_SUITE(hmac_of_any_hash)

// NIST's examples for FIPS 180.
BOOST_AUTO_TEST_CASE(digests_have_the_values_of_fips_180) {
  BOOST_TEST(hex(hash_of(hash::sha1, {"abc"}).view()) ==
             "a9993e364706816aba3e25717850c26c9cd0d89d");
  BOOST_TEST(hex(hash_of(hash::sha256, {"a", "bc"}).view()) ==
             "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  BOOST_TEST(hex(hash_of(hash::sha384, {"abc"}).view()) ==
             "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
             "8086072ba1e7cc2358baeca134c825a7");
  BOOST_TEST(hex(hash_of(hash::sha512, {"abc"}).view()) ==
             "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
             "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
  for (const hash h : all) BOOST_TEST(hash_of(h, {}).size == digest_size(h));
}

// RFC 2202, section 3, and RFC 4231, sections 4.3 and 4.7: a short key, and one longer than a
// block.
BOOST_AUTO_TEST_CASE(macs_have_the_values_of_rfc_2202_and_rfc_4231) {
  const std::string_view data = "what do ya want for nothing?";
  BOOST_TEST(mac_hex(hash::sha1, "Jefe", {data}) == "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
  BOOST_TEST(mac_hex(hash::sha256, "Jefe", {data}) ==
             "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  BOOST_TEST(mac_hex(hash::sha384, "Jefe", {data}) ==
             "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e"
             "8e2240ca5e69e2c78b3239ecfab21649");
  BOOST_TEST(mac_hex(hash::sha512, "Jefe", {data}) ==
             "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
             "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737");
  const std::string_view large = "Test Using Larger Than Block-Size Key - Hash Key First";
  BOOST_TEST(mac_hex(hash::sha1, std::string(80, '\xaa'), {large}) ==
             "aa4ae5e15272d00e95705637ce8a3b55ed402112");
  BOOST_TEST(mac_hex(hash::sha384, std::string(131, '\xaa'), {large}) ==
             "4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05033ac4c6"
             "0c2ef6ab4030fe8296248df163f44952");
  BOOST_TEST(mac_hex(hash::sha512, std::string(131, '\xaa'), {large}) ==
             "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
             "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598");
}

BOOST_AUTO_TEST_CASE(parts_are_joined_and_copies_make_the_same_mac) {
  const std::string text(300, 'x');
  for (const hash h : all) {
    const hmac one(h, "a key");
    const hmac other = one;  // NOLINT(performance-unnecessary-copy-initialization): what is tested
    BOOST_TEST((other.algorithm() == h));
    for (std::size_t cut = 0; cut <= text.size(); cut += 7) {
      const std::string_view whole = text;
      BOOST_TEST(one.mac({whole.substr(0, cut), "", whole.substr(cut)}).view() ==
                 other.mac({text}).view());
    }
  }
  BOOST_TEST(hmac(hash::sha256, "k").mac({text}).view() == view(hmac_sha256("k").mac({text})));
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
