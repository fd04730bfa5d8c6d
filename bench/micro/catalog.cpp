// SPDX-License-Identifier: Apache-2.0
#include <openssl/evp.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "bench/micro/envelopes.hpp"
#include "bench/micro/operation.hpp"
#include "bench/micro/path.hpp"
#include "bench/micro/signed_message.hpp"
#include "bench/micro/staged.hpp"
#include "bench/micro/template.hpp"
#include "core/admission/answer.hpp"
#include "core/base/encoding.hpp"
#include "core/base/utf8.hpp"
#include "core/crypto/cipher.hpp"
#include "core/crypto/hmac.hpp"
#include "core/envelope/laravel.hpp"
#include "core/json/check.hpp"
#include "core/keys/version.hpp"
#include "core/limit/rate.hpp"
#include "core/upstream/balance.hpp"
#include "gateway/net/head_parser.hpp"

namespace bench::micro {

namespace {

using core::envelope::jwe_alg;
using core::envelope::jwe_enc;
using some_operation = std::unique_ptr<operation>;

std::string bytes_of(std::size_t size) {
  std::string bytes(size, '\0');
  counted_up random;
  random.fill(bytes);
  return bytes;
}

std::string repeated(std::string_view text, std::size_t size) {
  std::string all;
  while (all.size() + text.size() <= size) all.append(text);
  return all;
}

// As most OpenSSL programs hash: what the request's path is compared with.
some_operation sha256_2027() {
  const std::shared_ptr<EVP_MD_CTX> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  return operation_of([text = bytes_of(2027), context] {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
    unsigned size = 0;
    expect(EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1);
    expect(EVP_DigestUpdate(context.get(), text.data(), text.size()) == 1);
    expect(EVP_DigestFinal_ex(context.get(), digest.data(), &size) == 1);
    keep(digest);
  });
}

template <std::size_t Bytes>
some_operation unbase64() {
  return operation_of(
      [text = core::base::base64(bytes_of(Bytes)), out = std::string(Bytes + 3, '\0')]() mutable {
        expect(core::base::unbase64(text, out.data()) == Bytes);
        keep(out);
      });
}

template <std::size_t Bytes>
some_operation utf8() {
  return operation_of([text = repeated("Grüße aus Köln an José und 東京, 1 € zum Dank. ", Bytes)] {
    expect(core::base::is_utf8(text));
  });
}

template <std::size_t Bytes>
some_operation json() {
  const std::string item =
      R"({"sku":"A-1044","name":"Schraube, verzinkt","amount":12,"price":0.19},)";
  std::string items = repeated(item, Bytes - 32);
  items.pop_back();
  return operation_of([text = R"({"order":4711,"items":[)" + items + "]}"] {
    expect(core::json::is_object_or_array(text));
  });
}

some_operation version() {
  return operation_of([a = std::string("2.10.3-rc.1"), b = std::string("2.10.3-rc.2")] {
    keep(a);
    expect(core::keys::compare_versions(a, b) < 0);
  });
}

template <std::size_t Bytes>
some_operation hmac() {
  return operation_of([by = core::crypto::hmac(core::crypto::hash::sha256, bytes_of(32)),
                       text = bytes_of(Bytes)] { keep(by.mac({text})); });
}

template <std::size_t Bytes>
some_operation open_gcm() {
  constexpr auto how = core::crypto::cipher::aes_256_gcm;
  auto contexts = std::make_shared<core::crypto::cipher_contexts>();
  std::string text = bytes_of(Bytes);
  std::array<char, core::crypto::gcm_tag_size> tag;
  contexts->seal_gcm(how, bytes_of(32), bytes_of(12), text, text.data(), tag);
  return operation_of([contexts, text, tag, key = bytes_of(32), iv = bytes_of(12),
                       out = std::string(Bytes, '\0')]() mutable {
    expect(contexts->open_gcm(how, key, iv, text, {tag.data(), tag.size()}, out.data()));
    keep(out);
  });
}

some_operation take_of_rate() {
  return operation_of([of = core::limit::rate{100, std::chrono::seconds(1), 10},
                       state = core::limit::rate_state{}, now = std::int64_t{}]() mutable {
    now += 10'000'000;  // as often as it may
    const core::limit::rate_answer answer = core::limit::take(of, state, now);
    expect(answer.allowed);
    state = answer.next;
  });
}

template <bool Busy>
some_operation pick() {
  using core::upstream::share;
  return operation_of([credit = std::array<std::int64_t, 3>{}]() mutable {
    std::array<share, 3> among{share{512, 3}, share{256, 1}, share{256, 2}};
    if constexpr (Busy)
      expect(core::upstream::pick_least_busy(among, credit) == 1);
    else
      expect(core::upstream::pick_in_turn(among, credit) < among.size());
  });
}

// As Guzzle sends it.
constexpr std::string_view request_head =
    "POST /api/orders?page=1 HTTP/1.1\r\nHost: api.example.com\r\nUser-Agent: GuzzleHttp/7\r\n"
    "timestamp: 1700000000\r\nversion: 1.0.0\r\ntoken: my_key\r\nsignature: "
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\r\n"
    "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 2048\r\n\r\n";

some_operation parse_request() {
  return operation_of([head = core::http::request_head()]() mutable {
    const auto parsed = gateway::net::parse_request_head(request_head, 16384, head);
    expect(parsed && parsed->complete);
    keep(head);
  });
}

some_operation parse_answer() {
  return operation_of([head = core::http::response_head()]() mutable {
    const auto parsed = gateway::net::parse_response_head(answer_head, 16384, head);
    expect(parsed && parsed->complete);
    keep(head);
  });
}

template <load::spoiled How>
some_operation path() {
  return std::make_unique<request_path>(sizes{}, How);
}

constexpr std::array operations = {
    entry{"net/parse_request_head", 500, parse_request},
    entry{"http/frame_request", 500, stage<frames>},
    entry{"http/parse_target", 500, stage<parses_target>},
    entry{"route/find_of_1", 500, stage<finds_route>},
    entry{"route/find_of_10000", 500, stage<finds_route, 10'000>},
    entry{"scheme/inspect", 500, stage<inspects>},
    entry{"scheme/prove", 500, stage<proves>},
    entry{"scheme/rfc9421_inspect", 500, inspects_signature},
    entry{"scheme/rfc9421_verify", 500, verifies_signature},
    entry{"scheme/gw1_inspect_and_verify_1KiB", 200, gw1_inspect_and_verify},
    entry{"base/unbase64_1KiB", 500, unbase64<1024>},
    entry{"base/unbase64_64KiB", 50, unbase64<65536>},
    entry{"crypto/hmac_sha256_1KiB", 500, hmac<1024>},
    entry{"crypto/open_aes_256_gcm_1KiB", 500, open_gcm<1024>},
    entry{"envelope/open_200B", 200, opening<200>},
    entry{"envelope/open_1KiB", 200, opening<1024>},
    entry{"envelope/open_64KiB", 20, opening<65536>},
    entry{"envelope/open_jwe_1KiB", 200, opening_jwe<jwe_alg::dir, jwe_enc::a256gcm, 1024>},
    entry{"envelope/open_jwe_cbc_1KiB", 200,
          opening_jwe<jwe_alg::dir, jwe_enc::a128cbc_hs256, 1024>},
    entry{"envelope/open_jwe_kw_1KiB", 200, opening_jwe<jwe_alg::a256kw, jwe_enc::a256gcm, 1024>},
    entry{"envelope/open_aes128gcm_1KiB", 200, opening_aes128gcm<1024>},
    entry{"base/utf8_1KiB", 500, utf8<1024>},
    entry{"json/check_1KiB", 500, json<1024>},
    entry{"json/check_64KiB", 20, json<65536>},
    entry{"keys/compare_versions", 500, version},
    entry{"admission/admit_1KiB", 500, stage<admits>},
    entry{"replay/reserve_and_keep", 500, reserving},
    entry{"replay/reserve_and_release", 500, releasing},
    entry{"limit/take", 500, take_of_rate},
    entry{"upstream/pick_in_turn", 500, pick<false>},
    entry{"upstream/pick_least_busy", 500, pick<true>},
    entry{"admission/write_upstream_head", 500, stage<writes_upstream_head>},
    entry{"net/parse_answer_head", 500, parse_answer},
    entry{"admission/write_streamed_head", 500, stage<writes_streamed_head>},
    entry{"admission/write_problem", 500, stage<writes_problem>},
    entry{"observe/append_json_line", 500, stage<writes_line>},
    entry{"metrics/count", 500, stage<counts>},
    entry{"path/accepted_1KiB", 200, path<load::spoiled::nothing>},
    entry{"path/wrong_signature_1KiB", 200, path<load::spoiled::signature>},
    entry{"path/unknown_token_1KiB", 200, path<load::spoiled::token>},
    entry{"openssl/sha256_2027B", 500, sha256_2027},
};

}  // namespace

std::span<const entry> catalog() { return operations; }

}  // namespace bench::micro
