// SPDX-License-Identifier: Apache-2.0
#include "core/http/structured.hpp"

#include <boost/test/unit_test.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/http/structured_print.hpp"

namespace {

namespace sf = core::http::structured;

using printed = std::optional<std::string>;

/// The serializer's text, or nothing for what is refused. What is called canonical must be it.
printed dictionary_of(std::string_view text) {
  const auto f = std::make_unique<sf::field>();
  if (!f->parse_dictionary(text)) return std::nullopt;
  std::string out;
  sf::print_dictionary(out, *f);
  BOOST_TEST(f->is_canonical() == (out == f->text()), text << " -> " << out);
  return out;
}

printed list_of(std::string_view text) {
  const auto f = std::make_unique<sf::field>();
  if (!f->parse_list(text)) return std::nullopt;
  std::string out;
  sf::print_list(out, *f);
  BOOST_TEST(f->is_canonical() == (out == f->text()), text << " -> " << out);
  return out;
}

printed item_of(std::string_view text) {
  const auto f = std::make_unique<sf::field>();
  if (!f->parse_item(text)) return std::nullopt;
  std::string out;
  sf::print_item(out, *f, f->members().front().self);
  BOOST_TEST(f->is_canonical() == (out == f->text()), text << " -> " << out);
  return out;
}

/// A dictionary with so many members, `a0, a1, …`.
std::string members(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += (i == 0 ? "a" : ", a") + std::to_string(i);
  return text;
}

std::string repeated(std::string_view unit, std::size_t count) {
  std::string text;
  while (count-- != 0) text += unit;
  return text;
}

constexpr std::string_view signature_input =
    R"(sig=("@method" "@authority" "@query-param";name="a" "content-digest");created=1700000000;)"
    R"(keyid="client-1";nonce="AAECAwQFBgcICQoLDA0ODw";alg="hmac-sha256";tag="gw")";

}  // namespace

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(http)
BOOST_AUTO_TEST_SUITE(structured)

BOOST_AUTO_TEST_CASE(what_is_written_canonically_is_written_back_as_it_is) {
  for (const std::string_view text :
       {"a=1, b=2;x=1;y=2, c=(a b c), d", "a=()", "a", "a;x", "a=?0", "a;x=?0", "*a-_.9=*tok/en:!",
        "a=-17, b=0, c=999999999999999", "a=1.5, b=-0.5, c=999999999999.999, d=0.0",
        R"(a="", b="q\"u\\o", c="x y~")",
        "a=::, b=:QQ==:, c=:QUI=:, d=:QUJD:", R"(a=("x";req "y";key="k");z=1)"})
    BOOST_TEST(*dictionary_of(text) == text);
  BOOST_TEST(*dictionary_of(signature_input) == signature_input);
  BOOST_TEST(*dictionary_of("") == "");
  BOOST_TEST(*list_of("a, (b c);d, 1") == "a, (b c);d, 1");
  BOOST_TEST(*list_of("") == "");
  BOOST_TEST(*item_of(R"("a";b="c";d)") == R"("a";b="c";d)");
}

BOOST_AUTO_TEST_CASE(what_is_written_otherwise_is_written_back_canonically) {
  BOOST_TEST(*dictionary_of("  a=1,    b=2;  x=1;y=2,\t \tc=(  a   b   c ),d  ") ==
             "a=1, b=2;x=1;y=2, c=(a b c), d");
  BOOST_TEST(*dictionary_of("a=?1, b=?1;c=?1;d=?0") == "a, b;c;d=?0");
  BOOST_TEST(*dictionary_of("a=007, b=-0, c=00, d=-007") == "a=7, b=0, c=0, d=-7");
  BOOST_TEST(*dictionary_of("a=01.50, b=-0.0, c=-0.10, d=0.000") == "a=1.5, b=0.0, c=-0.1, d=0.0");
  BOOST_TEST(*list_of("a,b , c") == "a, b, c");
  BOOST_TEST(*list_of("?1, (?1);x=?1") == "?1, (?1);x");
  BOOST_TEST(*item_of("  1 ") == "1");
  // One by one: each alone makes another text of it.
  BOOST_TEST(*item_of("007") == "7");
  BOOST_TEST(*item_of("00") == "0");
  BOOST_TEST(*item_of("-0") == "0");
  BOOST_TEST(*item_of("00.5") == "0.5");
  BOOST_TEST(*item_of("-0.0") == "0.0");
  BOOST_TEST(*item_of("0.50") == "0.5");
  BOOST_TEST(*item_of("1.000") == "1.0");
}

