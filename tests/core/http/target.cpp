// SPDX-License-Identifier: Apache-2.0
#include "core/http/target.hpp"

#include <boost/test/unit_test.hpp>
#include <random>

using core::http::decoded;
using core::http::parse_target;
using core::http::without_parameters;

namespace {

bool refused(std::string_view raw) {
  const auto parsed = parse_target(raw);
  return !parsed && parsed.error() == core::base::errc::bad_target;
}

}  // namespace

// The suites are namespaces, and the last one has the name of what it tests.
namespace tests {

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(http)
BOOST_AUTO_TEST_SUITE(target)

BOOST_AUTO_TEST_CASE(path_and_query_come_apart_unchanged) {
  const auto parsed = parse_target("/a/b%20c;x=1?q=%2F..%2e//\\&r=?").value();
  BOOST_TEST(parsed.path == "/a/b%20c;x=1");
  BOOST_TEST(parsed.query == "?q=%2F..%2e//\\&r=?");
  BOOST_TEST(parse_target("/").value().path == "/");
  BOOST_TEST(parse_target("/").value().query == "");
  BOOST_TEST(parse_target("/?").value().query == "?");
  BOOST_TEST(parse_target("/a?").value().path == "/a");
}

BOOST_AUTO_TEST_CASE(clean_paths_pass) {
  for (const char* raw : {"/a", "/a/", "/a/b/c", "/.hidden", "/a..b", "/...", "/a/.../b", "/..a",
                          "/a..", "/;", "/a;b/c", "/%41", "/%25", "/%252e", "/a:b@c",
                          "/\"<>^`{|}~'()*+,!$&=[]", "/.a;b", "/%2Da", "/%5B"})
    BOOST_TEST(parse_target(raw).has_value(), raw);
}

BOOST_AUTO_TEST_CASE(other_forms_are_refused) {
  for (const char* raw :
       {"", "*", "a", "a/b", "?q", "http://h/a", "HTTP://h/", "h:80", "//h/a", "#", "%2Fa", "\\a"})
    BOOST_TEST(refused(raw), "'" << raw << "' passed");
}

BOOST_AUTO_TEST_CASE(dot_segments_are_refused) {
  for (const char* raw : {"/.", "/..", "/./", "/../", "/a/.", "/a/..", "/a/./b", "/a/../b", "/./a",
                          "/../a", "/a/..?q", "/.?q"})
    BOOST_TEST(refused(raw), raw);
}

BOOST_AUTO_TEST_CASE(encoded_dots_are_refused) {
  for (const char* raw :
       {"/%2e", "/%2E", "/%2e%2e", "/%2E%2e/a", "/a/.%2e/b", "/a/%2e./b", "/a%2eb", "/a/%2e"})
    BOOST_TEST(refused(raw), raw);
}

BOOST_AUTO_TEST_CASE(dot_segments_with_parameters_are_refused) {
  for (const char* raw :
       {"/..;/a", "/a/..;x=1/b", "/.;", "/a/.;x", "/..%3b/a", "/..%3B", "/.%3bx/"})
    BOOST_TEST(refused(raw), raw);
}

BOOST_AUTO_TEST_CASE(ambiguous_borders_are_refused) {
  for (const char* raw : {"//", "//a", "/a//b", "/a//", "/%2f", "/%2F", "/a/%2Fb", "/a%2F/b",
                          "/a%2f%2Fb", "/a\\b", "/a%5cb", "/a%5Cb", "/%00", "/a%00.json"})
    BOOST_TEST(refused(raw), raw);
}

BOOST_AUTO_TEST_CASE(an_encoded_slash_is_told_and_is_a_border) {
  for (const char* raw : {"/a%2Fb", "/a%2fb", "/a%2F", "/a/b%2Fc/d", "/a%2Fb%2Fc", "/a%2F.b"}) {
    const auto parsed = parse_target(raw);
    BOOST_TEST_REQUIRE(parsed.has_value(), raw);
    BOOST_TEST(parsed->encoded_slash, raw);
    BOOST_TEST(parsed->path == raw);
  }
  for (const char* raw : {"/a", "/a/b", "/a%252Fb", "/a?q=%2F", "/%41/b"})
    BOOST_TEST(!parse_target(raw).value().encoded_slash, raw);
  for (const char* raw : {"/..%2Fa", "/a%2F..", "/a%2f../b", "/a%2F.%2Fb", "/.%2Fa", "/a/..;%2Fb",
                          "/a%2F..%3b", "/a%2F%2e"})
    BOOST_TEST(refused(raw), raw);
}

BOOST_AUTO_TEST_CASE(a_path_is_decoded_once) {
  BOOST_TEST(decoded("/a%2Fb%2fc/d%252F%41%c3%A4;%3b") == "/a/b/c/d%2FA\xc3\xa4;;");
  for (const char* raw : {"/%2", "/%", "/%zz", "/a", ""}) BOOST_TEST(decoded(raw) == raw);
}

BOOST_AUTO_TEST_CASE(parameters_end_with_their_segment) {
  BOOST_TEST(without_parameters("/a;x=1/b;y;z/c") == "/a/b/c");
  BOOST_TEST(without_parameters("/;x/a") == "/a");
  BOOST_TEST(without_parameters("/a/;x/;/b") == "/a/b");
  BOOST_TEST(without_parameters("/a;") == "/a");
  for (const char* raw : {"/a/b", "/a/", "/"}) BOOST_TEST(without_parameters(raw) == raw);
}

BOOST_AUTO_TEST_CASE(broken_escapes_are_refused) {
  for (const char* raw : {"/%", "/%4", "/%4g", "/%g4", "/a%", "/a%%41", "/a?%", "/a?%4", "/a?q=%zz",
                          "/a?x%4", "/%4?1", "/%u0041"})
    BOOST_TEST(refused(raw), raw);
  BOOST_TEST(!refused("/a?%00%2f%5C%2E%41"));
}

BOOST_AUTO_TEST_CASE(what_stands_behind_the_target_ends_no_escape) {
  for (const std::string_view raw : {"/%41", "/a?%41"})
    for (const std::size_t cut : {1U, 2U}) BOOST_TEST(refused(raw.substr(0, raw.size() - cut)));
}

BOOST_AUTO_TEST_CASE(only_visible_ascii_without_a_fragment_passes) {
  for (int c = 0; c < 256; ++c) {
    const bool visible = c > 0x20 && c < 0x7F && c != '#';
    const std::string query = {'/', '?', static_cast<char>(c), '4', '1'};
    BOOST_TEST(refused(query) == !visible, "byte " << c << " in a query");
    const std::string path = {'/', 'x', static_cast<char>(c), '4', '1'};
    BOOST_TEST(refused(path) == (!visible || c == '\\'), "byte " << c << " in a path");
  }
}

BOOST_AUTO_TEST_CASE(random_targets_never_do_harm) {
  std::mt19937 random(3986);
  constexpr std::string_view alphabet = "/.%25eEfFcC0;?#\\a3bB\x80 ";
  int passed = 0;
  for (int round = 0; round < 100000; ++round) {
    std::string raw = "/";
    for (auto size = random() % 12; size > 0; --size) raw += alphabet[random() % alphabet.size()];
    const auto parsed = parse_target(raw);
    if (!parsed) continue;
    ++passed;
    BOOST_TEST_REQUIRE(std::string(parsed->path).append(parsed->query) == raw);
    // As a service sees it that decodes slashes.
    std::string seen(parsed->path);
    for (std::size_t at = 0; (at = seen.find("%2", at)) != std::string::npos; ++at)
      if ((seen[at + 2] | 0x20) == 'f') seen.replace(at, 3, "/");
    BOOST_TEST_REQUIRE(parsed->encoded_slash == (seen != parsed->path), raw);
    for (const char* never :
         {"//", "/./", "/../", "/..;", "/.;", "%2e", "%2E", "%00", "\\", "#", "%5c", "%5C"})
      BOOST_TEST_REQUIRE((seen.find(never) == std::string::npos), raw);
    BOOST_TEST_REQUIRE((!seen.ends_with("/..") && !seen.ends_with("/.")), raw);
  }
  BOOST_TEST(passed > 1000);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
