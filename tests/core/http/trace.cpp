// SPDX-License-Identifier: Apache-2.0
#include "core/http/trace.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <span>
#include <string>

using core::http::is_trace_id;
using core::http::is_trace_parent;
using core::http::make_trace_parent;

namespace {

// W3C Trace Context, section 3.2.2.
const std::string good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

std::string with(std::size_t at, char c) {
  std::string changed = good;
  changed[at] = c;
  return changed;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(http)
BOOST_AUTO_TEST_SUITE(trace)

BOOST_AUTO_TEST_CASE(the_example_of_the_specification_is_valid) {
  BOOST_TEST(is_trace_parent(good));
}

BOOST_AUTO_TEST_CASE(what_is_made_has_its_trace_and_every_bit_of_its_span_the_highest_first) {
  const auto trace = std::span(good).subspan<3, 32>();
  const auto made = make_trace_parent(trace, 0xb7ad6b7169203331);
  BOOST_TEST(std::string(made.data(), made.size()) == good);
}

BOOST_AUTO_TEST_CASE(another_character_anywhere_is_refused) {
  for (std::size_t at = 0; at < good.size(); ++at)
    for (const char c : {'g', 'A', ' ', '_', '\0'})
      BOOST_TEST(!is_trace_parent(with(at, c)), "at " << at);
}

BOOST_AUTO_TEST_CASE(every_shorter_text_is_refused) {
  for (std::size_t size = 0; size < good.size(); ++size)
    BOOST_TEST(!is_trace_parent(std::string_view(good).substr(0, size)), size);
}

BOOST_AUTO_TEST_CASE(only_later_versions_may_append_and_only_behind_a_hyphen) {
  BOOST_TEST(!is_trace_parent(good + "-x"));
  const std::string later = "01" + good.substr(2);
  BOOST_TEST(is_trace_parent(later));
  BOOST_TEST(is_trace_parent(later + "-x"));
  BOOST_TEST(!is_trace_parent(later + "x"));
  BOOST_TEST(!is_trace_parent("ff" + good.substr(2)));
}

BOOST_AUTO_TEST_CASE(ids_of_zeros_alone_are_refused) {
  BOOST_TEST(!is_trace_parent("00-" + std::string(32, '0') + good.substr(35)));
  BOOST_TEST(!is_trace_parent(good.substr(0, 36) + std::string(16, '0') + "-01"));
}

BOOST_AUTO_TEST_CASE(a_trace_id_is_32_digits_not_all_of_them_zero) {
  const std::string id = good.substr(3, 32);
  BOOST_TEST(is_trace_id(id));
  BOOST_TEST(!is_trace_id(id + "0"));
  BOOST_TEST(!is_trace_id(id.substr(1)));
  BOOST_TEST(!is_trace_id("A" + id.substr(1)));
  BOOST_TEST(!is_trace_id(std::string(32, '0')));
  BOOST_TEST(!is_trace_id(""));
}

BOOST_AUTO_TEST_CASE(what_is_made_is_valid_also_of_zeros) {
  for (const std::uint64_t n : {0U, 1U, 0xFFFFFFFFU}) {
    for (const char last : {'0', '7'}) {
      std::array<char, 32> trace;
      trace.fill('0');
      trace.back() = last;
      const auto made = make_trace_parent(trace, n);
      const std::string_view text(made.data(), made.size());
      BOOST_TEST(is_trace_parent(text));
      BOOST_TEST(text[34] == (last == '0' ? '1' : last));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
