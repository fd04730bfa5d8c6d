// SPDX-License-Identifier: Apache-2.0
#include "core/base/secret.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <concepts>
#include <new>
#include <ostream>
#include <string>
#include <utility>

namespace {

using core::base::secret;

/// The array that is about to be freed, and whether it held only zeros then.
struct watch {
  const void* memory = nullptr;
  std::size_t size = 0;
  bool freed = false;
  bool wiped = false;
};
watch watched;

void watch_memory_of(const secret& s) { watched = {s.reveal().data(), s.size(), false, false}; }

void free_array(void* memory) noexcept {
  if (memory != nullptr && memory == watched.memory) {
    const char* const bytes = static_cast<const char*>(memory);
    watched.freed = true;
    watched.wiped = std::all_of(bytes, bytes + watched.size, [](char c) { return c == 0; });
    watched.memory = nullptr;
  }
  ::operator delete(memory);
}

}  // namespace

// Arrays of the whole test program come and go through here, because only whoever frees memory may
// look at what is left in it.
void* operator new[](std::size_t size) { return ::operator new(size); }
void* operator new[](std::size_t size, const std::nothrow_t& tag) noexcept {
  return ::operator new(size, tag);
}
void operator delete[](void* memory) noexcept { free_array(memory); }
void operator delete[](void* memory, std::size_t) noexcept { free_array(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { free_array(memory); }

namespace {

template <class T>
concept printable = requires(std::ostream& out, const T& value) { out << value; };

static_assert(!printable<secret>, "a secret must not be printed by accident");
static_assert(!std::equality_comparable<secret>,
              "secrets are compared in constant time or not at all");
static_assert(!std::convertible_to<secret, std::string_view>,
              "a secret is revealed in so many words");
static_assert(!std::convertible_to<std::string_view, secret>);

constexpr std::string_view text = "a secret that is longer than any small buffer";

}  // namespace

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(base)
BOOST_AUTO_TEST_SUITE(secret_)  // `secret` is a type of that namespace

BOOST_AUTO_TEST_CASE(a_secret_holds_a_copy_of_its_bytes) {
  std::string bytes("zero\0inside", 11);
  const secret s(bytes);
  bytes.assign(11, 'x');
  BOOST_TEST(s.reveal() == std::string_view("zero\0inside", 11));
  BOOST_TEST(s.size() == 11U);
  BOOST_TEST(!s.empty());
}

BOOST_AUTO_TEST_CASE(a_secret_may_be_empty) {
  for (const secret& s : {secret(), secret(""), secret(std::string_view{})}) {
    BOOST_TEST(s.empty());
    BOOST_TEST(s.reveal().empty());
    BOOST_TEST(secret(s).empty());
  }
}

BOOST_AUTO_TEST_CASE(a_secret_is_wiped_when_it_dies) {
  {
    const secret s(text);
    watch_memory_of(s);
  }
  BOOST_TEST(watched.freed);
  BOOST_TEST(watched.wiped);
}

BOOST_AUTO_TEST_CASE(a_secret_is_wiped_when_another_takes_its_place) {
  secret s(text);
  watch_memory_of(s);
  s = secret("new");
  BOOST_TEST(watched.freed);
  BOOST_TEST(watched.wiped);
  BOOST_TEST(s.reveal() == "new");

  watch_memory_of(s);
  const secret another(text);
  s = another;
  BOOST_TEST(watched.freed);
  BOOST_TEST(watched.wiped);
  BOOST_TEST(s.reveal() == text);
  BOOST_TEST(another.reveal() == text);
}

BOOST_AUTO_TEST_CASE(copies_are_independent) {
  const secret copy = [] {
    const secret original(text);
    return secret(original);
  }();
  BOOST_TEST(copy.reveal() == text);
}

BOOST_AUTO_TEST_CASE(moving_leaves_nothing_behind) {
  secret from(text);
  const char* const memory = from.reveal().data();
  const secret to(std::move(from));
  BOOST_TEST(from.empty());  // NOLINT(bugprone-use-after-move): what is left is the point
  BOOST_TEST(to.reveal() == text);
  BOOST_TEST(static_cast<const void*>(to.reveal().data()) == static_cast<const void*>(memory));
}

BOOST_AUTO_TEST_CASE(a_secret_survives_assignment_to_itself) {
  secret s(text);
  const secret& same = s;
  s = same;
  BOOST_TEST(s.reveal() == text);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
