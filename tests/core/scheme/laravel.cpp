// SPDX-License-Identifier: Apache-2.0
#include "core/scheme/laravel.hpp"

#include <boost/test/unit_test.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/encoding.hpp"
#include "core/keys/key_ring.hpp"
#include "tests/core/vectors.hpp"

namespace {

using namespace core;
using base::errc;
using scheme::laravel_construction;

constexpr std::string_view good_signature =
    "276b633610a53cefabdae7e95ac35cb2180e204eae074176be800ce37bcdd3e7";
constexpr std::int64_t now = 1700000000;

scheme::laravel make(laravel_construction construction = laravel_construction::a1) {
  scheme::laravel_settings settings;
  settings.construction = construction;
  return scheme::laravel(settings);
}

keys::generation make_key(std::string_view secret, std::int64_t from = 0,
                          std::int64_t until = 4000000000, std::string id = "first") {
  const base::secret key(secret);
  const base::secret aes("0123456789abcdef");
  return keys::make_generation(std::move(id), from, until, key, aes, crypto::cipher::aes_128_cbc);
}

keys::client make_client(std::vector<keys::generation> generations) {
  keys::client who;
  who.index = 1;
  who.id = "billing";
  who.token = "my_key";
  who.generations = std::move(generations);
  return who;
}

using field_list = std::vector<std::pair<std::string, std::string>>;

const field_list good_fields = {{"Host", "api.example.com"},
                                {"timestamp", "1700000000"},
                                {"version", "1.0.0"},
                                {"token", "my_key"},
                                {"signature", std::string(good_signature)}};

http::request_head head_of(const field_list& fields) {
  http::request_head head;
  head.method = "POST";
  head.target = "/api/endpoint";
  for (const auto& [name, value] : fields) head.fields.add(name, value);
  return head;
}

field_list with(std::string_view name, std::string value) {
  field_list fields = good_fields;
  for (auto& field : fields)
    if (field.first == name) field.second = std::move(value);
  return fields;
}

field_list without(std::string_view name) {
  field_list fields = good_fields;
  std::erase_if(fields, [name](const auto& field) { return field.first == name; });
  return fields;
}

std::optional<errc> refusal(const field_list& fields) {
  const auto inspected = make().inspect(head_of(fields));
  if (inspected.has_value()) return std::nullopt;
  return inspected.error();
}

scheme::claim good_claim() { return make().inspect(head_of(good_fields)).value(); }

}  // namespace

BOOST_TEST_DONT_PRINT_LOG_VALUE(::core::base::errc)
BOOST_TEST_DONT_PRINT_LOG_VALUE(std::optional<::core::base::errc>)
BOOST_TEST_DONT_PRINT_LOG_VALUE(std::nullopt_t)

