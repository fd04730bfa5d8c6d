// SPDX-License-Identifier: Apache-2.0
#include "gateway/admin/handle.hpp"

#include <boost/test/unit_test.hpp>

namespace {

gateway::admin::sources ready() {
  gateway::admin::sources from;
  from.metrics = [] { return std::string("countersign_x 1\n"); };
  from.config = [] { return std::string("{}"); };
  from.status = [] { return std::string("{}"); };
  from.clients = [](std::string_view query) -> std::optional<std::string> {
    if (query == "limit=0") return std::nullopt;
    return "[\"" + std::string(query) + "\"]";
  };
  from.not_ready = [] { return std::string(); };
  from.reload = [] { return gateway::admin::reloading{{}, R"("problems":[])"}; };
  from.address = "127.0.0.1";
  return from;
}

gateway::admin::response ask(std::string_view method, std::string_view target,
                             std::string_view host = "127.0.0.1:9901") {
  return gateway::admin::handle({method, target, host, {}, {}}, ready());
}

/// What POST /reload answers.
gateway::admin::response change(const gateway::admin::sources& from,
                                std::string_view host = "localhost",
                                std::string_view authorization = {},
                                std::optional<std::string_view> origin = {}) {
  return gateway::admin::handle({"POST", "/reload", host, origin, authorization}, from);
}

gateway::admin::sources elsewhere(std::optional<std::string_view> token) {
  auto from = ready();
  from.beyond_loopback = true;
  from.address = "10.0.0.7";
  from.token = token;
  return from;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(admin)
BOOST_AUTO_TEST_SUITE(handle_)

BOOST_AUTO_TEST_CASE(pages_are_there) {
  BOOST_TEST(ask("GET", "/metrics").body == "countersign_x 1\n");
  BOOST_TEST(ask("GET", "/config").type == "application/json");
  BOOST_TEST(ask("GET", "/status.json").type == "application/json");
  BOOST_TEST(ask("GET", "/clients").body == "[\"\"]");
  BOOST_TEST(ask("GET", "/clients?client=a").body == "[\"client=a\"]");
  BOOST_TEST(ask("GET", "/clients?limit=0").status == 400U);
  BOOST_TEST(ask("GET", "/").type == "text/html; charset=utf-8");
  BOOST_TEST(ask("GET", "/").policy.starts_with("default-src 'none'; "));
  BOOST_TEST(ask("GET", "/config").policy == "");
  BOOST_TEST(ask("HEAD", "/livez").status == 200U);
  BOOST_TEST(ask("GET", "/readyz").status == 200U);
}

BOOST_AUTO_TEST_CASE(draining_is_alive_but_not_ready) {
  auto from = ready();
  from.not_ready = [] { return std::string("draining"); };
  BOOST_TEST(::gateway::admin::handle({"GET", "/readyz", "localhost", {}, {}}, from).status ==
             503U);
  BOOST_TEST(::gateway::admin::handle({"GET", "/livez", "localhost", {}, {}}, from).status == 200U);
}

BOOST_AUTO_TEST_CASE(a_name_that_dns_could_point_here_is_forbidden) {
  BOOST_TEST(ask("GET", "/config", "evil.example").status == 403U);
  BOOST_TEST(ask("GET", "/config", "").status == 403U);
  BOOST_TEST(ask("GET", "/config", "127.0.0.1.evil.example").status == 403U);
  BOOST_TEST(ask("GET", "/livez", "[::1]:9901").status == 200U);
  BOOST_TEST(ask("GET", "/livez", "LocalHost:9901").status == 200U);
}

BOOST_AUTO_TEST_CASE(no_name_leads_to_a_path_and_so_any_will_do) {
  auto from = ready();
  from.by_path = true;
  for (const char* host : {"localhost", "countersign.internal", ""}) {
    for (const char* path : {"/config", "/", "/metrics"})
      BOOST_TEST(::gateway::admin::handle({"GET", path, host, {}, {}}, from).status == 200U, path);
    BOOST_TEST(::gateway::admin::handle({"POST", "/reload", host, {}, {}}, from).status == 200U);
    BOOST_TEST(
        ::gateway::admin::handle({"POST", "/reload", host, "http://localhost", {}}, from).status ==
        403U);
  }
}

BOOST_AUTO_TEST_CASE(beyond_loopback_any_name_leads_to_what_machines_read) {
  auto from = ready();
  from.beyond_loopback = true;
  const auto page = [&](const char* path) {
    return ::gateway::admin::handle({"GET", path, "countersign.internal:9901", {}, {}}, from)
        .status;
  };
  BOOST_TEST(page("/metrics") == 200U);
  BOOST_TEST(page("/livez") == 200U);
  BOOST_TEST(page("/readyz") == 200U);
  BOOST_TEST(page("/clients") == 200U);
  BOOST_TEST(page("/config") == 403U);
  BOOST_TEST(page("/") == 403U);
  BOOST_TEST(page("/status.json") == 403U);
  BOOST_TEST(page("/other") == 403U);
}

BOOST_AUTO_TEST_CASE(a_machine_that_names_no_host_is_told_what_machines_read) {
  const auto page = [](const char* method, const char* path) {
    return ::gateway::admin::handle({method, path, "", {}, {}}, ready()).status;
  };
  for (const char* path : {"/metrics", "/livez", "/readyz", "/clients"})
    BOOST_TEST(page("GET", path) == 200U);
  for (const char* path : {"/config", "/", "/status.json"}) BOOST_TEST(page("GET", path) == 403U);
  BOOST_TEST(page("POST", "/reload") == 403U);
}

BOOST_AUTO_TEST_CASE(what_is_not_there_and_what_may_not_be_done_are_told_apart) {
  BOOST_TEST(ask("GET", "/secrets").status == 404U);
  const auto refused = ask("POST", "/metrics");
  BOOST_TEST(refused.status == 405U);
  BOOST_TEST(refused.allow == "GET, HEAD");
}

BOOST_AUTO_TEST_CASE(a_reload_says_what_came_of_it) {
  using outcome = ::gateway::admin::reloading::outcome;
  auto from = ready();
  BOOST_TEST(change(from).status == 200U);
  BOOST_TEST(change(from).body == "{\"reloaded\":true,\"problems\":[]}\n");
  from.reload = [] { return ::gateway::admin::reloading{outcome::refused, R"("problems":[1])"}; };
  BOOST_TEST(change(from).status == 422U);
  BOOST_TEST(change(from).type == "application/problem+json");
  BOOST_TEST(change(from).body.ends_with(
      "\"status\":422,\"code\":\"bad_configuration\",\"problems\":[1]}\n"));
  from.reload = [] { return ::gateway::admin::reloading{outcome::draining, {}}; };
  BOOST_TEST(change(from).status == 409U);
}

BOOST_AUTO_TEST_CASE(who_may_not_change_anything_is_told_apart) {
  const auto refused = [](const char* method, const char* target, const char* host,
                          std::optional<std::string_view> origin) {
    return ::gateway::admin::handle({method, target, host, origin, {}}, ready()).change_refused;
  };
  BOOST_TEST(!refused("POST", "/reload", "localhost", {}));
  BOOST_TEST(refused("POST", "/reload", "localhost", "http://evil"));
  BOOST_TEST(refused("POST", "/reload?x", "evil.example", {}));
  BOOST_TEST(!refused("GET", "/reload", "evil.example", {}));
  BOOST_TEST(!refused("GET", "/config", "evil.example", {}));
}

BOOST_AUTO_TEST_CASE(only_post_changes_anything) {
  auto from = ready();
  bool asked = false;
  from.reload = [&] {
    asked = true;
    return ::gateway::admin::reloading{};
  };
  for (const char* method : {"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "post"}) {
    const auto refused = ::gateway::admin::handle({method, "/reload", "localhost", {}, {}}, from);
    BOOST_TEST(refused.status == 405U);
    BOOST_TEST(refused.allow == "POST");
  }
  BOOST_TEST(!asked);
}

BOOST_AUTO_TEST_CASE(no_web_page_changes_anything) {
  const auto from = ready();
  for (const char* origin : {"http://localhost:9901", "null", ""})
    BOOST_TEST(change(from, "localhost", {}, origin).status == 403U);
  for (const char* host : {"", "evil.example", "127.0.0.1.evil.example", "8.8.8.8", "10.0.0.7:9901",
                           "[2001:db8::1]:9901", "[::1"})
    BOOST_TEST(change(from, host).status == 403U, host);
  for (const char* host : {"localhost", "LOCALHOST:9901", "127.0.0.1:1", "127.9.9.9", "[::1]:9901"})
    BOOST_TEST(change(from, host).status == 200U, host);
}

BOOST_AUTO_TEST_CASE(elsewhere_nothing_is_changed_without_a_token) {
  const auto refused = change(elsewhere({}), "10.0.0.7:9901", "Bearer anything");
  BOOST_TEST(refused.status == 403U);
  BOOST_TEST(refused.body.find("\"code\":\"read_only\"") != std::string::npos);
  // What can be read, still can.
  BOOST_TEST(
      ::gateway::admin::handle({"GET", "/metrics", "10.0.0.7", {}, {}}, elsewhere({})).status ==
      200U);
}

BOOST_AUTO_TEST_CASE(elsewhere_the_token_must_be_right) {
  const auto from = elsewhere("a-token");
  for (const char* said : {"", "a-token", "Bearer", "Bearer ", "Bearer a-toke", "Bearer a-token ",
                           "Basic a-token", "Bearer  a-token"}) {
    const auto refused = change(from, "10.0.0.7:9901", said);
    BOOST_TEST(refused.status == 401U, said);
    BOOST_TEST(refused.challenge == "Bearer");
  }
  BOOST_TEST(change(from, "10.0.0.7:9901", "Bearer a-token").status == 200U);
  BOOST_TEST(change(from, "10.0.0.8:9901", "Bearer a-token").status == 403U);
  BOOST_TEST(change(from, "10.0.0.7:9901", "Bearer a-token", "http://10.0.0.7:9901").status ==
             403U);
  // Who listens everywhere is addressed by any of this machine's addresses.
  auto everywhere = from;
  everywhere.address = {};
  BOOST_TEST(change(everywhere, "10.0.0.8:9901", "bearer a-token").status == 200U);
  BOOST_TEST(change(everywhere, "gateway.internal", "Bearer a-token").status == 403U);
}

BOOST_AUTO_TEST_CASE(on_loopback_a_token_is_not_needed_but_must_be_right_if_it_is_said) {
  auto from = ready();
  BOOST_TEST(change(from, "localhost", "Bearer x").status == 401U);
  from.token = "a-token";
  BOOST_TEST(change(from).status == 200U);
  BOOST_TEST(change(from, "localhost", "Bearer x").status == 401U);
  BOOST_TEST(change(from, "localhost", "Bearer a-token").status == 200U);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
