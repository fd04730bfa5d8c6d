// SPDX-License-Identifier: Apache-2.0
#include "core/http/chunked.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <random>

using core::http::chunked_decoder;
using status = chunked_decoder::status;

namespace {

struct outcome {
  status what = status::need_more;
  std::string body;
  std::size_t consumed = 0;

  friend bool operator==(const outcome&, const outcome&) = default;
};

/// Gives the decoder one piece, until it wants more or is through.
void feed(chunked_decoder& decoder, std::string_view piece, outcome& so_far) {
  if (so_far.what == status::done || so_far.what == status::invalid) return;
  for (std::size_t steps = 0; steps <= piece.size() + 2; ++steps) {
    const auto step = decoder.resume(piece);
    BOOST_TEST_REQUIRE(step.consumed <= piece.size());
    so_far.what = step.what;
    so_far.consumed += step.consumed;
    so_far.body += step.data;
    if (step.what != status::data) {
      if (step.what == status::need_more) BOOST_TEST_REQUIRE(step.consumed == piece.size());
      return;
    }
    BOOST_TEST_REQUIRE(!step.data.empty());
    piece.remove_prefix(step.consumed);
  }
  BOOST_FAIL("the decoder does not get on");
}

outcome decode(std::string_view text) {
  chunked_decoder decoder;
  outcome result;
  feed(decoder, text, result);
  return result;
}

outcome decode_in_pieces(std::string_view text, std::size_t size) {
  chunked_decoder decoder;
  outcome result;
  for (std::size_t at = 0; at < text.size(); at += size)
    feed(decoder, text.substr(at, size), result);
  return result;
}

const std::vector<std::string> good = {
    "0\r\n\r\n",
    "5\r\nhello\r\n0\r\n\r\n",
    "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n",
    "A\r\n0123456789\r\n0a\r\n0123456789\r\n000000000000000\r\n\r\n",
    "5;name=value;x=\"a b\"\r\nhello\r\n0 ;last\r\n\r\n",
    "5 \t ;\x80\t\r\nhe\r\no\r\n0;\r\nExpires: never\r\nx:\r\nX-Y:\ta\x80z \r\n\r\n",
};

const std::vector<std::string> bad = {
    "\r\n",
    "\n",
    ";x\r\n",
    " 5\r\n",
    "+5\r\nhello",
    "-1\r\n",
    "0x5\r\nhello",
    "g\r\n",
    "5 \r\nhello",
    "5\t\r\nhello",
    "5 x\r\nhello",
    "5\nhello",
    "5\r\rhello",
    "5\rhello",
    "5\r\nhello0\r\n",
    "5\r\nhello\n0\r\n\r\n",
    "5\r\nhello\r0\r\n",
    "5\r\nhellox\r\n",
    "5\r\nhellox\n0\r\n\r\n",
    "5\r\nhello\rx0\r\n\r\n",
    "5\r\nhello\r\n\r\n",
    "1000000000000000\r\n",
    "0000000000000000\r\n",
    "ffffffffffffffffff\r\n",
    "5;a\x01\r\n",
    "5;a\nb\r\n",
    "5;a\rb",
    "5;\x7F\r\n",
    "5,5\r\n",
    "0\r\n\n",
    "0\r\n\r\r",
    "0\r\n \r\n",
    "0\r\n folded\r\n",
    "0\r\n:x\r\n",
    "0\r\nname\r\n",
    "0\r\nna me: x\r\n",
    "0\r\nname : x\r\n",
    "0\r\na: b\n",
    "0\r\na: b\rc",
    "0\r\na: \x01\r\n",
    "0\r\na: b\r\n c\r\n",
    "0\r\nGET / HTTP/1.1\r\n",
};

}  // namespace

BOOST_TEST_DONT_PRINT_LOG_VALUE(status)
BOOST_TEST_DONT_PRINT_LOG_VALUE(outcome)

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(http)
BOOST_AUTO_TEST_SUITE(chunked)

BOOST_AUTO_TEST_CASE(whole_messages_are_read) {
  const std::vector<std::string> bodies = {"",      "hello",  "hello world", "01234567890123456789",
                                           "hello", "he\r\no"};
  for (std::size_t i = 0; i < good.size(); ++i) {
    const outcome result = decode(good[i]);
    BOOST_TEST((result.what == status::done), good[i]);
    BOOST_TEST(result.body == bodies[i]);
    BOOST_TEST(result.consumed == good[i].size());
  }
}

