// SPDX-License-Identifier: Apache-2.0
#include "core/scheme/extraction.hpp"

#include <boost/test/unit_test.hpp>
#include <optional>
#include <string>

namespace {

using core::base::errc;
using core::scheme::extraction;
using core::scheme::extraction_settings;

/// The values, each in brackets; or "malformed".
std::string values(const extraction_settings& settings, std::string_view text) {
  const auto found = extraction(settings).values(text);
  if (!found) return "malformed";
  std::string out;
  for (const std::string_view one : *found) out.append("[").append(one).append("]");
  return out;
}

using kv_rule = std::optional<core::scheme::kv_rule>;
using list_rule = std::optional<core::scheme::list_rule>;

const extraction_settings whole{"X-A", {}, {}, {}};
const extraction_settings prefixed{"X-A", "v0=", {}, {}};
const extraction_settings kv{"X-A", {}, kv_rule{{.key = "v1"}}, {}};
const extraction_settings picked{"X-A", {}, {}, list_rule{{.sep = ' ', .pick = "v1,"}}};
const extraction_settings quoted{"X-A", "hmac ", kv_rule{{.key = "signature", .quoted = true}}, {}};

}  // namespace

namespace tests {  // apart from core's own names
BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(scheme)
BOOST_AUTO_TEST_SUITE(extraction)

BOOST_AUTO_TEST_CASE(the_whole_field_is_one_value) {
  BOOST_TEST(values(whole, "a, b=c") == "[a, b=c]");
  BOOST_TEST(values(whole, "") == "[]");
}

BOOST_AUTO_TEST_CASE(a_prefix_must_be_there_in_its_letters) {
  BOOST_TEST(values(prefixed, "v0=ab") == "[ab]");
  BOOST_TEST(values(prefixed, "v0=") == "[]");
  for (const char* text : {"", "V0=ab", "ab", " v0=ab", "v0"})
    BOOST_TEST(values(prefixed, text) == "malformed", text);
}

BOOST_AUTO_TEST_CASE(every_entry_with_the_key_counts_and_no_other) {
  BOOST_TEST(values(kv, "t=1,v1=a,v0=b,v1=c") == "[a][c]");
  BOOST_TEST(values(kv, " t=1 , v1 = a \t, v1=") == "[a][]");
  BOOST_TEST(values(kv, "v1=a=b") == "[a=b]");
  BOOST_TEST(values(kv, "v1,V1=a,xv1=b,,=c").empty());
  // A quote is one character more where none is expected.
  BOOST_TEST(values(kv, R"(v1=a",v1=c,v1="d")") == R"([a"][c]["d"])");
  BOOST_TEST(values(kv, "").empty());
}

BOOST_AUTO_TEST_CASE(signs_of_a_kv_list_may_be_others) {
  const extraction_settings other{"X-A", {}, kv_rule{{.key = "s", .sep = ';', .assign = ':'}}, {}};
  BOOST_TEST(values(other, "t:1;s:a=b,c") == "[a=b,c]");
}

BOOST_AUTO_TEST_CASE(entries_of_a_list_are_picked_by_their_beginning) {
  BOOST_TEST(values(picked, "v1,a v1a,b v1,c") == "[a][c]");
  BOOST_TEST(values(picked, "v1,a  v1,c") == "[a][c]");
  BOOST_TEST(values(picked, "V1,a").empty());
}

BOOST_AUTO_TEST_CASE(a_separator_within_quotes_is_none) {
  BOOST_TEST(values(quoted, R"(hmac username="a,signature=\"b",signature="c=,d")") == "malformed");
  BOOST_TEST(values(quoted, R"(hmac username="a,signature=b", created=1, signature="c=,d")") ==
             "[c=,d]");
  BOOST_TEST(values(quoted, R"(hmac signature="")") == "[]");
  for (const char* text :
       {R"(hmac signature=c)", R"(hmac signature="c)", R"(hmac signature="c"d)",
        R"(hmac signature=")", R"(hmac signature="c\d")", R"(hmac signature="a"b"c")",
        R"(signature="c")", "hmac signature=", "hmac signature=abc", R"(hmac signature=a"b")",
        R"(hmac signature="a"b)", R"(hmac signature="a" "b")"})
    BOOST_TEST(values(quoted, text) == "malformed", text);
}

BOOST_AUTO_TEST_CASE(more_than_eight_values_are_refused) {
  std::string text = "v1=0";
  for (int i = 1; i < 8; ++i) text += ",v1=" + std::to_string(i);
  BOOST_TEST(values(kv, text) == "[0][1][2][3][4][5][6][7]");
  BOOST_TEST(values(kv, text + ",t=1").size() == 24U);
  BOOST_TEST(values(kv, text + ",v1=8") == "malformed");
  text = "hmac signature=\"0\"";
  for (int i = 1; i < 8; ++i) text += ",signature=\"" + std::to_string(i) + "\"";
  BOOST_TEST(values(quoted, text) == "[0][1][2][3][4][5][6][7]");
  BOOST_TEST(values(quoted, text + ",signature=\"8\"") == "malformed");
}

BOOST_AUTO_TEST_CASE(where_one_value_is_wanted_two_are_refused) {
  const ::core::scheme::extraction one(kv);
  BOOST_TEST(one.only_value("v1=a").value().value() == "a");
  BOOST_TEST(!one.only_value("t=a").value().has_value());
  BOOST_TEST((one.only_value("v1=a,v1=a").error() == errc::duplicate_field));
  BOOST_TEST(
      (::core::scheme::extraction(prefixed).only_value("x").error() == errc::malformed_field));
}

BOOST_AUTO_TEST_CASE(a_field_is_found_in_any_case_and_counted) {
  ::core::http::fields all;
  all.add("x-a", "1");
  all.add("X-B", "2");
  all.add("X-A", "3");
  const auto found = ::core::scheme::extraction(whole).find(all);
  BOOST_TEST(found.count == 2U);
  BOOST_TEST(found.value == "1");
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
