// SPDX-License-Identifier: Apache-2.0
#include "core/admission/upstream_head.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/core/admission/answers.hpp"

namespace {

using namespace core;
using namespace tests::messages;

constexpr std::string_view fresh_trace = "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01";
constexpr std::string_view open_route = "{name: open, path: /open/, scheme: none, upstream: orders";

/// The head that goes upstream; its request line stands where an answer has its status line.
answer upstream_head(gateway& g, message m, bool websocket = false) {
  const passage p(g, std::move(m));
  const admission::hop hop{"127.0.0.1:9001", peer, "f00df00df00df00d", fresh_trace, websocket};
  std::string out = "what stood there before";
  if (p.waived) {
    admission::write_upstream_head(out, admission::cleared(*p.waived, p.sent().body), hop);
  } else {
    BOOST_TEST_REQUIRE(p.end() == "reserved");
    admission::write_upstream_head(out, admission::cleared(*p.reserved), hop);
  }
  return answer(out);
}

/// The request line for this path, on a route with these settings.
std::string line(const std::string& settings, const std::string& target) {
  gateway g = with_route(settings);
  message m = laravel_client().sealed("{}");
  m.target = target;
  return upstream_head(g, m).status_line;
}

std::string odd_case(std::string_view name) {
  std::string out(name);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const bool lower = out[i] >= 'a' && out[i] <= 'z';
    if (lower && i % 2 == 1) out[i] = static_cast<char>(out[i] - 32);
  }
  return out;
}

std::string with_punctuation(std::string_view name, char c) {
  std::string out(name);
  std::ranges::replace(out, '-', c);
  return out;
}

/// Every name the contract lists, where it stands for many with two of them.
constexpr const char* never_passed_on[] = {"Content-Digest",
                                           "X-Client-Id",
                                           "X-Client-Version",
                                           "X-Client-Anything",
                                           "X-Countersign-Observed",
                                           "X-Countersign-Else",
                                           "Forwarded",
                                           "X-Forwarded-For",
                                           "X-Forwarded-Proto",
                                           "X-Forwarded-Host",
                                           "X-Forwarded-Port",
                                           "X-Real-IP",
                                           "X-Original-URL",
                                           "X-Rewrite-URL",
                                           "X-HTTP-Method",
                                           "X-HTTP-Method-Override",
                                           "X-Method-Override",
                                           "Proxy",
                                           "X-Request-Id",
                                           "Connection",
                                           "Keep-Alive",
                                           "Proxy-Connection",
                                           "Proxy-Authenticate",
                                           "Proxy-Authorization",
                                           "TE",
                                           "Trailer",
                                           "Upgrade"};

}  // namespace