BOOST_AUTO_TEST_CASE(a_dictionary_outside_the_syntax_is_refused) {
  for (const std::string_view text : {"a,",
                                      "a, ",
                                      ",a",
                                      "a,,b",
                                      "a b",
                                      "a=",
                                      "=1",
                                      "A=1",
                                      "1a=1",
                                      "-a",
                                      "a =1",
                                      "a= 1",
                                      "\ta",
                                      "a\t",
                                      "a=1 ;x",
                                      "a=1; ",
                                      "a=1;",
                                      "a=1;X",
                                      "a=1;x= 1",
                                      "a=1;x =1",
                                      "a=1;x=",
                                      "a=(",
                                      "a=)",
                                      "a=(1",
                                      "a=(1\t2)",
                                      "a=(1,2)",
                                      "a=(1)2",
                                      "a=(\"x\"\"y\")",
                                      "a=(:QQ )",
                                      "a=(:QQ)",
                                      "a=(?)",
                                      "a=(1. 2)",
                                      "a=(1;x= 2)",
                                      "a=(-)",
                                      "a=((1))",
                                      "a=(1);",
                                      "a=\"",
                                      "a=\"x",
                                      "a=\"\\x\"",
                                      "a=\"\\",
                                      "a=\"\x7F\"",
                                      "a=\"\t\"",
                                      "a=\"\xC3\xA4\"",
                                      "\xC3\xA4",
                                      "a=1\r\n",
                                      "a=?",
                                      "a=?2",
                                      "a=?10",
                                      "a=?true",
                                      "a=@1700000000",
                                      "a=%\"x\"",
                                      "a=-",
                                      "a=--1",
                                      "a=+1",
                                      "a=1.",
                                      "a=.1",
                                      "a=1.1234",
                                      "a=1e3",
                                      "a=1000000000000000",
                                      "a=1000000000000.1",
                                      "a=1.2.3",
                                      "a=tok\"en",
                                      "a={}",
                                      "a=!"})
    BOOST_TEST(!dictionary_of(text), text);
  using namespace std::string_view_literals;
  BOOST_TEST(!dictionary_of("a\0"sv));
  BOOST_TEST(!dictionary_of("a=\"\0\""sv));
}

BOOST_AUTO_TEST_CASE(a_byte_outside_the_syntax_is_seen_wherever_it_stands) {
  for (std::size_t size = 1; size <= 20; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      const auto with = [&](std::string_view before, char usual, char odd, std::string_view after) {
        std::string text(size, usual);
        text[at] = odd;
        return std::string(before) + text + std::string(after);
      };
      BOOST_TEST(dictionary_of(with("a=\"", 'x', 'y', "\"")).has_value());
      for (const char odd : {'"', '\\', '\x1F', '\x7F', '\x80', '\t'})
        BOOST_TEST(!dictionary_of(with("a=\"", 'x', odd, "\"")), size << ' ' << at << ' ' << odd);
      BOOST_TEST(!dictionary_of(with("", 'k', 'K', "=1")));
      BOOST_TEST(!dictionary_of(with("a=", 't', '"', "")));
      BOOST_TEST(!dictionary_of(with("a=:", 'A', '-', ":")));
      BOOST_TEST(dictionary_of(with("", 'k', 'z', "=1")).has_value());
    }
  }
}

BOOST_AUTO_TEST_CASE(base64_must_be_canonical) {
  for (const std::string_view text :
       {"a=:", "a=:QQ==", "a=:QQ:", "a=:QQ=:", "a=:QR==:", "a=:QUI:", "a=:QUJ=:", "a=:Q:",
        "a=:Q===:", "a=:====:", "a=:QQ==QQ==:", "a=:QUJD====:", "a=: QUJD:", "a=:QU JD:",
        "a=:QUJ-:", "a=:QUJ_:", "a=:QUJDQ:", "a=:==:", "a=:=:"})
    BOOST_TEST(!dictionary_of(text), text);
  BOOST_TEST(dictionary_of("a=:+/+/:").has_value());
}

BOOST_AUTO_TEST_CASE(a_name_that_stands_there_twice_is_refused) {
  BOOST_TEST(!dictionary_of("a=1, a=2"));
  BOOST_TEST(!dictionary_of("a=1, b, a"));
  BOOST_TEST(!dictionary_of("a=1;x=1;x=1"));
  BOOST_TEST(!dictionary_of("a;x;y;x"));
  BOOST_TEST(!dictionary_of("a=(1);x;x"));
  BOOST_TEST(!item_of("1;x;x"));
  BOOST_TEST(dictionary_of("a;x, b;x").has_value());
  BOOST_TEST(dictionary_of("a=(1;x 2;x);x").has_value());
}

