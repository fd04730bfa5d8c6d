// SPDX-License-Identifier: Apache-2.0
// Every mistake in golden/NAME.yaml must be told in exactly the words of golden/NAME.txt.

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <set>

#include "tests/core/config/sample.hpp"

namespace {

namespace fs = std::filesystem;

const fs::path folder = fs::path(COUNTERSIGN_TEST_DATA) / "core" / "config" / "golden";

std::set<fs::path> files(const char* extension) {
  std::set<fs::path> out;
  for (const auto& file : fs::directory_iterator(folder)) {
    if (file.path().extension() == extension) out.insert(file.path());
  }
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(config)
BOOST_AUTO_TEST_SUITE(golden)

BOOST_AUTO_TEST_CASE(every_mistake_is_told_in_these_words) {
  for (const fs::path& yaml : files(".yaml")) {
    const auto got = tests::config::read(tests::config::text_of(yaml.string()));
    const std::string expected =
        tests::config::text_of(fs::path(yaml).replace_extension(".txt").string());
    const std::string said = tests::config::lines(got, yaml.filename().string());
    BOOST_TEST(said == expected, yaml.filename().string() << " says:\n"
                                                          << said << "instead of:\n"
                                                          << expected);
    BOOST_TEST(!said.empty());
  }
}

BOOST_AUTO_TEST_CASE(a_file_with_an_error_has_no_model_and_one_with_warnings_has) {
  for (const fs::path& yaml : files(".yaml")) {
    const auto got = tests::config::read(tests::config::text_of(yaml.string()));
    bool errors = false;
    for (const auto& p : got.problems) errors |= p.level == core::config::problem::severity::error;
    BOOST_TEST(got.value.has_value() == !errors, yaml.filename().string());
  }
}

BOOST_AUTO_TEST_CASE(no_message_repeats_a_secret) {
  // All secrets of the golden files are made of these; what a message may say is that they have so
  // many bytes.
  const std::set<std::string> pieces{"0123456789", "fedcba98", "my_secret", "changeme",
                                     "****",       "short\n",  "AAECAwQ",   "00010203",
                                     "30313233",   "__-_AwQ",  "pa55word"};
  for (const fs::path& text : files(".txt")) {
    const std::string said = tests::config::text_of(text.string());
    for (const std::string& piece : pieces) {
      BOOST_TEST(said.find(piece) == std::string::npos, text.filename().string()
                                                            << " says " << piece);
    }
  }
}

BOOST_AUTO_TEST_CASE(there_are_as_many_answers_as_mistakes) {
  BOOST_TEST(files(".yaml").size() == files(".txt").size());
  BOOST_TEST(files(".yaml").size() >= 40U);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