namespace tests {  // apart from core's own names
BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(admission)
BOOST_AUTO_TEST_SUITE(upstream_head)

BOOST_AUTO_TEST_CASE(a_head_is_written_to_the_byte) {
  gateway g;
  message m = laravel_client().sealed(R"({"id":7})");
  m.target = "/api/orders?a=%20b&a=c";
  const messages::answer got = ::upstream_head(g, m.add("User-Agent", "GuzzleHttp/7"));
  BOOST_TEST(got.status_line == "POST /api/orders?a=%20b&a=c HTTP/1.1");
  const field_list wanted = {{"Host", "127.0.0.1:9001"},
                             {"User-Agent", "GuzzleHttp/7"},
                             {"X-Client-Id", "billing"},
                             {"X-Client-Version", "1.0.0"},
                             {"Content-Type", "application/json"},
                             {"X-Request-Id", "f00df00df00df00d"},
                             {"X-Forwarded-For", "192.0.2.7"},
                             {"X-Forwarded-Proto", "http"},
                             {"X-Forwarded-Host", "api.example.com"},
                             {"traceparent", std::string(fresh_trace)},
                             {"Content-Length", "8"}};
  BOOST_TEST((got.fields == wanted));
  BOOST_TEST(got.body == "");
}

/// The handshake belongs to the hop and is asked for anew, whatever `forward` lets pass.
BOOST_AUTO_TEST_CASE(a_handshake_goes_on_as_a_whole) {
  gateway g(one_client, std::string(open_route) + ", websocket: true, forward: [X-Mine]}");
  message m{.method = "GET", .target = "/open/x"};
  m.add("Connection", "Upgrade, X-Mine, Sec-WebSocket-Key").add("Upgrade", "WebSocket");
  m.add("X-Mine", "1").add("X-Other", "2").add("Sec-WebSocket-Else", "3");
  m.add("sec-websocket-key", "k").add("Sec-WebSocket-Version", "13");
  m.add("Sec-WebSocket-Protocol", "a").add("Sec-WebSocket-Protocol", "b");
  m.add("Sec-WebSocket-Extensions", "e").add("Host", "api.example.com");
  const messages::answer got = ::upstream_head(g, m, true);
  const field_list wanted = {{"Host", "127.0.0.1:9001"},
                             {"X-Request-Id", "f00df00df00df00d"},
                             {"X-Forwarded-For", "192.0.2.7"},
                             {"X-Forwarded-Proto", "http"},
                             {"X-Forwarded-Host", "api.example.com"},
                             {"traceparent", std::string(fresh_trace)},
                             {"Connection", "Upgrade"},
                             {"Upgrade", "websocket"},
                             {"sec-websocket-key", "k"},
                             {"Sec-WebSocket-Version", "13"},
                             {"Sec-WebSocket-Protocol", "a"},
                             {"Sec-WebSocket-Protocol", "b"},
                             {"Sec-WebSocket-Extensions", "e"}};
  BOOST_TEST((got.fields == wanted));
  // What passes anyway stands there once.
  gateway open(one_client, std::string(open_route) + ", websocket: true}");
  const messages::answer all = ::upstream_head(open, m, true);
  BOOST_TEST(all.value("Sec-WebSocket-Version") == "13");
  BOOST_TEST(all.value("sec-websocket-key") == "k");
  BOOST_TEST(all.value("Sec-WebSocket-Else") == "3");
  // What is none has nothing of it but what passes anyway.
  const messages::answer plain = ::upstream_head(g, m);
  BOOST_TEST(plain.value("Upgrade") == "-");
  BOOST_TEST(plain.value("Sec-WebSocket-Version") == "-");
}

BOOST_AUTO_TEST_CASE(nothing_the_client_says_of_identity_or_hop_gets_through_in_any_spelling) {
  gateway g;
  const std::string honest = ::upstream_head(g, laravel_client().sealed("{}")).value("X-Client-Id");
  BOOST_TEST(honest == "billing");
  for (const std::string name : never_passed_on) {
    for (const std::string& spelling : {name, odd_case(name), with_punctuation(name, '_'),
                                        with_punctuation(name, '.'), with_punctuation(name, '~')}) {
      message m = laravel_client().sealed("{}");
      m.add(spelling, "evil").add(spelling, "evil");
      const messages::answer got = ::upstream_head(g, m);
      for (const auto& [field, value] : got.fields)
        BOOST_TEST((value.find("evil") == std::string::npos), spelling << " as " << field);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_schemes_credentials_stay_here_whatever_they_are_called) {
  gateway g(one_client, "{path: /api/, scheme: renamed, upstream: orders}",
            "schemes: {renamed: {preset: laravel, headers: {timestamp: X-Time, token: X-Key, "
            "signature: X-Sig, version: X-App}}}");
  message m = laravel_client().sealed("{}");
  const std::string signature = laravel_client().signature(now);
  for (auto& [name, value] : m.fields) {
    if (name == "timestamp") name = "x-tIME";
    if (name == "token") name = "X-KEY";
    if (name == "signature") name = "x-sig";
    if (name == "version") name = "X-App";
  }
  // What the other preset calls its credentials means nothing here, and passes.
  const messages::answer got = ::upstream_head(g, m.add("token", "free"));
  for (const char* name : {"X-Time", "X-Key", "X-Sig", "X-App"})
    BOOST_TEST(got.value(name) == "-", name);
  BOOST_TEST(got.value("token") == "free");
  for (const auto& [name, value] : got.fields) BOOST_TEST(value != signature, name);
}

BOOST_AUTO_TEST_CASE(every_field_the_gateway_sets_stands_there_once) {
  gateway g;
  message m = laravel_client().sealed("{}");
  for (const char* name : {"X-Client-Id", "x-client-version", "X-REQUEST-ID", "X-Forwarded-For",
                           "X-Forwarded-Proto", "X-Forwarded-Host", "X-Client_Id"})
    m.add(name, "evil").add(name, "evil");
  const messages::answer got = ::upstream_head(g, m);
  BOOST_TEST(got.value("Host") == "127.0.0.1:9001");
  BOOST_TEST(got.value("X-Client-Id") == "billing");
  BOOST_TEST(got.value("X-Client-Version") == "1.0.0");
  BOOST_TEST(got.value("X-Request-Id") == "f00df00df00df00d");
  BOOST_TEST(got.value("X-Forwarded-For") == "192.0.2.7");
  BOOST_TEST(got.value("X-Forwarded-Proto") == "http");
  BOOST_TEST(got.value("X-Forwarded-Host") == "api.example.com");
  BOOST_TEST(got.value("Content-Type") == "application/json");
  BOOST_TEST(got.value("Content-Length") == "2");
}

BOOST_AUTO_TEST_CASE(what_a_trusted_proxy_forwards_goes_on) {
  gateway g(one_client, plain_route, "trusted_proxies: 192.0.2.0/24\n");
  message m = laravel_client().sealed("{}");
  m.add("X-Forwarded-For", "203.0.113.9, 198.51.100.1").add("x-forwarded-for", "192.0.2.8");
  m.add("X-Forwarded-Proto", "https").add("X-Forwarded-Host", "shop.example.com");
  const messages::answer got = ::upstream_head(g, m);
  BOOST_TEST(got.value("X-Forwarded-For") == "203.0.113.9, 198.51.100.1, 192.0.2.8, 192.0.2.7");
  BOOST_TEST(got.value("X-Forwarded-Proto") == "https");
  BOOST_TEST(got.value("X-Forwarded-Host") == "shop.example.com");
}

BOOST_AUTO_TEST_CASE(a_trusted_proxy_that_says_nothing_of_use_changes_nothing) {
  gateway g(one_client, plain_route, "trusted_proxies: 192.0.2.7\n");
  message m = laravel_client().sealed("{}");
  m.add("X-Forwarded-Proto", "gopher").add("X-Forwarded-Host", "a b");
  const messages::answer got = ::upstream_head(g, m);
  BOOST_TEST(got.value("X-Forwarded-For") == "192.0.2.7");
  BOOST_TEST(got.value("X-Forwarded-Proto") == "http");
  BOOST_TEST(got.value("X-Forwarded-Host") == "api.example.com");
}

BOOST_AUTO_TEST_CASE(what_described_the_sealed_body_does_not_describe_the_opened_one) {
  gateway g;
  message m = laravel_client().sealed("{}");
  for (const char* name : {"Repr-Digest", "Digest", "Content-MD5", "content-digest"})
    m.add(name, "sha-256=:x:");
  m.add("Expect", "100-continue");
  const messages::answer got = ::upstream_head(g, m);
  for (const char* name : {"Repr-Digest", "Digest", "Content-MD5", "Content-Digest", "Expect"})
    BOOST_TEST(got.value(name) == "-", name);
}

BOOST_AUTO_TEST_CASE(other_fields_pass_as_they_came) {
  gateway g;
  message m = laravel_client().sealed("{}");
  const field_list others = {{"Accept", "text/html"}, {"accept-encoding", "gzip"},
                             {"Cookie", "a=1"},       {"cookie", "b=2"},
                             {"Authorization", "x"},  {"If-None-Match", "\"x\""},
                             {"Range", "bytes=0-"},   {"X-Clients", "near"},
                             {"Proxied", "near"},     {"X-Forward", "near"}};
  for (const auto& [name, value] : others) m.add(name, value);
  const messages::answer got = ::upstream_head(g, m);
  for (const auto& other : others)
    BOOST_TEST((std::ranges::find(got.fields, other) != got.fields.end()), other.first);
}

BOOST_AUTO_TEST_CASE(what_connection_lists_ends_here) {
  gateway g;
  message m = laravel_client().sealed("{}");
  m.add("Connection", "X-Mine, close").add("X-Mine", "1").add("X-Yours", "2");
  const messages::answer got = ::upstream_head(g, m);
  BOOST_TEST(got.value("X-Mine") == "-");
  BOOST_TEST(got.value("X-Yours") == "2");
  // The gateway's own fields can't be taken away like this.
  message thief = laravel_client().sealed("{}");
  thief.add("Connection", "X-Client-Id, X-Request-Id, Host, Content-Length, traceparent");
  const messages::answer kept = ::upstream_head(g, thief);
  for (const char* name : {"X-Client-Id", "X-Request-Id", "Host", "Content-Length", "traceparent"})
    BOOST_TEST(kept.value(name) != "-", name);
}

BOOST_AUTO_TEST_CASE(only_listed_fields_pass_where_the_route_lists_them) {
  gateway g = with_route("forward: [X-Mine, X-Client-Id, under_score]");
  message m = laravel_client().sealed("{}");
  m.add("x-mine", "1").add("X-Yours", "2").add("X-Client-Id", "evil").add("under_score", "3");
  const messages::answer got = ::upstream_head(g, m);
  BOOST_TEST(got.value("X-Mine") == "1");
  BOOST_TEST(got.value("X-Yours") == "-");
  BOOST_TEST(got.value("X-Client-Id") == "billing");
  BOOST_TEST(got.value("under_score") == "-");
  BOOST_TEST(got.value("Content-Type") == "application/json");
}

BOOST_AUTO_TEST_CASE(a_prefix_is_taken_off_and_another_put_before) {
  BOOST_TEST(line("rewrite: {strip_prefix: /api}", "/api/orders?x") == "POST /orders?x HTTP/1.1");
  BOOST_TEST(line("rewrite: {strip_prefix: /api/}", "/api/orders") == "POST /orders HTTP/1.1");
  BOOST_TEST(line("rewrite: {strip_prefix: /api}", "/api/?q") == "POST /?q HTTP/1.1");
  BOOST_TEST(line("rewrite: {add_prefix: /v1}", "/api/orders") == "POST /v1/api/orders HTTP/1.1");
  BOOST_TEST(line("rewrite: {add_prefix: /v1/}", "/api/orders") == "POST /v1/api/orders HTTP/1.1");
  BOOST_TEST(line("rewrite: {strip_prefix: /api, add_prefix: /v1}", "/api/a%20b/") ==
             "POST /v1/a%20b/ HTTP/1.1");
  BOOST_TEST(line("rewrite: {strip_prefix: /api, add_prefix: /v1}", "/api/api/x") ==
             "POST /v1/api/x HTTP/1.1");
}

BOOST_AUTO_TEST_CASE(a_path_that_is_rewritten_whole_gets_no_slash_that_nobody_wrote) {
  gateway g(one_client,
            "{path: =/x, scheme: laravel, upstream: orders, rewrite: {strip_prefix: /x, "
            "add_prefix: /y/z}}");
  message m = laravel_client().sealed("{}");
  m.target = "/x?q=1";
  BOOST_TEST(::upstream_head(g, m).status_line == "POST /y/z?q=1 HTTP/1.1");
}

BOOST_AUTO_TEST_CASE(a_prefix_is_taken_off_on_a_segment_border_only) {
  const auto path = [](const char* target) {
    gateway g(one_client,
              "{path: /api, scheme: laravel, upstream: orders, rewrite: {strip_prefix: /api}}");
    message m = laravel_client().sealed("{}");
    m.target = target;
    return ::upstream_head(g, m).status_line;
  };
  BOOST_TEST(path("/api") == "POST / HTTP/1.1");
  BOOST_TEST(path("/api?q=1") == "POST /?q=1 HTTP/1.1");
  BOOST_TEST(path("/api/x") == "POST /x HTTP/1.1");
  // The reader refuses a prefix that isn't the path's own; the writer holds without it too.
  auto m = config::model_of(yaml(one_client, "{path: /, scheme: laravel, upstream: orders}"));
  m.routes.front().strip_prefix = "/api";
  gateway g(std::move(m));
  message near = laravel_client().sealed("{}");
  near.target = "/apix/y";
  BOOST_TEST(::upstream_head(g, near).status_line == "POST /apix/y HTTP/1.1");
  near.target = "/api/y";
  BOOST_TEST(::upstream_head(g, near).status_line == "POST /y HTTP/1.1");
}

BOOST_AUTO_TEST_CASE(one_valid_trace_passes_and_anything_else_begins_anew) {
  gateway g;
  constexpr const char* theirs = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  const auto trace = [&](field_list fields) {
    message m = laravel_client().sealed("{}");
    for (auto& [name, value] : fields) m.add(name, value);
    const messages::answer got = ::upstream_head(g, m);
    return got.value("traceparent") + " " + got.value("tracestate");
  };
  const std::string anew = std::string(fresh_trace) + " -";
  BOOST_TEST(trace({}) == anew);
  BOOST_TEST(trace({{"TraceParent", theirs}}) == std::string(theirs) + " -");
  BOOST_TEST(trace({{"traceparent", theirs}, {"tracestate", "a=1"}, {"TRACESTATE", "b=2"}}) ==
             std::string(theirs) + " a=1|b=2");
  BOOST_TEST(trace({{"traceparent", theirs}, {"traceparent", theirs}, {"tracestate", "a=1"}}) ==
             anew);
  BOOST_TEST(trace({{"traceparent", "00-0-0-01"}, {"tracestate", "a=1"}}) == anew);
  BOOST_TEST(trace({{"tracestate", "a=1"}}) == anew);
}

BOOST_AUTO_TEST_CASE(a_sealed_reply_must_come_whole_and_uncoded) {
  gateway g = with_route("reply: {seal: true}");
  message m = laravel_client().sealed("{}");
  m.add("Accept-Encoding", "gzip").add("Range", "bytes=0-").add("If-None-Match", "\"x\"");
  const messages::answer got = ::upstream_head(g, m);
  BOOST_TEST(got.value("Accept-Encoding") == "identity");
  BOOST_TEST(got.value("Range") == "-");
  BOOST_TEST(got.value("If-None-Match") == "-");
}

BOOST_AUTO_TEST_CASE(a_request_without_a_body_says_so_where_one_is_expected_only) {
  gateway g = with_route("bodyless: all");
  const messages::answer got = ::upstream_head(g, laravel_client().bare("DELETE"));
  BOOST_TEST(got.value("Content-Length") == "-");
  BOOST_TEST(got.value("Content-Type") == "-");

  gateway open(one_client, std::string(open_route) + "}");
  message m;
  m.target = "/open/";
  m.fields = {{"Host", "x"}};
  BOOST_TEST(::upstream_head(open, m).value("Content-Length") == "0");
}

BOOST_AUTO_TEST_CASE(what_is_no_json_goes_on_as_bytes) {
  gateway g = with_route("content: any");
  BOOST_TEST(::upstream_head(g, laravel_client().sealed("hello")).value("Content-Type") ==
             "application/octet-stream");
  BOOST_TEST(::upstream_head(g, laravel_client().sealed("{}")).value("Content-Type") ==
             "application/json");
}

BOOST_AUTO_TEST_CASE(a_waived_request_passes_as_it_is_without_an_identity) {
  gateway g(one_client, std::string(open_route) + ", rewrite: {strip_prefix: /open}}");
  message m;
  m.target = "/open/door?x";
  m.body = "a=1";
  m.fields = {{"Host", "www.example.com"}, {"Content-Type", "application/x-www-form-urlencoded"},
              {"Content-Length", "3"},     {"Content-Encoding", "gzip"},
              {"timestamp", "1"},          {"token", "mine"},
              {"X-Client-Id", "evil"},     {"x-client_version", "evil"},
              {"X-Forwarded-For", "evil"}};
  const messages::answer got = ::upstream_head(g, m);
  BOOST_TEST(got.status_line == "POST /door?x HTTP/1.1");
  const field_list wanted = {{"Host", "127.0.0.1:9001"},
                             {"Content-Type", "application/x-www-form-urlencoded"},
                             {"Content-Encoding", "gzip"},
                             {"timestamp", "1"},
                             {"token", "mine"},
                             {"X-Request-Id", "f00df00df00df00d"},
                             {"X-Forwarded-For", "192.0.2.7"},
                             {"X-Forwarded-Proto", "http"},
                             {"X-Forwarded-Host", "www.example.com"},
                             {"traceparent", std::string(fresh_trace)},
                             {"Content-Length", "3"}};
  BOOST_TEST((got.fields == wanted));
}

BOOST_AUTO_TEST_CASE(an_old_client_without_a_host_forwards_none) {
  gateway g;
  message m = laravel_client().sealed("{}");
  m.minor_version = 0;
  const messages::answer got = ::upstream_head(g, m.drop("Host"));
  BOOST_TEST(got.value("X-Forwarded-Host") == "-");
  BOOST_TEST(got.value("Host") == "127.0.0.1:9001");
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
