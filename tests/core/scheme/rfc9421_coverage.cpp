// SPDX-License-Identifier: Apache-2.0
// Signatures that are right and prove too little: each is one that a verifier has taken for more.

#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/core/scheme/signed_messages.hpp"

namespace {

using namespace core;
using scheme::rfc9421_settings;

const keys::scheme_key& good_key() {
  static const keys::scheme_key key = tests::mac_key(tests::client_secret);
  return key;
}

/// Of the default profile's request with another list of components, signed as it stands.
std::string with_list(const std::string& list, const rfc9421_settings& settings = {},
                      const tests::field_list& more = {}) {
  tests::request_text text = tests::good_request();
  text.add(more);
  text.set("Signature-Input", "sig=" + list + tests::good_parameters);
  tests::sign_again(text, good_key(), settings);
  return tests::outcome(text, good_key(), settings);
}

std::string with_fields(const std::string& input, const std::string& signature,
                        const rfc9421_settings& settings = {}) {
  tests::request_text text = tests::good_request();
  text.set("Signature-Input", input);
  text.set("Signature", signature);
  return tests::outcome(text, good_key(), settings);
}

const std::string good_input = "sig=" + tests::good_components + tests::good_parameters;
const std::string good_signature = "sig=:AGOf3JCp+yBk1cX5xjqb8sR/zwSrdzUY8jmc9MEu2Ec=:";

}  // namespace

namespace tests {
BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(scheme)
BOOST_AUTO_TEST_SUITE(rfc9421_coverage)

BOOST_AUTO_TEST_CASE(each_required_component_must_be_covered) {
  const std::vector<std::string> names{"@method", "@authority",   "@path",
                                       "@query",  "content-type", "content-digest"};
  std::string all;
  for (const std::string& left_out : names) {
    std::string list;
    for (const std::string& name : names)
      if (name != left_out) list += (list.empty() ? "\"" : " \"") + name + "\"";
    BOOST_TEST(with_list("(" + list + ")") == "not_covered", left_out);
    all += (all.empty() ? "\"" : " \"") + left_out + "\"";
  }
  BOOST_TEST(with_list("(" + all + ")") == "");
  BOOST_TEST(with_list("()") == "not_covered");
}

BOOST_AUTO_TEST_CASE(any_order_does_and_more_may_be_covered) {
  BOOST_TEST(
      with_list(
          R"(("host" "content-digest" "content-type" "@query" "@path" "@authority" "@method"))") ==
      "");
  BOOST_TEST(
      with_list(R"(("@method" "@authority" "@path" "@query" "content-type" "content-digest" "x"))",
                {}, {{"X", "1"}}) == "");
  BOOST_TEST(
      with_list(
          R"(("@method" "@authority" "@path" "@query" "content-type" "content-digest" "x"))") ==
      "missing_field");
  BOOST_TEST(
      with_list(
          R"(("@method" "@authority" "@path" "@query" "content-type" "content-digest" "@target-uri" "@scheme" "@request-target" "@query-param";name="b"))") ==
      "");
}

BOOST_AUTO_TEST_CASE(a_content_type_that_is_not_there_need_not_be_covered) {
  request_text text = good_request();
  text.erase("Content-Type");
  text.set("Signature-Input",
           R"(sig=("@method" "@authority" "@path" "@query" "content-digest"))" + good_parameters);
  sign_again(text, good_key());
  BOOST_TEST(outcome(text, good_key()) == "");
}

BOOST_AUTO_TEST_CASE(a_component_with_a_parameter_is_another_one) {
  const std::string before = R"(("@method" "@authority" "@path" "@query" "content-type" )";
  for (const std::string parameter : {";sf", ";bs", ";key=\"sha-256\"", ";req", ";tr", ";x"})
    BOOST_TEST(with_list(before + "\"content-digest\"" + parameter + ")") == "malformed_field",
               parameter);
  rfc9421_settings open;
  open.parameters = {true, true, true};
  for (const std::string parameter : {";sf", ";bs", ";key=\"sha-256\""}) {
    BOOST_TEST(with_list(before + "\"content-digest\"" + parameter + ")", open) == "not_covered",
               parameter);
    BOOST_TEST(
        with_list(before + "\"content-digest\" \"content-digest\"" + parameter + ")", open) == "",
        parameter);
  }
  for (const std::string parameter : {";req", ";tr", ";x"})
    BOOST_TEST(
        with_list(before + "\"content-digest\"" + parameter + ")", open) == "malformed_field",
        parameter);
  BOOST_TEST(
      with_list(R"(("@method";req "@authority" "@path" "@query" "content-type" "content-digest"))",
                open) == "malformed_field");
}

BOOST_AUTO_TEST_CASE(an_identifier_that_is_none_spoils_the_list) {
  const std::string before =
      R"(("@method" "@authority" "@path" "@query" "content-type" "content-digest" )";
  for (const std::string one :
       {R"("@nope")", R"("@status")", R"("@signature-params")", R"("Host")", "host", "1",
        R"("@path")", R"("content-digest")", R"("@query-param")", R"("@query-param";name="no")"})
    BOOST_TEST(with_list(before + one + ")") == "malformed_field", one);
}

BOOST_AUTO_TEST_CASE(one_signature_is_meant_and_no_other_is_there) {
  BOOST_TEST(with_fields(good_input, good_signature) == "");
  // Another tag, or none.
  for (const std::string tag : {"gw2", "GW", ""}) {
    const std::string input =
        "sig=" + good_components +
        R"(;created=1700000000;keyid="client-1";nonce="AAECAwQFBgcICQoLDA0ODw";tag=")" + tag + "\"";
    BOOST_TEST(with_fields(input, good_signature) == "missing_credential", tag);
  }
  BOOST_TEST(with_fields("sig=" + good_components, good_signature) == "missing_credential");
  BOOST_TEST(with_fields("sig=" + good_components + ";tag=gw", good_signature) ==
             "missing_credential");

