// SPDX-License-Identifier: Apache-2.0
// What becomes of a message when OpenSSL fails, at each step: nothing unproven comes out, no error
// stays behind, and the next message finds everything as it was.

#include <openssl/err.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>

#include "core/crypto/cipher.hpp"
#include "core/crypto/signature.hpp"
#include "tests/core/crypto/keys.hpp"
#include "tests/core/crypto/openssl_double.hpp"

namespace {

using namespace core::crypto;
using tests::failing_openssl;
using tests::failure;

constexpr std::array all{cipher::aes_128_cbc, cipher::aes_256_cbc, cipher::aes_128_gcm,
                         cipher::aes_256_gcm};
const std::string text = "forty bytes of a text that is kept secret";
const std::string_view associated = "and what is known";

struct sealed {
  cipher c;
  std::string key, iv, data;
  std::array<char, gcm_tag_size> tag{};

  sealed(cipher of, cipher_contexts& with) : c(of), key(key_size(of), 'k'), iv(iv_size(of), 'i') {
    seal(with);
  }
  void seal(cipher_contexts& with) {
    data.assign(text.size() + 16, '#');
    if (is_gcm(c)) {
      data.resize(text.size());
      with.seal_gcm(c, key, iv, text, data.data(), tag, associated);
    } else {
      data.resize(with.seal_cbc(c, key, iv, text, data.data()));
    }
  }
  /// The text, or what is left of it if that is refused.
  std::pair<bool, std::string> open(cipher_contexts& with) const {
    std::string out(data.size(), '#');
    if (is_gcm(c))
      return {with.open_gcm(c, key, iv, data, {tag.data(), tag.size()}, out.data(), associated),
              out};
    const auto size = with.open_cbc(c, key, iv, data, out.data());
    out.resize(size.value_or(out.size()));
    return {size.has_value(), out};
  }
};

/// Lets the calls of a function fail one after the other. `attempt` says whether its call was made.
/// @return how many there are.
template <class Attempt>
int each_call(Attempt attempt) {
  int call = 0;
  while (attempt(call)) {
    BOOST_TEST(ERR_peek_error() == 0U);
    ++call;
  }
  return call;
}

int calls_when_opening(cipher c, const char* function, failure how = failure::says_no) {
  return each_call([&](int call) {
    cipher_contexts with;  // keys are set when they are needed
    const sealed message(c, with);
    std::pair<bool, std::string> got;
    bool happened = false;
    {
      const failing_openssl failing(function, call, how);
      got = message.open(with);
      happened = failing.happened();
    }
    BOOST_TEST(got.first == !happened, name(c) << ' ' << function << ' ' << call);
    if (happened) BOOST_TEST(got.second == std::string(message.data.size(), '\0'));
    got = message.open(with);
    BOOST_TEST((got.first && got.second == text), name(c) << ' ' << function << ' ' << call);
    return happened;
  });
}

int calls_when_sealing(cipher c, const char* function) {
  return each_call([&](int call) {
    cipher_contexts with;
    sealed message(c, with);
    bool thrown = false;
    bool happened = false;
    {
      const failing_openssl failing(function, call);
      try {
        message.seal(with);
      } catch (const std::logic_error&) {
        thrown = true;
      }
      happened = failing.happened();
    }
    BOOST_TEST(thrown == happened, name(c) << ' ' << function << ' ' << call);
    message.seal(with);
    BOOST_TEST(message.open(with).second == text);
    return happened;
  });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(crypto)
BOOST_AUTO_TEST_SUITE(openssl_failures)

BOOST_AUTO_TEST_CASE(what_cannot_be_opened_is_refused_and_wiped_at_every_step) {
  for (const cipher c : all) {
    for (const char* function : {"EVP_CIPHER_CTX_new", "EVP_CipherInit_ex2", "EVP_CipherUpdate"})
      BOOST_TEST(calls_when_opening(c, function) > 0, function);
    BOOST_TEST(calls_when_opening(c, "EVP_CipherUpdate", failure::does_less) > 0);
    if (is_gcm(c)) {
      BOOST_TEST(calls_when_opening(c, "EVP_CIPHER_CTX_ctrl") > 0);
      BOOST_TEST(calls_when_opening(c, "EVP_CipherFinal_ex") > 0);
    } else {
      BOOST_TEST(calls_when_opening(c, "EVP_CIPHER_CTX_set_padding") > 0);
    }
  }
}

BOOST_AUTO_TEST_CASE(what_cannot_be_sealed_is_not_sent) {
  for (const cipher c : all) {
    for (const char* function : {"EVP_CipherInit_ex2", "EVP_CipherUpdate", "EVP_CipherFinal_ex"})
      BOOST_TEST(calls_when_sealing(c, function) > 0, function);
    if (is_gcm(c)) BOOST_TEST(calls_when_sealing(c, "EVP_CIPHER_CTX_ctrl") > 0);
  }
}

BOOST_AUTO_TEST_CASE(a_key_is_not_wrapped_or_unwrapped_in_part) {
  const std::string with(32, 'w');
  const std::string key = "0123456789abcdef";
  key_wrapping by;
  std::string wrapped(key.size() + key_wrap_growth, '#');
  by.wrap(with, key, wrapped.data());
  const auto fails = [&](const char* function, failure how) {
    const int unwraps = each_call([&](int call) {
      std::string out(wrapped.size(), '#');
      const failing_openssl failing(function, call, how);
      const bool done = by.unwrap(with, wrapped, out.data());
      BOOST_TEST(done == !failing.happened(), function << ' ' << call);
      BOOST_TEST((done ? out.starts_with(key) : out == std::string(out.size(), '\0')));
      return failing.happened();
    });
    const int wraps = each_call([&](int call) {
      std::string out(wrapped.size(), '#');
      bool thrown = false;
      const failing_openssl failing(function, call, how);
      try {
        by.wrap(with, key, out.data());
      } catch (const std::logic_error&) {
        thrown = true;
      }
      BOOST_TEST(thrown == failing.happened(), function << ' ' << call);
      if (!thrown) BOOST_TEST((out == wrapped));
      return failing.happened();
    });
    BOOST_TEST(unwraps > 0);
    BOOST_TEST(wraps == unwraps);
  };
  fails("EVP_CipherInit_ex2", failure::says_no);
  fails("EVP_CipherUpdate", failure::says_no);
  fails("EVP_CipherUpdate", failure::does_less);
}

BOOST_AUTO_TEST_CASE(a_signature_that_cannot_be_looked_at_proves_nothing) {
  const auto own = std::get<private_key>(private_key::parse(tests::pkcs8(tests::make("ED25519"))));
  const auto key = std::get<public_key>(public_key::parse(own.public_spki()));
  const std::string signature = own.sign(signature_algorithm::ed25519, text);
  const auto proven = [&] { return key.verify(signature_algorithm::ed25519, text, signature); };
  for (const char* function : {"EVP_MD_CTX_new", "EVP_DigestVerifyInit"}) {
    {
      const failing_openssl failing(function, 0);
      BOOST_TEST(!proven(), function);
      BOOST_TEST(failing.happened(), function);
    }
    BOOST_TEST(proven(), function);
  }
}

// Else PSS would be proven with another hash or salt, or as what it isn't.
BOOST_AUTO_TEST_CASE(a_key_that_cannot_be_set_up_for_an_algorithm_is_none_for_it) {
  const std::string spki = tests::spki_pem(tests::make_rsa(2048));
  const auto fits = [&] {
    const auto key = std::get<public_key>(public_key::parse(spki));
    return std::pair(key.fits(signature_algorithm::rsa_pss_sha512),
                     key.fits(signature_algorithm::rsa_v1_5_sha256));
  };
  for (const char* function : {"EVP_PKEY_CTX_set_signature_md", "EVP_PKEY_CTX_set_rsa_padding"}) {
    for (const int call : {0, 1}) {
      const failing_openssl failing(function, call);
      BOOST_TEST((fits() == std::pair(call != 0, call == 0)), function << ' ' << call);
      BOOST_TEST(failing.happened());
    }
  }
  {
    const failing_openssl failing("EVP_PKEY_CTX_set_rsa_pss_saltlen", 0);
    BOOST_TEST((fits() == std::pair(false, true)));
    BOOST_TEST(failing.happened());
  }
  BOOST_TEST((fits() == std::pair(true, true)));
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
