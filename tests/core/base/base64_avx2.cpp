// SPDX-License-Identifier: Apache-2.0
#include "core/base/base64_avx2.hpp"

#include <algorithm>

#include "core/base/processor.hpp"
#include "tests/core/base/base64_blocks.hpp"

namespace {

const tests::base64_alphabet alphabets[]{tests::standard_base64(core::base::unbase64_avx2),
                                         tests::url_safe_base64(core::base::unbase64url_avx2)};

struct on_this_processor {
  boost::test_tools::assertion_result operator()(boost::unit_test::test_unit_id) const {
    return core::base::has_avx2();
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(base)
BOOST_AUTO_TEST_SUITE(base64_avx2)

BOOST_AUTO_TEST_CASE(it_decodes_what_its_portable_twin_does,
                     *boost::unit_test::precondition(on_this_processor())) {
  for (const auto& a : alphabets) tests::decodes_what_its_twin_does(a);
}

BOOST_AUTO_TEST_CASE(no_character_outside_the_alphabet_passes_anywhere,
                     *boost::unit_test::precondition(on_this_processor())) {
  for (const auto& a : alphabets) tests::passes_no_foreign_character(a);
}

BOOST_AUTO_TEST_CASE(it_stops_before_the_first_block_with_a_foreign_character,
                     *boost::unit_test::precondition(on_this_processor())) {
  for (const auto& a : alphabets) tests::stops_before_a_foreign_block(a, 32);
}

BOOST_AUTO_TEST_CASE(it_writes_no_byte_beyond_its_room,
                     *boost::unit_test::precondition(on_this_processor())) {
  for (const auto& a : alphabets) tests::writes_no_byte_beyond_its_room(a);
}

BOOST_AUTO_TEST_CASE(it_leaves_less_than_a_block_and_twelve_characters,
                     *boost::unit_test::precondition(on_this_processor())) {
  for (const auto& a : alphabets) {
    for (std::size_t size = 0; size < 300; ++size) {
      std::string out(size, '\0');
      BOOST_REQUIRE(a.in_blocks(std::string(size, 'B').data(), size, out.data()) ==
                    (size < 12 ? 0 : (size - 12) / 32 * 32));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
