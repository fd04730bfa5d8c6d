// SPDX-License-Identifier: Apache-2.0
#include "core/admission/refusal.hpp"

#include <boost/test/unit_test.hpp>
#include <map>
#include <set>
#include <string>

#include "core/admission/answer.hpp"

namespace {

using namespace core;
using base::errc;

struct told {
  unsigned status;
  std::string code;
  bool closes = false;
  unsigned retry_after = 0;
};

/// What the contract says, reason by reason.
const std::map<errc, told> contract = {
    {errc::bad_http, {400, "malformed", true}},
    {errc::http_version, {505, "http_version", true}},
    {errc::bad_framing, {400, "malformed", true}},
    {errc::bad_target, {400, "malformed", true}},
    {errc::bad_host, {400, "malformed", true}},
    {errc::unknown_method, {501, "not_implemented", true}},
    {errc::headers_too_large, {431, "headers_too_large", true}},
    {errc::target_too_long, {414, "target_too_long", true}},
    {errc::expectation_failed, {417, "expectation_failed", true}},
    {errc::header_timeout, {408, "timeout", true}},
    {errc::body_timeout, {408, "timeout", true}},
    {errc::body_too_large, {413, "too_large"}},
    {errc::client_closed, {0, "", true}},
    {errc::bad_proxy_header, {0, "", true}},
    {errc::no_route, {404, "no_route"}},
    {errc::method_not_allowed, {405, "method_not_allowed"}},
    {errc::address_limited, {429, "rate_limited", false, 1}},
    {errc::missing_credential, {401, "unauthenticated"}},
    {errc::missing_field, {400, "malformed"}},
    {errc::malformed_field, {400, "malformed"}},
    {errc::duplicate_field, {400, "malformed"}},
    {errc::not_covered, {400, "malformed"}},
    {errc::missing_payload, {400, "malformed"}},
    {errc::stale, {401, "stale"}},
    {errc::future, {401, "stale"}},
    {errc::unknown_client, {401, "unauthenticated"}},
    {errc::client_disabled, {401, "unauthenticated"}},
    {errc::no_secret_in_force, {401, "unauthenticated"}},
    {errc::unknown_alg, {401, "unauthenticated"}},
    {errc::bad_signature, {401, "unauthenticated"}},
    {errc::bad_digest, {401, "unauthenticated"}},
    {errc::unsupported_content, {415, "unsupported_content"}},
    {errc::bad_payload, {401, "unauthenticated"}},
    {errc::bad_mac, {401, "unauthenticated"}},
    {errc::decrypt_failed, {401, "unauthenticated"}},
    {errc::bad_plaintext, {422, "not_json"}},
    {errc::not_json, {422, "not_json"}},
    {errc::no_key, {403, "no_key"}},
    {errc::route_forbidden, {403, "forbidden"}},
    {errc::address_forbidden, {403, "forbidden"}},
    {errc::rate_limited, {429, "rate_limited", false, 1}},
    {errc::concurrency_limited, {429, "rate_limited", false, 1}},
    {errc::version_rejected, {403, "version_retired"}},
    {errc::replay, {401, "replayed"}},
    {errc::replay_store_full, {503, "unavailable", false, 5}},
    {errc::replay_store_unavailable, {503, "unavailable", false, 5}},
    {errc::draining, {503, "unavailable", true, 1}},
    {errc::overloaded, {503, "unavailable", true, 1}},
    {errc::upstream_busy, {503, "unavailable", false, 1}},
    {errc::upstream_queue_timeout, {503, "unavailable", false, 1}},
    {errc::upstream_down, {503, "unavailable", false, 5}},
    {errc::upstream_unreachable, {502, "upstream_unreachable"}},
    {errc::upstream_invalid, {502, "upstream_invalid"}},
    {errc::upstream_timeout, {504, "upstream_timeout"}},
    {errc::reply_too_large, {502, "reply_too_large"}},
    {errc::internal, {500, "internal", true}},
};

/// Whoever gets this far has chosen a key: which of these it was must not be told.
constexpr errc once_a_key_is_chosen[] = {
    errc::unknown_client, errc::client_disabled, errc::no_secret_in_force,
    errc::bad_signature,  errc::unknown_alg,     errc::bad_digest,
    errc::bad_payload,    errc::bad_mac,         errc::decrypt_failed};

std::string whole_answer(errc reason) {
  admission::route_policy policy;
  policy.scheme_name = "laravel";
  admission::workspace space;
  admission::envelope_facts facts;
  facts.request_id = "id";
  facts.date = "Tue, 14 Nov 2023 22:13:20 GMT";
  std::string out;
  admission::write_problem(out, {reason, &policy, "POST", {}}, facts,
                           std::string(admission::random_size, 'i'), space);
  return out;
}

}  // namespace

