// SPDX-License-Identifier: Apache-2.0
#include "core/base/errc.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <set>
#include <stdexcept>
#include <string_view>

namespace {
using namespace core::base;
}

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(base)
BOOST_AUTO_TEST_SUITE(errc_)  // `errc` is a type of that namespace

BOOST_AUTO_TEST_CASE(every_reason_has_a_name_of_its_own) {
  std::set<std::string_view> names;
  for (int code = 1; code <= static_cast<int>(last_errc); ++code) {
    const std::string_view text = name(static_cast<errc>(code));
    BOOST_TEST(text != "unknown", code);
    BOOST_TEST(names.insert(text).second, text);
    // Names are labels in metrics and words in the log: no quoting needed, ever.
    BOOST_TEST(std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; }),
               text);
  }
}

BOOST_AUTO_TEST_CASE(every_reason_has_a_sentence_of_its_own) {
  std::set<std::string_view> sentences;
  for (int code = 1; code <= static_cast<int>(last_errc); ++code) {
    const std::string_view text = sentence(static_cast<errc>(code));
    BOOST_TEST(text.find(' ') != text.npos, name(static_cast<errc>(code)));
    BOOST_TEST(!text.ends_with('.'), text);
    BOOST_TEST(sentences.insert(text).second, text);
  }
  BOOST_TEST(sentence(errc{}) == "");
}

BOOST_AUTO_TEST_CASE(what_is_no_reason_has_no_name) {
  BOOST_TEST(name(static_cast<errc>(0)) == "unknown");
  BOOST_TEST(name(static_cast<errc>(static_cast<int>(last_errc) + 1)) == "unknown");
}

BOOST_AUTO_TEST_CASE(a_result_used_unchecked_says_what_it_holds) {
  const result<int> good = 7;
  BOOST_TEST(good.value() == 7);
  const result<int> bad = errc::bad_mac;
  BOOST_TEST((bad.error() == errc::bad_mac));
  BOOST_CHECK_EXCEPTION((void)bad.value(), std::logic_error, [](const std::logic_error& e) {
    return std::string_view(e.what()) == "unchecked result: bad_mac";
  });
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
