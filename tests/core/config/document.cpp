// SPDX-License-Identifier: Apache-2.0
#include "core/config/document.hpp"

#include <boost/test/unit_test.hpp>

#include "core/config/report.hpp"
#include "tests/core/config/sample.hpp"

namespace {

using namespace core::config;

struct parsing {
  std::optional<node> root;
  std::vector<problem> problems;
};

parsing parse(std::string_view text) {
  report problems;
  auto root = parse_document(text, problems);
  return {std::move(root), problems.take()};
}

std::string said(const parsing& p) { return p.problems.empty() ? "" : p.problems.front().message; }

}  // namespace

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(config)
BOOST_AUTO_TEST_SUITE(document)

BOOST_AUTO_TEST_CASE(scalars_stay_the_text_they_are) {
  const auto got = parse("a: 010\nb: \"010\"\nc: 1.10\nd: yes\ne: 'it''s'\n");
  BOOST_REQUIRE(got.root);
  BOOST_TEST(got.root->find("a")->text == "010");
  BOOST_TEST(got.root->find("a")->plain);
  BOOST_TEST(!got.root->find("b")->plain);
  BOOST_TEST(got.root->find("c")->text == "1.10");
  BOOST_TEST(got.root->find("d")->text == "yes");
  BOOST_TEST(got.root->find("e")->text == "it's");
}

BOOST_AUTO_TEST_CASE(places_are_those_of_the_text) {
  const auto got = parse("# first\na:\n  - {b: 1,\n     c: \"2\"}\n");
  BOOST_REQUIRE(got.root);
  const node& item = got.root->find("a")->items.at(0);
  BOOST_TEST((item.at == place{3, 5}));
  BOOST_TEST((item.entries.at(1).at == place{4, 6}));
  BOOST_TEST((item.entries.at(1).value.at == place{4, 9}));
}

BOOST_AUTO_TEST_CASE(a_byte_order_mark_is_no_part_of_the_text) {
  const auto got = parse(
      "\xEF\xBB\xBF"
      "a: 1\n");
  BOOST_REQUIRE(got.root);
  BOOST_TEST(got.root->find("a")->text == "1");
  BOOST_TEST((got.root->entries.at(0).at == place{1, 1}));
}

BOOST_AUTO_TEST_CASE(windows_line_ends_are_line_ends) {
  const auto got = parse("a: 1\r\nb: two\r\n");
  BOOST_REQUIRE(got.root);
  BOOST_TEST(got.root->find("a")->text == "1");
  BOOST_TEST(got.root->find("b")->text == "two");
  BOOST_TEST((got.root->entries.at(1).at == place{2, 1}));
}

BOOST_AUTO_TEST_CASE(other_encodings_are_refused) {
  using namespace std::string_view_literals;
  BOOST_TEST(said(parse("\xFF\xFE"
                        "a\0:\0 \0"
                        "1\0"sv)) == "is not UTF-8 from here on");
  BOOST_TEST(said(parse("a: caf\xE9\n")) == "is not UTF-8 from here on");
  BOOST_TEST(said(parse("a: \xED\xA0\x80\n")) == "is not UTF-8 from here on");
  BOOST_TEST(said(parse("a: \xC0\x80\n")) == "is not UTF-8 from here on");
  BOOST_TEST(said(parse("a: cut \xC3")) == "is not UTF-8 from here on");
  BOOST_TEST(said(parse("\0a\0:\0 \0"
                        "1"sv))
                 .starts_with("a zero byte: is this UTF-16"));
}

BOOST_AUTO_TEST_CASE(what_yaml_cpp_takes_for_the_end_of_the_file_is_refused) {
  const auto got = parse(
      "a: 1\n\x04"
      "b: 2\n");
  BOOST_TEST(!got.root);
  BOOST_REQUIRE_EQUAL(got.problems.size(), 1U);
  BOOST_TEST(got.problems[0].line == 2U);
  BOOST_TEST(got.problems[0].column == 1U);
}