BOOST_AUTO_TEST_CASE(bytes_after_the_end_are_left_alone) {
  for (const auto& text : good) {
    const outcome result = decode(text + "GET / HTTP/1.1\r\n");
    BOOST_TEST((result.what == status::done));
    BOOST_TEST(result.consumed == text.size());
  }
  chunked_decoder decoder;
  BOOST_TEST((decoder.resume("0\r\n\r\n").what == status::done));
  const auto again = decoder.resume("x");
  BOOST_TEST((again.what == status::done));
  BOOST_TEST(again.consumed == 0U);
}

BOOST_AUTO_TEST_CASE(every_piece_size_reads_the_same) {
  for (const auto& text : good)
    for (std::size_t size = 1; size <= text.size(); ++size)
      BOOST_TEST((decode_in_pieces(text, size) == decode(text)), text);
}

BOOST_AUTO_TEST_CASE(every_split_reads_the_same) {
  for (const auto* texts : {&good, &bad})
    for (const auto& text : *texts)
      for (std::size_t at = 0; at <= text.size(); ++at) {
        chunked_decoder decoder;
        outcome result;
        feed(decoder, std::string_view(text).substr(0, at), result);
        feed(decoder, std::string_view(text).substr(at), result);
        BOOST_TEST((result == decode(text)), text << " split at " << at);
      }
}

BOOST_AUTO_TEST_CASE(every_beginning_wants_more) {
  for (const auto& text : good)
    for (std::size_t size = 0; size < text.size(); ++size)
      BOOST_TEST((decode(std::string_view(text).substr(0, size)).what != status::done));
}

BOOST_AUTO_TEST_CASE(what_is_not_the_coding_is_invalid_for_good) {
  for (const auto& text : bad) {
    chunked_decoder decoder;
    outcome result;
    feed(decoder, text, result);
    BOOST_TEST((result.what == status::invalid), text);
    BOOST_TEST((decoder.resume("0\r\n\r\n").what == status::invalid));
  }
}

BOOST_AUTO_TEST_CASE(the_largest_size_is_read) {
  const outcome result = decode("fffffffffffffff\r\nabc");
  BOOST_TEST((result.what == status::need_more));
  BOOST_TEST(result.body == "abc");
}

BOOST_AUTO_TEST_CASE(overhead_is_limited_over_the_whole_message) {
  constexpr std::size_t limit = chunked_decoder::overhead_limit;
  const auto extension = [](std::size_t bytes) {
    return "1;" + std::string(bytes - 1, 'x') + "\r\na\r\n";
  };
  BOOST_TEST((decode(extension(limit) + "0\r\n\r\n").what == status::done));
  BOOST_TEST((decode(extension(limit + 1)).what == status::invalid));
  BOOST_TEST(
      (decode(extension(limit / 2) + extension(limit / 2) + "0\r\n\r\n").what == status::done));
  BOOST_TEST(
      (decode(extension(limit / 2) + extension(limit / 2) + "0;\r\n\r\n").what == status::invalid));
  // "n:" and CRLF around the value count as well
  BOOST_TEST((decode("0\r\nn:" + std::string(limit - 4, 'x') + "\r\n\r\n").what == status::done));
  BOOST_TEST(
      (decode("0\r\nn:" + std::string(limit - 3, 'x') + "\r\n\r\n").what == status::invalid));
  BOOST_TEST((decode("1" + std::string(limit + 1, ' ')).what == status::invalid));
}

BOOST_AUTO_TEST_CASE(random_bytes_never_do_harm) {
  std::mt19937 random(9112);
  constexpr std::string_view alphabet = "0125aF;: \t\r\n\r\n\r\nx\x80\x01";
  for (int round = 0; round < 50000; ++round) {
    std::string text;
    for (auto size = random() % 40; size > 0; --size) text += alphabet[random() % alphabet.size()];
    const outcome whole = decode(text);
    BOOST_TEST_REQUIRE(whole.body.size() <= text.size());
    BOOST_TEST_REQUIRE((decode_in_pieces(text, 1 + random() % 7) == whole), text);
  }
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
