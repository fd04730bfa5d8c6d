// SPDX-License-Identifier: Apache-2.0
#include "core/http/forward.hpp"

#include <boost/test/unit_test.hpp>

#include "core/base/ascii.hpp"

using core::http::connection_options;
using core::http::request_filter;
using core::http::response_filter;

namespace {

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  return out;
}

std::string replaced(std::string_view text, char by) {
  std::string out(text);
  for (char& c : out)
    if (c == '-') c = by;
  return out;
}

template <class Filter>
bool passes(const Filter& filter, std::string_view name, std::string_view connection = "") {
  connection_options options;
  BOOST_TEST_REQUIRE(options.add(connection));
  return filter.passes({name, "value"}, options);
}

constexpr std::string_view hop_by_hop[] = {"Connection",
                                           "Keep-Alive",
                                           "Proxy-Connection",
                                           "Proxy-Authenticate",
                                           "Proxy-Authorization",
                                           "TE",
                                           "Trailer",
                                           "Transfer-Encoding",
                                           "Upgrade"};

}  // namespace

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(http)
BOOST_AUTO_TEST_SUITE(forward)

BOOST_AUTO_TEST_CASE(identity_and_override_fields_never_pass_in_any_spelling) {
  const request_filter filter({.credentials = {"timestamp", "X-My-Token"}, .only = {}});
  for (const std::string_view name : {"Content-Digest",
                                      "X-Client-Id",
                                      "X-Client-Version",
                                      "X-Client-Anything",
                                      "X-Countersign-Observed",
                                      "Forwarded",
                                      "X-Forwarded-For",
                                      "X-Forwarded-Proto",
                                      "X-Forwarded-Host",
                                      "X-Forwarded-Prefix",
                                      "X-Real-IP",
                                      "X-Original-URL",
                                      "X-Rewrite-URL",
                                      "X-HTTP-Method",
                                      "X-HTTP-Method-Override",
                                      "X-Method-Override",
                                      "Proxy",
                                      "X-Request-Id",
                                      "Host",
                                      "Content-Length",
                                      "Expect",
                                      "timestamp",
                                      "X-My-Token"}) {
    BOOST_TEST(!passes(filter, name), name);
    BOOST_TEST(!passes(filter, core::base::lower(name)), name);
    BOOST_TEST(!passes(filter, upper(name)), name);
    BOOST_TEST(!passes(filter, replaced(name, '_')), name);
    BOOST_TEST(!passes(filter, replaced(name, '.')), name);
  }
}

BOOST_AUTO_TEST_CASE(hop_by_hop_fields_pass_neither_way) {
  const request_filter there({});
  const response_filter back;
  for (const std::string_view name : hop_by_hop) {
    BOOST_TEST(!passes(there, name), name);
    BOOST_TEST(!passes(there, upper(name)), name);
    BOOST_TEST(!passes(back, name), name);
    BOOST_TEST(!passes(back, core::base::lower(name)), name);
  }
}

BOOST_AUTO_TEST_CASE(what_connection_lists_passes_neither_way) {
  BOOST_TEST(passes(request_filter({}), "X-Mine", "keep-alive"));
  BOOST_TEST(!passes(request_filter({}), "X-Mine", "keep-alive, x-MINE"));
  BOOST_TEST(!passes(response_filter(), "X-Mine", "x-mine,close"));
  BOOST_TEST(passes(response_filter(), "X-Mine-Too", "x-mine"));
}

BOOST_AUTO_TEST_CASE(names_with_an_underscore_never_pass_upstream) {
  BOOST_TEST(!passes(request_filter({}), "harmless_name"));
  BOOST_TEST(!passes(request_filter({.only = {{"harmless_name"}}}), "harmless_name"));
  BOOST_TEST(passes(response_filter(), "harmless_name"));
}