BOOST_AUTO_TEST_CASE(a_duplicate_key_names_the_first) {
  const auto got = parse("a: {b: 1, c: 2,\n b: 3}\n");
  BOOST_REQUIRE_EQUAL(got.problems.size(), 1U);
  BOOST_TEST(got.problems[0].path == "a.b");
  BOOST_TEST(got.problems[0].message == "stands here twice, first on line 1");
  BOOST_TEST(got.root->find("a")->find("b")->text == "1");
}

BOOST_AUTO_TEST_CASE(what_follows_a_colon_in_a_key_is_not_repeated) {
  // The blank after the colon is missing, and what follows is the secret.
  for (const std::string_view text :
       {"{secret:0123456789: &a b}", "{secret:0123456789: 1, secret:0123456789: 2}",
        "{secret:0123456789: {? [a] : b}}"}) {
    const auto got = parse(text);
    BOOST_REQUIRE_EQUAL(got.problems.size(), 1U);
    BOOST_TEST(got.problems[0].path.find("0123") == std::string::npos, got.problems[0].path);
    BOOST_TEST(got.problems[0].message.find("0123") == std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(a_quote_that_the_file_s_end_closes_is_refused) {
  for (const std::string_view text :
       {"a: 'b\n", "a: \"b\n", "a: \"b\\\"\n", "a: 'b''\n", "a: \"b\\", "a: '"}) {
    BOOST_TEST(!parse(text).root, text);
  }
  for (const std::string_view text :
       {"a: 'b'", "a: \"b\\\"\"", "a: 'b'''\n", "a: \"b\\\\\" # it's\n"}) {
    BOOST_TEST(parse(text).root.has_value(), text);
  }
}

BOOST_AUTO_TEST_CASE(a_quoted_merge_key_is_a_key_like_any) {
  BOOST_TEST(parse("\"<<\": 1\n").problems.empty());
  BOOST_TEST(!parse("<<: {a: 1}\n").problems.empty());
}

BOOST_AUTO_TEST_CASE(a_large_file_is_refused_before_it_is_read) {
  const std::string text(max_document + 1, '#');
  BOOST_TEST(said(parse(text)) == "is larger than 64 MiB");
}

BOOST_AUTO_TEST_CASE(nesting_has_an_end) {
  for (const char* opening : {"[", "{a: ", "- ", "? "}) {
    std::string text;
    for (int i = 0; i < 5000; ++i) text += opening;
    BOOST_TEST(!parse(text).root, opening);
  }
}

// Each text here is one that yaml-cpp has hung on, or aborted at, in one version or another.
BOOST_AUTO_TEST_CASE(broken_texts_end_with_a_problem) {
  for (const std::string_view text : {"[:",
                                      "{:",
                                      "[[:",
                                      "{foo:",
                                      "!",
                                      "!2",
                                      "{\"a\"",
                                      "{\"a\":",
                                      "{# ke\ny{:",
                                      "- [",
                                      "a: *",
                                      "a: &",
                                      "%",
                                      "%YAML 9.9\n---\na: 1",
                                      "? a\n: - b\n  c",
                                      "a: |9999999999\n b",
                                      "a: \"\\u12\"",
                                      "]",
                                      "}",
                                      ",",
                                      "<< : [:]x, *a]"}) {
    const auto got = parse(text);
    BOOST_TEST((!got.root || !got.problems.empty()), text);
  }
}

BOOST_AUTO_TEST_CASE(a_file_cut_off_anywhere_is_read_or_refused) {
  const std::string whole = tests::config::text_of(COUNTERSIGN_TEST_DATA "/../conf/gateway.yaml");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto got = tests::config::read(std::string_view(whole).substr(0, size));
    BOOST_REQUIRE((got.value || !got.problems.empty()));
  }
}

BOOST_AUTO_TEST_CASE(a_file_with_any_byte_replaced_is_read_or_refused) {
  const std::string whole = tests::config::text_of(COUNTERSIGN_TEST_DATA "/../conf/laravel.yaml");
  for (const char c : {'{', '[', '"', ':', '\t', '\n', '&', '*', '!', '\x80', '-', '#', ' '}) {
    for (std::size_t at = 0; at < whole.size(); ++at) {
      std::string text = whole;
      text[at] = c;
      const auto got = tests::config::read(text);
      BOOST_REQUIRE((got.value || !got.problems.empty()));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
