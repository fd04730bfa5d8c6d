// SPDX-License-Identifier: Apache-2.0
#include "core/scheme/signature_base.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>
#include <optional>
#include <string>

#include "core/base/encoding.hpp"
#include "core/crypto/digest.hpp"
#include "tests/core/scheme/signed_messages.hpp"
#include "tests/core/vectors.hpp"

namespace {

using namespace core;
namespace sf = http::structured;

std::optional<std::string> base_of(const std::string& list, const scheme::signed_message& message) {
  sf::field in;
  scheme::covered_components covered;
  std::string out = "what was there before";
  if (!in.parse_dictionary("sig=" + list) ||
      !covered.parse(in, in.members().front(), message.is_reply(), {true, true, true}) ||
      !scheme::build_base(out, in, in.members().front(), covered, message, {}))
    return std::nullopt;
  return out;
}

std::optional<std::string> base_of(const boost::json::value& vector) {
  const std::string list = tests::text(vector, "signature_input");
  if (const auto* const status = vector.at("message").as_object().if_contains("status")) {
    const tests::field_list texts = tests::fields_of(vector.at("message"));
    std::vector<http::field> fields;
    for (const auto& [name, value] : texts) fields.push_back({name, value});
    tests::request_text asked{"GET", "/", "a", "https", "", {}};
    if (!vector.at("request").is_null()) asked = tests::request_of(vector.at("request"));
    const tests::viewed v(asked);
    return base_of(list, {fields, &v.view, static_cast<unsigned>(status->as_int64())});
  }
  const tests::request_text text = tests::request_of(vector.at("message"));
  return base_of(list, scheme::message_of(tests::viewed(text).view));
}

}  // namespace

namespace tests {
BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(scheme)
BOOST_AUTO_TEST_SUITE(signature_base)

BOOST_AUTO_TEST_CASE(bases_are_those_of_the_vectors) {
  const auto all = vectors("rfc9421.json", "rfc9421");
  BOOST_TEST(all.size() == 15U);
  for (const auto& vector : all)
    BOOST_TEST(base_of(vector).value_or("(refused)") == tests::text(vector, "base"),
               tests::text(vector, "name"));
}

BOOST_AUTO_TEST_CASE(the_default_profiles_bases_have_the_digests_that_the_profile_names) {
  const auto digest = [](const std::string& text) {
    return base::hex(crypto::view(crypto::sha256({text})));
  };
  for (const auto& vector : vectors("rfc9421.json", "rfc9421")) {
    const std::string name = tests::text(vector, "name");
    const std::string base = base_of(vector).value();
    if (name == "default profile, hmac-sha256") {
      BOOST_TEST(base.size() == 382U);
      BOOST_TEST(digest(base) ==
                 "ab4541a74a7f242f027e6ee7d4fef1ac051a0da2cbf97cafaea7f4691e52bbc1");
    }
    if (name == "default profile, response") {
      BOOST_TEST(base.size() == 546U);
      BOOST_TEST(digest(base) ==
                 "8769fbca084818de06a56015cb43107e2ac02fe3a4a67e291db1d85c182e4858");
    }
  }
}

BOOST_AUTO_TEST_CASE(what_is_not_canonical_is_written_canonically) {
  const request_text text{"GET", "/", "a", "https", "", {{"E", ""}}};
  const viewed v(text);
  BOOST_TEST(base_of(R"((  "@path"   "e" );  created=007;x=?1)", message_of(v.view)).value() ==
             "\"@path\": /\n\"e\": \n\"@signature-params\": (\"@path\" \"e\");created=7;x");
  BOOST_TEST(base_of("()", message_of(v.view)).value() == "\"@signature-params\": ()");
}

BOOST_AUTO_TEST_CASE(a_component_that_is_there_twice_is_refused) {
  const request_text text{"GET", "/?a=1&b=2", "a", "https", "", {{"E", "k=1, l=2"}}};
  const viewed v(text);
  for (const std::string list :
       {R"(("@path" "@path"))", R"(("e" "@path" "e"))", R"(("e";key="k" "e";key="k"))",
        R"(("@query-param";name="a" "@query-param";name="a"))"})
    BOOST_TEST(!base_of(list, message_of(v.view)).has_value(), list);
  for (const std::string list : {R"(("e" "e";bs))", R"(("e";key="k" "e";key="l" "e"))",
                                 R"(("@query-param";name="a" "@query-param";name="b"))"})
    BOOST_TEST(base_of(list, message_of(v.view)).has_value(), list);
  // The order of parameters makes no other component of it.
  const ::core::http::field fields[] = {{"E", "k=1"}};
  const ::core::scheme::signed_message reply{fields, &v.view, 200};
  BOOST_TEST(!base_of(R"(("e";req;key="k" "e";key="k";req))", reply).has_value());
  BOOST_TEST(base_of(R"(("e";key="k" "e";key="k";req))", reply).has_value());
  // The member without a name, which no dictionary has, isn't the whole of it.
  sf::field in;
  ::core::scheme::covered_components covered;
  BOOST_TEST(in.parse_dictionary(R"(a=("e" "e";key=""))"));
  BOOST_TEST(covered.parse(in, in.members().front(), false, {.key = true}).has_value());
}

BOOST_AUTO_TEST_CASE(a_component_that_the_message_lacks_is_refused) {
  const request_text text{"GET", "/", "a", "https", "", {}};
  const viewed v(text);
  BOOST_TEST(!base_of(R"(("e"))", message_of(v.view)).has_value());
  BOOST_TEST(!base_of("1", message_of(v.view)).has_value());
}

BOOST_AUTO_TEST_CASE(covered_is_what_is_covered_without_parameters) {
  sf::field in;
  ::core::scheme::covered_components covered;
  BOOST_TEST(in.parse_dictionary(
      R"(a=("@status" "a" "b";req "c";bs "d";sf "e";key="x" "@query-param";name="a";req "@path";req))"));
  BOOST_TEST(covered.parse(in, in.members().front(), true, {true, true, true}).has_value());
  BOOST_TEST(covered.has(in, "@status"));
  BOOST_TEST(covered.has(in, "a"));
  for (const std::string_view name : {"b", "c", "d", "e", "f", "@query-param", "@path", "A"})
    BOOST_TEST(!covered.has(in, name), name);
  BOOST_TEST(covered.has_of_request(in, "b"));
  BOOST_TEST(covered.has_of_request(in, "@path"));
  for (const std::string_view name : {"a", "c", "@status", "@query-param"})
    BOOST_TEST(!covered.has_of_request(in, name), name);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