BOOST_AUTO_TEST_CASE(other_fields_pass) {
  const request_filter filter(
      {.credentials = {"timestamp", "version", "token", "signature"}, .only = {}});
  for (const std::string_view name : {"Accept",
                                      "Accept-Encoding",
                                      "Range",
                                      "If-None-Match",
                                      "Content-Type",
                                      "Content-Encoding",
                                      "Cookie",
                                      "Authorization",
                                      "User-Agent",
                                      "traceparent",
                                      "tracestate",
                                      "X-Clients",
                                      "X-Client",
                                      "Proxy-X",
                                      "timestamps",
                                      "tokens",
                                      "Forwarded2",
                                      "Te2",
                                      "Via",
                                      "X",
                                      "!"})
    BOOST_TEST(passes(filter, name), name);
}

BOOST_AUTO_TEST_CASE(an_opened_payload_takes_its_description_along) {
  const request_filter filter({.only = {}, .payload_opened = true});
  for (const std::string_view name :
       {"Content-Type", "content-encoding", "Digest", "Repr-Digest", "Content-MD5"}) {
    BOOST_TEST(!passes(filter, name), name);
    BOOST_TEST(passes(request_filter({}), name), name);
  }
  BOOST_TEST(passes(filter, "Content-Language"));
}

BOOST_AUTO_TEST_CASE(a_sealed_reply_is_asked_for_whole_and_uncoded) {
  const request_filter filter({.only = {}, .reply_sealed = true});
  for (const std::string_view name :
       {"Accept-Encoding", "Range", "If-Match", "if-none-match", "If-Modified-Since", "If-Range"})
    BOOST_TEST(!passes(filter, name), name);
  BOOST_TEST(passes(filter, "Accept"));
  BOOST_TEST(passes(filter, "Iffy"));
}

BOOST_AUTO_TEST_CASE(an_allow_list_is_all_that_passes) {
  const request_filter filter({.only = {{"X-Mine", "X-Real-IP", "X-Client-Id"}}});
  BOOST_TEST(passes(filter, "x-mine"));
  BOOST_TEST(!passes(filter, "X-Mine-Too"));
  BOOST_TEST(!passes(filter, "x.mine"));
  BOOST_TEST(!passes(filter, "Cookie"));
  BOOST_TEST(!passes(filter, "X-Real-IP"));
  BOOST_TEST(!passes(filter, "X-Client-Id"));
  for (const std::string_view name :
       {"traceparent", "tracestate", "Content-Type", "Content-Encoding"})
    BOOST_TEST(passes(filter, name), name);
  BOOST_TEST(!passes(request_filter({.only = {{"Content-Type"}}, .payload_opened = true}),
                     "Content-Type"));
}

BOOST_AUTO_TEST_CASE(an_empty_allow_list_passes_nothing) {
  const request_filter filter({.only = std::vector<std::string>{}});
  BOOST_TEST(!passes(filter, "Accept"));
}

BOOST_AUTO_TEST_CASE(answers_keep_what_is_the_upstreams) {
  const response_filter filter;
  for (const std::string_view name :
       {"Date", "Server", "Set-Cookie", "Content-Type", "Content-Encoding", "ETag", "Alt-Svc",
        "Location", "WWW-Authenticate", "X-Client-Id", "Digest"})
    BOOST_TEST(passes(filter, name), name);
  for (const std::string_view name : {"Content-Length", "X-Request-Id", "x-countersign-observed"})
    BOOST_TEST(!passes(filter, name), name);
}

BOOST_AUTO_TEST_CASE(sealed_and_signed_answers_lose_what_the_gateway_sets) {
  const response_filter filter({.set_by_gateway = {"timestamp", "signature"}, .sealed = true});
  for (const std::string_view name : {"Timestamp", "SIGNATURE", "Content-Type", "Content-Encoding",
                                      "ETag", "Content-Digest", "Accept-Ranges", "Content-Range"})
    BOOST_TEST(!passes(filter, name), name);
  BOOST_TEST(passes(filter, "Set-Cookie"));
  BOOST_TEST(passes(filter, "token"));
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