  const std::string other_input = good_input + R"(, b=();tag="b")";
  const std::string other_signature = good_signature + ", b=:AAAA:";
  BOOST_TEST(with_fields(other_input, other_signature) == "malformed_field");
  rfc9421_settings several;
  several.other_signatures = true;
  BOOST_TEST(with_fields(other_input, other_signature, several) == "");
  BOOST_TEST(with_fields(R"(b=();tag="b")", "b=:AAAA:", several) == "missing_credential");
}

BOOST_AUTO_TEST_CASE(of_two_that_could_be_meant_none_is) {
  rfc9421_settings several;
  several.other_signatures = true;
  const std::string two = good_input + ", b" + good_input.substr(3);
  const std::string signatures = good_signature + ", b" + good_signature.substr(3);
  BOOST_TEST(with_fields(two, signatures, several) == "duplicate_field");
  several.label = "sig";
  BOOST_TEST(with_fields(two, signatures, several) == "");
  several.label = "c";
  BOOST_TEST(with_fields(two, signatures, several) == "missing_credential");
  several.label = "";
  several.tag = "";
  BOOST_TEST(with_fields(good_input + ", b=()", signatures, several) == "duplicate_field");
}

BOOST_AUTO_TEST_CASE(labels_are_the_same_in_both_fields) {
  rfc9421_settings several;
  several.other_signatures = true;
  BOOST_TEST(with_fields(good_input, "b" + good_signature.substr(3), several) == "malformed_field");
  BOOST_TEST(with_fields(good_input, good_signature + ", b=:AAAA:", several) == "malformed_field");
  BOOST_TEST(with_fields(good_input + ", b=()", good_signature, several) == "malformed_field");
  BOOST_TEST(with_fields(good_input + ", b=()", good_signature + ", c=:AAAA:", several) ==
             "malformed_field");
  BOOST_TEST(with_fields(good_input + ", b=1", good_signature + ", b=:AAAA:", several) ==
             "malformed_field");
  BOOST_TEST(with_fields(good_input + ", b=()", good_signature + ", b=1", several) ==
             "malformed_field");
  BOOST_TEST(with_fields("", "", several) == "missing_credential");
}

BOOST_AUTO_TEST_CASE(a_digest_counts_where_it_is_covered_and_recognised) {
  const auto with_digest = [](const std::string& digest) {
    request_text text = good_request();
    text.set("Content-Digest", digest);
    sign_again(text, good_key());
    return outcome(text, good_key());
  };
  BOOST_TEST(with_digest("sha-256=:k6I5cakU5erL8KjSUVTNownDwccvu5kU1Hxg88toFYg=:, md5=:AAAA:") ==
             "");
  BOOST_TEST(with_digest("md5=:+8Hf5ZUCTzT5bBsbYWpdZQ==:") == "malformed_field");
  BOOST_TEST(with_digest("") == "malformed_field");
  BOOST_TEST(with_digest("sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:") == "bad_digest");

  request_text text = good_request();
  text.fields.emplace_back("Repr-Digest", text.at("Content-Digest"));
  text.erase("Content-Digest");
  text.set("Signature-Input",
           R"(sig=("@method" "@authority" "@path" "@query" "content-type" "repr-digest"))" +
               good_parameters);
  sign_again(text, good_key());
  BOOST_TEST(outcome(text, good_key()) == "not_covered");

  // Else who changes the body could write its digest.
  rfc9421_settings unlisted;
  unlisted.required = {"@method"};
  BOOST_TEST(with_list(R"(("@method" "content-type"))", unlisted) == "not_covered");
  BOOST_TEST(with_list(R"(("@method" "content-type" "content-digest"))", unlisted) == "");

  // In the open form it may be left out, and what covers it stands for it all the same.
  rfc9421_settings open;
  open.content_digest = false;
  open.required = {"@method"};
  BOOST_TEST(with_list(R"(("@method" "content-type"))", open) == "");
  text = good_request();
  text.body = "another";
  BOOST_TEST(outcome(text, good_key(), open) == "bad_digest");
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