namespace tests {  // apart from core's own names
BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(admission)
BOOST_AUTO_TEST_SUITE(refusal)

BOOST_AUTO_TEST_CASE(every_reason_has_its_place_in_the_contract) {
  for (int i = 1; i <= static_cast<int>(base::last_errc); ++i) {
    const errc reason = static_cast<errc>(i);
    const auto wanted = contract.find(reason);
    BOOST_TEST_REQUIRE((wanted != contract.end()), base::name(reason));
    const auto got = ::core::admission::refusal_for(reason);
    BOOST_TEST(got.status == wanted->second.status, base::name(reason));
    BOOST_TEST(got.code == wanted->second.code, base::name(reason));
    BOOST_TEST(got.close == wanted->second.closes, base::name(reason));
    BOOST_TEST(got.retry_after == wanted->second.retry_after, base::name(reason));
  }
  BOOST_TEST(contract.size() == static_cast<std::size_t>(base::last_errc));
}

BOOST_AUTO_TEST_CASE(every_status_that_is_sent_has_its_phrase_and_every_refusal_a_title) {
  for (const auto& [reason, wanted] : contract) {
    if (wanted.status == 0) continue;
    BOOST_TEST(!::core::admission::reason_phrase(wanted.status).empty(), wanted.status);
    BOOST_TEST(!::core::admission::refusal_for(reason).title.empty(), base::name(reason));
  }
}

BOOST_AUTO_TEST_CASE(only_overload_says_when_to_come_again) {
  for (const auto& [reason, wanted] : contract) {
    const bool later = wanted.status == 503 || wanted.status == 429;
    BOOST_TEST((::core::admission::refusal_for(reason).retry_after != 0) == later,
               base::name(reason));
  }
}

BOOST_AUTO_TEST_CASE(all_that_is_found_once_a_key_is_chosen_has_one_answer_to_the_byte) {
  const std::string one = whole_answer(errc::bad_signature);
  for (const errc reason : once_a_key_is_chosen)
    BOOST_TEST(whole_answer(reason) == one, base::name(reason));
  // And so has a request without any credential.
  BOOST_TEST(whole_answer(errc::missing_credential) == one);
}

BOOST_AUTO_TEST_CASE(both_sides_of_the_window_have_one_answer) {
  BOOST_TEST(whole_answer(errc::stale) == whole_answer(errc::future));
}

BOOST_AUTO_TEST_CASE(what_the_client_did_is_told_from_the_state_of_others) {
  const std::set<errc> others{errc::client_closed,
                              errc::bad_proxy_header,
                              errc::address_limited,
                              errc::replay_store_full,
                              errc::replay_store_unavailable,
                              errc::draining,
                              errc::overloaded,
                              errc::upstream_busy,
                              errc::upstream_queue_timeout,
                              errc::upstream_down,
                              errc::upstream_unreachable,
                              errc::upstream_invalid,
                              errc::upstream_timeout,
                              errc::reply_too_large,
                              errc::internal};
  for (const auto& [reason, as_told] : contract)
    BOOST_TEST(::core::admission::blames_client(reason) == !others.contains(reason),
               ::core::base::name(reason));
}

BOOST_AUTO_TEST_CASE(what_a_forger_gets_counts_against_the_address) {
  for (const auto& [reason, as_told] : contract) {
    const bool counts = as_told.status == 400 || as_told.status == 401 || as_told.status == 403;
    BOOST_TEST(::core::admission::is_failure(reason) == counts, ::core::base::name(reason));
  }
}

BOOST_AUTO_TEST_CASE(no_title_names_the_internal_reason) {
  // A reason whose name is public may be named; the others say nothing that helps a forger.
  for (const auto& [reason, wanted] : contract) {
    if (wanted.code.find(base::name(reason)) != std::string::npos || wanted.status == 0) continue;
    BOOST_TEST((whole_answer(reason).find(base::name(reason)) == std::string::npos),
               base::name(reason));
  }
}

BOOST_AUTO_TEST_CASE(one_code_always_has_one_status) {
  std::map<std::string, std::set<unsigned>> statuses;
  for (const auto& [reason, wanted] : contract) {
    const auto got = ::core::admission::refusal_for(reason);
    statuses[std::string(got.code)].insert(got.status);
  }
  for (const auto& [code, found] : statuses) BOOST_TEST(found.size() == 1U, code);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
}  // namespace tests
