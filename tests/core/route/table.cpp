// SPDX-License-Identifier: Apache-2.0
#include "core/route/table.hpp"

#include <boost/test/unit_test.hpp>

using core::base::errc;
using core::keys::version_range;
using route_table = core::route::table;
using core::route::rule;
using rules = std::vector<rule>;
using positions = std::vector<std::size_t>;

namespace {

rule prefix(std::string path, std::string host = "") {
  return {std::move(host), std::move(path), false, {}, {}};
}
rule exact(std::string path, std::string host = "") {
  return {std::move(host), std::move(path), true, {}, {}};
}

rule for_version(const char* range, std::vector<std::string> methods = {}) {
  return {"", "/", false, version_range::parse(range).value(), std::move(methods)};
}

/// The first position that matches, or -1.
int first(const route_table& table, std::string_view host, std::string_view path) {
  const positions* found = table.match(host, path);
  return found == nullptr ? -1 : static_cast<int>(found->front());
}

}  // namespace

BOOST_TEST_DONT_PRINT_LOG_VALUE(errc)

// The suites are namespaces, and the last one has the name of what it tests.
namespace tests {

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(route)
BOOST_AUTO_TEST_SUITE(table)

BOOST_AUTO_TEST_CASE(an_empty_table_matches_nothing) {
  const route_table table({});
  BOOST_TEST(table.match("h", "/") == nullptr);
  BOOST_TEST(table.match("", "") == nullptr);
}

BOOST_AUTO_TEST_CASE(a_prefix_ends_on_a_segment_border) {
  const route_table table({prefix("/api")});
  for (const char* path : {"/api", "/api/", "/api/x/y"})
    BOOST_TEST(first(table, "h", path) == 0, path);
  for (const char* path : {"/", "/ap", "/apix", "/API", "/x/api", "/%61pi", "/api;x"})
    BOOST_TEST(first(table, "h", path) == -1, path);
}

BOOST_AUTO_TEST_CASE(a_prefix_with_a_slash_does_not_take_the_path_without) {
  const route_table table({prefix("/api/")});
  for (const char* path : {"/api/", "/api/x", "/api/x/"})
    BOOST_TEST(first(table, "h", path) == 0, path);
  for (const char* path : {"/api", "/apix", "/"}) BOOST_TEST(first(table, "h", path) == -1, path);
}

BOOST_AUTO_TEST_CASE(the_root_takes_every_path) {
  const route_table table({prefix("/")});
  for (const char* path : {"/", "/a", "/a/b/"}) BOOST_TEST(first(table, "h", path) == 0, path);
}

BOOST_AUTO_TEST_CASE(the_longest_prefix_wins) {
  const route_table table(
      {prefix("/"), prefix("/a"), prefix("/a/"), prefix("/a/b"), prefix("/a/b/c/d")});
  BOOST_TEST(first(table, "h", "/x") == 0);
  BOOST_TEST(first(table, "h", "/a") == 1);
  BOOST_TEST(first(table, "h", "/a/") == 2);
  BOOST_TEST(first(table, "h", "/a/x") == 2);
  BOOST_TEST(first(table, "h", "/a/b") == 3);
  BOOST_TEST(first(table, "h", "/a/b/c") == 3);
  BOOST_TEST(first(table, "h", "/a/bc") == 2);
  BOOST_TEST(first(table, "h", "/a/b/c/d/e") == 4);
}

BOOST_AUTO_TEST_CASE(an_exact_path_wins_over_every_prefix) {
  const route_table table({prefix("/a"), exact("/a"), prefix("/a/b"), exact("/a/b/")});
  BOOST_TEST(first(table, "h", "/a") == 1);
  BOOST_TEST(first(table, "h", "/a/") == 0);
  BOOST_TEST(first(table, "h", "/a/b") == 2);
  BOOST_TEST(first(table, "h", "/a/b/") == 3);
  BOOST_TEST(first(table, "h", "/a/b/c") == 2);
}

BOOST_AUTO_TEST_CASE(an_exact_host_wins_over_any_host) {
  const route_table table({exact("/a/b"), prefix("/", "one.example"), prefix("/a", "two.example")});
  BOOST_TEST(first(table, "one.example", "/a/b") == 1);
  BOOST_TEST(first(table, "two.example", "/a/b") == 2);
  BOOST_TEST(first(table, "three.example", "/a/b") == 0);
  BOOST_TEST(first(table, "", "/a/b") == 0);
  BOOST_TEST(first(table, "three.example", "/a") == -1);
}

BOOST_AUTO_TEST_CASE(a_host_without_a_rule_for_the_path_falls_to_any_host) {
  const route_table table({prefix("/"), prefix("/a", "h")});
  BOOST_TEST(first(table, "h", "/a") == 1);
  BOOST_TEST(first(table, "h", "/b") == 0);
}

BOOST_AUTO_TEST_CASE(port_case_and_final_dot_of_the_host_do_not_matter) {
  const route_table table(
      {prefix("/", "api.example.com"), prefix("/", "[::1]"), prefix("/", "2001:db8::1")});
  for (const char* host : {"api.example.com", "API.Example.COM", "api.example.com:8080",
                           "api.example.com.", "Api.example.com.:1"})
    BOOST_TEST(first(table, host, "/") == 0, host);
  for (const char* host : {"xapi.example.com", "api.example.com.evil", "api.example",
                           "api.example.com..", "example.com"})
    BOOST_TEST(first(table, host, "/") == -1, host);
  BOOST_TEST(first(table, "[::1]:80", "/") == 1);
  BOOST_TEST(first(table, "[2001:DB8::1]", "/") == 2);
  for (const std::size_t size : {256U, 257U, 300U, 100000U})
    BOOST_TEST(first(table, std::string(size, 'a'), "/") == -1);
}

BOOST_AUTO_TEST_CASE(rules_of_one_path_are_candidates_in_order) {
  rules all = {prefix("/a"), prefix("/b"), prefix("/a")};
  all[0].client_version = version_range::parse(">=2.0.0");
  const route_table table(std::move(all));
  BOOST_TEST(*table.match("h", "/a/x") == positions({0, 2}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_path_that_services_see_as_another_rules_is_told) {
  const auto one_way = [](const route_table& table, std::string_view path) {
    return table.reads_one_way("h", path, *table.match("h", path));
  };
  const route_table table({prefix("/"), prefix("/api/"), exact("/one"), prefix("/a%20b/"),
                           prefix("/m;v=1/"), prefix("/api/", "other")});
  for (const char* path : {"/x", "/api/x", "/x%41;y", "/api/%61;b", "/api/;/x", "/x%2Fapi/", "/one",
                           "/a%20b/c", "/a%20b/%41", "/m;v=1/x", "/a;b/c;d", "/apix%2F"})
    BOOST_TEST(one_way(table, path), path);
  for (const char* path : {"/%61pi/x", "/api%2Fx", "/api;x/y", "/;/api/x", "/api%3bx/y", "/%6Fne",
                           "/one;x", "/%61%20b/c", "/m%3Bv=1/x"})
    BOOST_TEST(!one_way(table, path), path);
}

BOOST_AUTO_TEST_CASE(the_version_picks_before_the_method) {
  const route_table table(
      {for_version(">=2.0.0", {"POST"}), for_version(">=1.0.0 <2.0.0", {"GET"})});
  const positions& all = *table.match("h", "/");
  BOOST_TEST(table.pick(all, "2.1.0", "POST").value() == 0U);
  BOOST_TEST(table.pick(all, "1.5.0", "GET").value() == 1U);
  BOOST_TEST((table.pick(all, "2.1.0", "GET").error() == errc::method_not_allowed));
  BOOST_TEST((table.pick(all, "0.9.0", "GET").error() == errc::version_rejected));
  BOOST_TEST((table.pick(all, "", "POST").error() == errc::version_rejected));
  BOOST_TEST((table.pick({}, "1.0.0", "POST").error() == errc::version_rejected));
}

BOOST_AUTO_TEST_CASE(rules_with_a_version_go_before_those_without) {
  rule open = prefix("/");
  const route_table table({open, for_version(">=2.0.0"), for_version(">=1.0.0")});
  const positions& all = *table.match("h", "/");
  BOOST_TEST(table.pick(all, "2.0.0", "GET").value() == 1U);
  BOOST_TEST(table.pick(all, "1.0.0", "GET").value() == 2U);
  BOOST_TEST(table.pick(all, "0.1.0", "GET").value() == 0U);
  BOOST_TEST(table.pick(all, "", "GET").value() == 0U);
}

BOOST_AUTO_TEST_CASE(no_version_is_not_a_low_version) {
  const route_table table({for_version("<2.0.0")});
  const positions& all = *table.match("h", "/");
  BOOST_TEST(table.pick(all, "1.0.0", "GET").value() == 0U);
  BOOST_TEST((table.pick(all, "", "GET").error() == errc::version_rejected));
}

BOOST_AUTO_TEST_CASE(methods_compare_as_they_stand) {
  rule get = prefix("/");
  get.methods = {"GET"};
  rule post = prefix("/");
  post.methods = {"POST", "PUT"};
  const route_table table({get, post});
  const positions& all = *table.match("h", "/");
  BOOST_TEST(table.pick(all, "", "GET").value() == 0U);
  BOOST_TEST(table.pick(all, "", "PUT").value() == 1U);
  for (const char* method : {"get", "HEAD", "", "PUTT"})
    BOOST_TEST((table.pick(all, "", method).error() == errc::method_not_allowed));
}

BOOST_AUTO_TEST_CASE(the_nearest_of_routes_that_take_no_such_version_takes_the_method) {
  const route_table table({for_version(">=2", {"POST"}), for_version(">=1 <2", {"PUT", "POST"})});
  BOOST_TEST(table.nearest({0, 1}, "POST") == 0U);
  BOOST_TEST(table.nearest({0, 1}, "PUT") == 1U);
  BOOST_TEST(table.nearest({0, 1}, "GET") == 0U);
  BOOST_TEST(table.nearest({1, 0}, "GET") == 1U);
}

BOOST_AUTO_TEST_CASE(allow_names_each_method_once) {
  rule one = prefix("/");
  one.methods = {"POST", "GET"};
  rule two = prefix("/");
  two.methods = {"GET", "DELETE"};
  const route_table table({one, two, prefix("/any")});
  BOOST_TEST(table.allow({0, 1}) == "POST, GET, DELETE");
  BOOST_TEST(table.allow({0}) == "POST, GET");
  BOOST_TEST(table.allow({2}) == "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
  BOOST_TEST(table.allow({0, 2}) == "POST, GET, HEAD, PUT, PATCH, DELETE, OPTIONS");
  BOOST_TEST(table.allow({}) == "");
}

BOOST_AUTO_TEST_CASE(ten_thousand_rules_are_told_apart) {
  rules all;
  const auto path = [](std::size_t i) {
    return "/group" + std::to_string(i % 100) + "/service" + std::to_string(i);
  };
  const auto host = [](std::size_t i) {
    return i % 3 == 0 ? "" : "host" + std::to_string(i % 50) + ".example";
  };
  for (std::size_t i = 0; i < 10000; ++i)
    all.push_back(i % 2 == 0 ? prefix(path(i), host(i)) : exact(path(i), host(i)));
  const route_table table(std::move(all));
  for (std::size_t i = 0; i < 10000; ++i) {
    BOOST_TEST_REQUIRE(first(table, host(i), path(i)) == static_cast<int>(i));
    BOOST_TEST_REQUIRE(first(table, host(i), path(i) + "/deep/er") ==
                       (i % 2 == 0 ? static_cast<int>(i) : -1));
    BOOST_TEST_REQUIRE(first(table, host(i), path(i) + "x") == -1);
  }
}

BOOST_AUTO_TEST_CASE(a_path_of_many_segments_is_no_burden) {
  rules all;
  for (std::size_t i = 0; i < 1000; ++i) all.push_back(prefix("/p" + std::to_string(i)));
  const route_table table(std::move(all));
  std::string path;
  while (path.size() < 8192) path += "/a";
  for (int i = 0; i < 10000; ++i) BOOST_TEST_REQUIRE(table.match("h", path) == nullptr);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

}  // namespace tests
