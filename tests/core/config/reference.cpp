// SPDX-License-Identifier: Apache-2.0
// The field table, the reference page and the example files say the same.

#include "core/config/reference.hpp"

#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "tests/core/config/sample.hpp"

namespace {

const std::string conf = COUNTERSIGN_TEST_DATA "/../conf/";

std::size_t count(std::string_view text, std::string_view piece) {
  std::size_t n = 0;
  for (std::size_t at = 0; (at = text.find(piece, at)) != std::string_view::npos;
       at += piece.size())
    ++n;
  return n;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(config)
BOOST_AUTO_TEST_SUITE(references)

BOOST_AUTO_TEST_CASE(the_reference_page_lists_every_key_as_the_table_has_it) {
  const std::string page = tests::config::text_of(conf + "README.md");
  for (const auto& row : core::config::reference()) {
    const std::string line =
        "| `" + row.path + "` | " + row.type + " | " + row.fallback + " | " + row.meaning + " |\n";
    BOOST_TEST(count(page, line) == 1U, "conf/README.md lacks the line\n" << line);
    BOOST_TEST(!row.meaning.empty());
    BOOST_TEST(!row.fallback.empty());
  }
}

BOOST_AUTO_TEST_CASE(the_reference_page_lists_no_other_key) {
  const std::string page = tests::config::text_of(conf + "README.md");
  const std::size_t table = page.find("| key | type | default | meaning |");
  BOOST_REQUIRE(table != std::string::npos);
  BOOST_TEST(count(std::string_view(page).substr(table), "\n| `") ==
             core::config::reference().size());
}

BOOST_AUTO_TEST_CASE(the_example_names_every_key) {
  const std::string example = tests::config::text_of(conf + "gateway.yaml");
  for (const auto& row : core::config::reference()) {
    const std::string key = row.path.substr(row.path.rfind('.') + 1) + ':';
    BOOST_TEST(example.find(key) != std::string::npos, "conf/gateway.yaml lacks " << row.path);
  }
}

BOOST_AUTO_TEST_CASE(the_example_holds_every_default) {
  const auto example = tests::config::model_of(tests::config::text_of(conf + "gateway.yaml"));
  const auto bare = tests::config::model_of(
      "listen: 127.0.0.1:8080\nadmin: 127.0.0.1:9901\nclients: {billing: {secret: "
      "0123456789abcdef}}\n"
      "upstreams: {orders: {endpoints: [http://127.0.0.1:9001, http://127.0.0.1:9002]}}\n"
      "schemes: {legacy: {preset: laravel}}\nroutes: [{path: /api/, scheme: legacy, upstream: "
      "orders}]\n");
  BOOST_TEST(print(example) == print(bare));
}

BOOST_AUTO_TEST_CASE(every_example_passes_without_a_warning) {
  std::size_t files = 0;
  for (const auto& file : std::filesystem::directory_iterator(conf)) {
    if (file.path().extension() != ".yaml") continue;
    ++files;
    const auto got = tests::config::read(tests::config::text_of(file.path().string()));
    BOOST_TEST(tests::config::lines(got, file.path().filename().string()) == "");
  }
  BOOST_TEST(files >= 3U);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