namespace tests {  // apart from core's own names
BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(scheme)
BOOST_AUTO_TEST_SUITE(laravel)

BOOST_AUTO_TEST_CASE(all_signature_vectors_hold) {
  int seen = 0;
  for (const auto& v : tests::vectors("laravel.json", "laravel_signature")) {
    const std::string variant = tests::text(v, "variant");
    const auto construction = variant.starts_with("A1")   ? laravel_construction::a1
                              : variant.starts_with("A2") ? laravel_construction::a2
                                                          : laravel_construction::a3;
    const keys::generation key = make_key(tests::text(v, "secret"));
    const std::string timestamp = tests::text(v, "timestamp");
    const std::string signature = tests::text(v, "signature_hex");
    ::core::scheme::claim c;
    c.timestamp_text = timestamp;
    BOOST_TEST_REQUIRE(base::unhex(signature, c.signature));
    // HMAC(key = timestamp) is what nobody may be able to configure: no construction of ours makes
    // it.
    const bool ours = !variant.starts_with("A4");
    BOOST_TEST((make(construction).sign(timestamp, key) == signature) == ours);
    BOOST_TEST(make(construction).verify(c, key) == ours);
    for (const auto other :
         {laravel_construction::a1, laravel_construction::a2, laravel_construction::a3})
      if (other != construction) BOOST_TEST(!make(other).verify(c, key));
    ++seen;
  }
  BOOST_TEST(seen == 8);
}

BOOST_AUTO_TEST_CASE(a_claim_holds_what_the_fields_say) {
  const ::core::scheme::claim c = good_claim();
  BOOST_TEST(c.token == "my_key");
  BOOST_TEST(c.version == "1.0.0");
  BOOST_TEST(c.timestamp_text == "1700000000");
  BOOST_TEST(c.timestamp == 1700000000);
  BOOST_TEST(base::hex({c.signature.data(), c.signature.size()}) == good_signature);
}

BOOST_AUTO_TEST_CASE(field_names_have_no_case_and_are_configurable) {
  field_list fields = good_fields;
  fields[1].first = "TimeStamp";
  BOOST_TEST(!refusal(fields));

  ::core::scheme::laravel_settings settings;
  settings.timestamp_field = "X-Time";
  const ::core::scheme::laravel renamed(settings);
  BOOST_TEST(renamed.credential_fields()[0] == "X-Time");
  BOOST_TEST(renamed.inspect(head_of(good_fields)).error() == errc::missing_field);
  fields[1].first = "x-time";
  BOOST_TEST(renamed.inspect(head_of(fields)).has_value());
}

BOOST_AUTO_TEST_CASE(no_field_at_all_is_a_missing_credential) {
  BOOST_TEST(refusal({{"Host", "x"}}) == errc::missing_credential);
  BOOST_TEST(refusal({}) == errc::missing_credential);
}

BOOST_AUTO_TEST_CASE(each_of_the_four_fields_is_required) {
  for (const char* name : {"timestamp", "version", "token", "signature"})
    BOOST_TEST(refusal(without(name)) == errc::missing_field);
}

BOOST_AUTO_TEST_CASE(a_field_that_stands_there_twice_is_refused_even_if_equal) {
  for (std::size_t i = 1; i < good_fields.size(); ++i) {
    field_list fields = good_fields;
    fields.push_back(good_fields[i]);
    BOOST_TEST(refusal(fields) == errc::duplicate_field);
    fields.back().first[0] = static_cast<char>(fields.back().first[0] - 32);
    BOOST_TEST(refusal(fields) == errc::duplicate_field);
  }
  // Also where another one is missing or malformed: what is repeated is said first.
  field_list fields = without("token");
  fields.emplace_back("version", "x y");
  BOOST_TEST(refusal(fields) == errc::duplicate_field);
}

BOOST_AUTO_TEST_CASE(timestamps_are_plain_decimal_seconds) {
  for (const char* text : {"0", "1", "1700000000", "99999999999"})
    BOOST_TEST(!refusal(with("timestamp", text)));
  for (const char* text :
       {"", "00", "01700000000", "-1", "+1", "1.0", "1e9", "0x10", " 1", "1 ", "170000000000",
        "17000000000000000000", "\xEF\xBC\x91", "1_000", "1\t", "1,000"})
    BOOST_TEST(refusal(with("timestamp", text)) == errc::malformed_field, text);
}

BOOST_AUTO_TEST_CASE(versions_have_a_small_alphabet) {
  for (const char* text : {"1", "1.0.0", "2.0.0-rc.1+build_5", "abcdefghijklmnopqrstuvwxyz012345"})
    BOOST_TEST(!refusal(with("version", text)));
  for (const char* text :
       {"", "1 0", "1.0\n", "\"1\"", "1/2", "v\xC3\xA9", "abcdefghijklmnopqrstuvwxyz0123456"})
    BOOST_TEST(refusal(with("version", text)) == errc::malformed_field, text);
}

BOOST_AUTO_TEST_CASE(tokens_are_visible_and_short) {
  BOOST_TEST(!refusal(with("token", "!~")));
  BOOST_TEST(!refusal(with("token", std::string(128, 'k'))));
  BOOST_TEST(refusal(with("token", std::string(129, 'k'))) == errc::malformed_field);
  for (const char* text : {"", "a b", "a\tb", "k\x7F", "k\xC3\xA9", " k"})
    BOOST_TEST(refusal(with("token", text)) == errc::malformed_field, text);
}

BOOST_AUTO_TEST_CASE(signatures_are_64_lower_case_digits) {
  const std::string good(good_signature);
  std::string upper = good;
  upper[2] = 'B';
  for (const std::string& text :
       {std::string(), good.substr(1), good + "0", good + " ", upper, "0x" + good.substr(2),
        good.substr(0, 63) + "g", good.substr(0, 32)})
    BOOST_TEST(refusal(with("signature", text)) == errc::malformed_field, text);
}

BOOST_AUTO_TEST_CASE(every_changed_digit_of_the_signature_is_a_bad_signature) {
  const keys::client who = make_client({make_key("0123456789abcdef")});
  BOOST_TEST_REQUIRE(::core::scheme::prove(make(), good_claim(), who, now).has_value());
  for (std::size_t at = 0; at < good_signature.size(); ++at) {
    std::string changed(good_signature);
    changed[at] = changed[at] == '0' ? '1' : '0';
    const field_list fields = with("signature", changed);
    const ::core::scheme::claim c = make().inspect(head_of(fields)).value();
    BOOST_TEST(::core::scheme::prove(make(), c, who, now).error() == errc::bad_signature);
  }
}

BOOST_AUTO_TEST_CASE(every_changed_digit_of_the_timestamp_is_a_bad_signature) {
  const keys::client who = make_client({make_key("0123456789abcdef")});
  for (std::size_t at = 0; at < 10; ++at) {
    std::string changed = "1700000000";
    changed[at] = changed[at] == '5' ? '6' : '5';
    const field_list fields = with("timestamp", changed);
    const ::core::scheme::claim c = make().inspect(head_of(fields)).value();
    BOOST_TEST(::core::scheme::prove(make(), c, who, now).error() == errc::bad_signature);
  }
}

BOOST_AUTO_TEST_CASE(another_secret_or_construction_is_a_bad_signature) {
  const keys::client other = make_client({make_key("0123456789abcdeg")});
  BOOST_TEST(::core::scheme::prove(make(), good_claim(), other, now).error() ==
             errc::bad_signature);
  const keys::client who = make_client({make_key("0123456789abcdef")});
  BOOST_TEST(
      ::core::scheme::prove(make(laravel_construction::a2), good_claim(), who, now).error() ==
      errc::bad_signature);
  BOOST_TEST(
      ::core::scheme::prove(make(laravel_construction::a3), good_claim(), who, now).error() ==
      errc::bad_signature);
}

BOOST_AUTO_TEST_CASE(the_generation_that_signed_is_found_among_several) {
  const keys::client who = make_client({make_key("newest-newest-00", 0, 4000000000, "c"),
                                        make_key("0123456789abcdef", 0, 4000000000, "b"),
                                        make_key("oldest-oldest-00", 0, 4000000000, "a")});
  const auto proven = ::core::scheme::prove(make(), good_claim(), who, now);
  BOOST_TEST_REQUIRE(proven.has_value());
  BOOST_TEST((*proven)->id == "b");
}

BOOST_AUTO_TEST_CASE(the_first_of_two_equal_generations_matches) {
  const keys::client who = make_client({make_key("0123456789abcdef", 0, 4000000000, "b"),
                                        make_key("0123456789abcdef", 0, 4000000000, "a")});
  BOOST_TEST(::core::scheme::prove(make(), good_claim(), who, now).value()->id == "b");
}

BOOST_AUTO_TEST_CASE(a_secret_out_of_force_proves_nothing) {
  const auto outcome = [](std::int64_t from, std::int64_t until) {
    return ::core::scheme::prove(make(), good_claim(),
                                 make_client({make_key("0123456789abcdef", from, until)}), now);
  };
  BOOST_TEST(outcome(now, now + 1).has_value());
  BOOST_TEST(outcome(now - 1, now).error() == errc::no_secret_in_force);
  BOOST_TEST(outcome(now + 1, now + 2).error() == errc::no_secret_in_force);
  // Beside one that is in force but doesn't match.
  const keys::client who =
      make_client({make_key("another-secret-0"), make_key("0123456789abcdef", 0, now)});
  BOOST_TEST(::core::scheme::prove(make(), good_claim(), who, now).error() == errc::bad_signature);
  BOOST_TEST(::core::scheme::prove(make(), good_claim(), make_client({}), now).error() ==
             errc::no_secret_in_force);
}

BOOST_AUTO_TEST_CASE(the_dummy_never_matches_even_with_its_own_key) {
  keys::client dummy = make_client({make_key("0123456789abcdef")});
  dummy.index = 0;
  BOOST_TEST(::core::scheme::prove(make(), good_claim(), dummy, now).error() ==
             errc::bad_signature);
}

BOOST_AUTO_TEST_CASE(a_reply_is_signed_as_the_format_says) {
  const keys::generation key = make_key("0123456789abcdef");
  const std::string_view mark = "7e835d59d175775216a79fc73b6f81b83c7b1f1c54844ea220f38b14e1ec0636";
  const std::string signature =
      ::core::scheme::laravel::sign_reply(1700000001, 200, mark, R"({"data":"x"})", key);
  BOOST_TEST(signature == "c105595a1721c0b0ca62e13c2cf26eeb0ee41c221c6dc26a8d581e8953f7545b");
  BOOST_TEST(::core::scheme::laravel::sign_reply(1700000002, 200, mark, R"({"data":"x"})", key) !=
             signature);
  BOOST_TEST(::core::scheme::laravel::sign_reply(1700000001, 201, mark, R"({"data":"x"})", key) !=
             signature);
  BOOST_TEST(::core::scheme::laravel::sign_reply(1700000001, 200, "", R"({"data":"x"})", key) !=
             signature);
  BOOST_TEST(::core::scheme::laravel::sign_reply(1700000001, 200, mark, R"({"data":"y"})", key) !=
             signature);
}

BOOST_AUTO_TEST_CASE(a_replys_signature_proves_no_request) {
  const keys::client who = make_client({make_key("0123456789abcdef")});
  const std::string reply =
      ::core::scheme::laravel::sign_reply(now, 200, "", "", who.generations[0]);
  for (const auto construction :
       {laravel_construction::a1, laravel_construction::a2, laravel_construction::a3}) {
    const field_list fields = with("signature", reply);
    const ::core::scheme::claim c = make().inspect(head_of(fields)).value();
    BOOST_TEST(::core::scheme::prove(make(construction), c, who, now).error() ==
               errc::bad_signature);
  }
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
