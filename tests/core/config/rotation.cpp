// SPDX-License-Identifier: Apache-2.0
#include "core/config/rotation.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using core::config::changed_file;
using core::config::new_generation;

constexpr std::int64_t noon = 1'780'000'000;  // 2026-05-28T20:26:40Z
const new_generation made{"n", "hex:00", noon};

std::string with(std::string_view text) {
  const auto got = core::config::with_generation(text, made);
  if (!got) return "none";
  return std::string(got->text.reveal()) + (got->comments_kept ? "" : "(anew)");
}

std::string without(std::string_view text, std::string_view id) {
  const auto got = core::config::without_generation(text, id);
  if (!got) return "none";
  return std::string(got->text.reveal()) + (got->comments_kept ? "" : "(anew)");
}

const std::string item = R"({id: "n", value: "hex:00", from: 2026-05-28T20:26:40Z})";

}  // namespace

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(config)
BOOST_AUTO_TEST_SUITE(rotation)

BOOST_AUTO_TEST_CASE(a_new_one_comes_first_and_leaves_all_else_as_it_is) {
  BOOST_TEST(with("# whose\n- {id: a, value: x}  # old\n") ==
             "# whose\n- " + item + "\n- {id: a, value: x}  # old\n");
  BOOST_TEST(with("  - id: a\n    value: x\n  - id: b\n    value: 'y'\n    until: 2027-01-01\n") ==
             "  - " + item +
                 "\n  - id: a\n    value: x\n  - id: b\n    value: 'y'\n    until: 2027-01-01\n");
  BOOST_TEST(with("- # dashes - in - words\n  id: a\n  value: |\n    x\n    - y") ==
             "- " + item + "\n- # dashes - in - words\n  id: a\n  value: |\n    x\n    - y");
}

BOOST_AUTO_TEST_CASE(what_stands_in_brackets_is_written_anew) {
  BOOST_TEST(with("[{id: a, value: x}, {id: b, value: y, from: 2026-01-01}]  # two\n") ==
             "- " + item + "\n- {id: \"a\", value: \"x\"}\n" +
                 "- {id: \"b\", value: \"y\", from: 2026-01-01}\n(anew)");
  // Without comments none are lost.
  BOOST_TEST(with("[]") == "- " + item + "\n");
  BOOST_TEST(with("--- \n- {id: a, value: x}\n").starts_with("--- \n- " + item));
}

BOOST_AUTO_TEST_CASE(one_goes_with_its_own_lines_alone) {
  const std::string three =
      "# of the first\n- {id: a, value: x}\n\n# of the second\n- id: b\n  value: y\n"
      "# of the third\n- {id: c, value: z}\n# the end\n";
  BOOST_TEST(without(three, "a") ==
             "# of the first\n\n# of the second\n- id: b\n  value: y\n# of the third\n"
             "- {id: c, value: z}\n# the end\n");
  BOOST_TEST(without(three, "b") ==
             "# of the first\n- {id: a, value: x}\n\n# of the second\n# of the third\n"
             "- {id: c, value: z}\n# the end\n");
  BOOST_TEST(without(three, "c") ==
             "# of the first\n- {id: a, value: x}\n\n# of the second\n- id: b\n  value: y\n"
             "# of the third\n# the end\n");
  BOOST_TEST(without("- {id: a, value: x}", "a") == "[]\n");
  BOOST_TEST(without("- {id: a, value: x}  # old", "a") == "[]\n(anew)");
  BOOST_TEST(without("[{id: a, value: x}, {id: b, value: y}]", "a") ==
             "- {id: \"b\", value: \"y\"}\n");
}

BOOST_AUTO_TEST_CASE(a_value_with_lines_that_look_like_comments_is_not_cut) {
  const std::string text = "- id: a\n  value: |\n    x\n    # y\n- id: b\n  value: z\n";
  const auto got = core::config::without_generation(text, "a");
  BOOST_REQUIRE(got.has_value());
  // None of the secret may be left behind.
  BOOST_TEST(got->text.reveal().find("# y") == std::string_view::npos);
  BOOST_TEST(got->text.reveal().find('x') == std::string_view::npos);
}

BOOST_AUTO_TEST_CASE(what_is_no_list_is_left_alone) {
  for (const char* text : {"", "a: b", "x", "- {id: a", "- &x {id: a}\n"}) {
    BOOST_TEST(with(text) == "none", text);
    BOOST_TEST(without(text, "a") == "none", text);
  }
  BOOST_TEST(without("- {id: a, value: x}\n- {id: b, value: y}\n", "c") == "none");
}

BOOST_AUTO_TEST_CASE(who_stands_in_it_can_be_told) {
  const std::vector<std::string> all{"b", "a"};
  BOOST_TEST(core::config::generation_ids("[{id: b, value: x}, {value: 1}, {id: a}]") == all);
  BOOST_TEST(core::config::generation_ids("{id: b, value: x}").empty());
  BOOST_TEST(core::config::generation_ids("[{id: b}, {id: a, id: c}]").empty());
}

BOOST_AUTO_TEST_CASE(how_a_secret_is_written_can_be_told) {
  const std::string text =
      "[{id: a, value: x}, {id: b, value: \"hex:00\"}, {id: c, value: file:x}, {value: 1}]";
  BOOST_TEST(core::config::notation_of(text, "a").value() == "");
  BOOST_TEST(core::config::notation_of(text, "b").value() == "hex:");
  BOOST_TEST(core::config::notation_of(text, "c").value() == "file:");
  BOOST_TEST(!core::config::notation_of(text, "d").has_value());
}

BOOST_AUTO_TEST_CASE(references_hold_no_secret) {
  using core::config::holds_values;
  BOOST_TEST(!holds_values(
      "[{id: a, value: file:x}, {id: b, value: env:Y}, {id: c, value: credential:z}]"));
  BOOST_TEST(holds_values("[{id: a, value: file:x}, {id: b, value: y}]"));
  BOOST_TEST(holds_values("[{id: a, value: \"hex:00\"}]"));
  BOOST_TEST(!holds_values("[{id: a}]"));
  BOOST_TEST(!holds_values("a: {value: x}"));
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
