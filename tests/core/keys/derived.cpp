// SPDX-License-Identifier: Apache-2.0
#include "core/keys/derived.hpp"

#include <boost/test/unit_test.hpp>
#include <set>
#include <string>

#include "core/base/encoding.hpp"
#include "tests/core/vectors.hpp"

using namespace core::keys;
using core::base::hex;
using core::base::secret;

namespace {

const secret& known() {
  static const secret made(
      core::base::unhex_any_case("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")
          .value());
  return made;
}

std::string derived_hex(std::string_view name) {
  return hex(derive(known(), *find_purpose(name), "client-1").reveal());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(keys)
BOOST_AUTO_TEST_SUITE(derived)

BOOST_AUTO_TEST_CASE(keys_are_those_of_the_vectors) {
  for (const auto& vector : tests::vectors("encryption.json", "hkdf")) {
    const std::string info = tests::text(vector, "info");
    BOOST_TEST_CONTEXT(info) {
      const std::string_view name = std::string_view(info).substr(0, info.rfind(':'));
      const purpose* const p = find_purpose(name);
      BOOST_TEST_REQUIRE(p != nullptr);
      BOOST_TEST(p->size == vector.at("length").to_number<std::size_t>());
      BOOST_TEST(derived_hex(name) == tests::text(vector, "okm_hex"));
    }
  }
  BOOST_TEST(derived_hex("enc-c2s:A128GCM") == "bc05bb600d4118c88a202409ceade350");
  BOOST_TEST(derived_hex("enc-c2s:aes128gcm") ==
             "5f5672415992d8a3bd0ede72186239c0f894bcdef445df07609b7f25e8a02d6d");
  BOOST_TEST(derived_hex("kw-c2s:A256KW") ==
             "9a971ed93bcc1b95e3cc85f459056b7971463a8c51c4fbd5ccb65bc1593f9751");
  BOOST_TEST(derived_hex("kw-c2s:A128KW") == "af41a7ae4128d4a694a48e33907bc0d0");
}

BOOST_AUTO_TEST_CASE(no_key_serves_two_purposes_or_two_clients) {
  std::set<std::string> keys;
  for (const purpose& p : purposes)
    for (const std::string_view id : {"client-1", "client-2"}) {
      const secret key = derive(known(), p, id);
      BOOST_TEST(key.size() == p.size);
      keys.insert(std::string(key.reveal().substr(0, 16)));
    }
  BOOST_TEST(keys.size() == 2 * purposes.size());
}

BOOST_AUTO_TEST_CASE(each_purpose_has_a_twin_for_the_other_direction) {
  for (const purpose& p : purposes) {
    std::string twin(p.name);
    const std::size_t at = twin.find("c2s");
    if (at == std::string::npos) continue;
    const purpose* const other = find_purpose(twin.replace(at, 3, "s2c"));
    BOOST_TEST_REQUIRE(other != nullptr);
    BOOST_TEST(other->size == p.size);
  }
  for (const std::string_view name : {"", "sign", "sign-c2s:", "enc-c2s", "enc-c2s:a256gcm"})
    BOOST_TEST(find_purpose(name) == nullptr);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