BOOST_AUTO_TEST_CASE(an_item_is_one_and_whole) {
  for (const std::string_view text : {"", "  ", "1 2", "1,2", "(1)", "1;", "1x", "\"a\"b"})
    BOOST_TEST(!item_of(text), text);
  for (const std::string_view text : {"a,", "(a", ",", "a;"}) BOOST_TEST(!list_of(text), text);
}

BOOST_AUTO_TEST_CASE(there_is_room_for_so_much_and_no_more) {
  BOOST_TEST(dictionary_of(members(sf::field::max_members)).has_value());
  BOOST_TEST(!dictionary_of(members(sf::field::max_members + 1)));
  BOOST_TEST(dictionary_of("a=(" + repeated("1 ", sf::field::max_items) + ")").has_value());
  BOOST_TEST(!dictionary_of("a=(" + repeated("1 ", sf::field::max_items + 1) + ")"));
  const auto parameters = [](std::size_t count) {
    std::string text = "1";
    for (std::size_t i = 0; i < count; ++i) text += ";p" + std::to_string(i);
    return text;
  };
  BOOST_TEST(item_of(parameters(sf::field::max_parameters)).has_value());
  BOOST_TEST(!item_of(parameters(sf::field::max_parameters + 1)));
  // Blanks around it are no part of it.
  const std::string longest(std::size_t{1} << 20, 'a');
  const auto f = std::make_unique<sf::field>();
  BOOST_TEST(f->parse_item(longest));
  BOOST_TEST(f->parse_dictionary("  " + longest + "  "));
  BOOST_TEST(f->parse_list(longest));
  BOOST_TEST(!f->parse_item(longest + "a"));
  BOOST_TEST(!f->parse_dictionary(longest + "a"));
  BOOST_TEST(!f->parse_list(longest + "a"));
}

BOOST_AUTO_TEST_CASE(every_beginning_is_taken_for_what_it_is) {
  // Whatever a text is cut to, it is refused or prints as a text that reads the same again.
  const std::string text =
      std::string(signature_input) + ", b=?1;c=-0.50;d=:QUI=:;e=*t, f=(\"\\\"\"  tok), g";
  for (std::size_t size = 0; size <= text.size(); ++size) {
    const std::string cut = text.substr(0, size);
    const printed once = dictionary_of(cut);
    // What stands behind the end is no part of it.
    BOOST_TEST((dictionary_of(std::string_view(text).substr(0, size)) == once), cut);
    if (once) BOOST_TEST(*dictionary_of(*once) == *once, cut);
  }
  BOOST_TEST(dictionary_of(text).has_value());
  for (const char more : {',', '=', '"', '\t', '(', '\n'})
    BOOST_TEST(!dictionary_of(text + more), int{more});
}

BOOST_AUTO_TEST_CASE(members_parameters_and_numbers_are_found) {
  sf::field f;
  BOOST_REQUIRE(f.parse_dictionary(signature_input));
  const sf::member* const sig = f.find("sig");
  BOOST_REQUIRE(sig != nullptr);
  BOOST_TEST(f.find("si") == nullptr);
  BOOST_TEST(sig->is_inner_list);
  BOOST_TEST(f[sig->self.text] == signature_input.substr(4));
  BOOST_REQUIRE(f.items(*sig).size() == 4U);
  const sf::item& third = f.items(*sig)[2];
  BOOST_TEST(f[third.value.text] == "@query-param");
  BOOST_TEST(f[third.text] == R"("@query-param";name="a")");
  BOOST_TEST(f[f.find_parameter(third, "name")->value.text] == "a");
  BOOST_TEST(f.find_parameter(third, "key") == nullptr);
  BOOST_TEST(*f.integer(f.find_parameter(sig->self, "created")->value) == 1700000000);
  BOOST_TEST(!f.integer(f.find_parameter(sig->self, "keyid")->value));
  BOOST_TEST(f.parameters(sig->self).size() == 5U);

  BOOST_REQUIRE(f.parse_item("-999999999999999"));
  BOOST_TEST(*f.integer(f.members().front().self.value) == -999999999999999);
  BOOST_REQUIRE(f.parse_item("1.0"));
  BOOST_TEST(!f.integer(f.members().front().self.value));
}

BOOST_AUTO_TEST_CASE(keys_are_told_from_what_is_none) {
  for (const std::string_view key : {"a", "*", "a1", "a-b_c.d*", "*9"})
    BOOST_TEST(sf::is_key(key), key);
  for (const std::string_view none : {"", "A", "1", "aB", "-a", "_", ".", "a b", "a=", "a/"})
    BOOST_TEST(!sf::is_key(none), none);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
