// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/cipher.hpp"

#include <openssl/err.h>
#include <sys/mman.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/base/encoding.hpp"

using namespace core::crypto;
using core::base::hex;

namespace {

constexpr std::array all{cipher::aes_128_cbc, cipher::aes_256_cbc, cipher::aes_128_gcm,
                         cipher::aes_256_gcm};
constexpr std::array cbc{cipher::aes_128_cbc, cipher::aes_256_cbc};
constexpr std::array gcm{cipher::aes_128_gcm, cipher::aes_256_gcm};

std::string bytes(std::string_view hex_text) {
  return core::base::unhex_any_case(hex_text).value();
}
std::string key_of(cipher c) {
  return std::string("0123456789abcdef0123456789ABCDEF").substr(0, key_size(c));
}
std::string iv_of(cipher c) { return std::string("abcdefghijklmnop").substr(0, iv_size(c)); }

/// Byte i of a text that repeats only after 251 bytes.
std::string sample(std::size_t size) {
  std::string out(size, '\0');
  for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<char>(i * 7 % 251);
  return out;
}

std::string seal_cbc(cipher_contexts& with, cipher c, std::string_view text) {
  std::string out(text.size() + 16, '\0');
  out.resize(with.seal_cbc(c, key_of(c), iv_of(c), text, out.data()));
  return out;
}

std::optional<std::string> open_cbc(cipher_contexts& with, cipher c, std::string_view data) {
  std::string out(data.size(), '\0');
  const auto size = with.open_cbc(c, key_of(c), iv_of(c), data, out.data());
  if (!size) return std::nullopt;
  return out.substr(0, *size);
}

struct sealed_text {
  std::string data;
  std::array<char, gcm_tag_size> tag;
  [[nodiscard]] std::string_view tag_view() const { return {tag.data(), tag.size()}; }
};

sealed_text seal_gcm(cipher_contexts& with, cipher c, std::string_view text) {
  sealed_text out{std::string(text.size(), '\0'), {}};
  with.seal_gcm(c, key_of(c), iv_of(c), text, out.data.data(), out.tag);
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core)
BOOST_AUTO_TEST_SUITE(crypto)
BOOST_AUTO_TEST_SUITE(cipher_)  // `cipher` is a type of that namespace

BOOST_AUTO_TEST_CASE(names_are_read_in_any_case) {
  for (const cipher c : all) BOOST_TEST((parse_cipher(name(c)) == c));
  BOOST_TEST((parse_cipher("aes-256-gcm") == cipher::aes_256_gcm));
  BOOST_TEST((parse_cipher("Aes-128-Cbc") == cipher::aes_128_cbc));
  for (const std::string_view other :
       {"", "AES-192-CBC", "AES-128-ECB", "AES-128-CBC ", "AES_128_CBC", "AES-128"})
    BOOST_TEST(!parse_cipher(other).has_value());
}

BOOST_AUTO_TEST_CASE(sizes_are_those_of_aes) {
  BOOST_TEST(key_size(cipher::aes_128_cbc) == 16U);
  BOOST_TEST(key_size(cipher::aes_128_gcm) == 16U);
  BOOST_TEST(key_size(cipher::aes_256_cbc) == 32U);
  BOOST_TEST(key_size(cipher::aes_256_gcm) == 32U);
  for (const cipher c : all) BOOST_TEST(iv_size(c) == (is_gcm(c) ? 12U : 16U));
}

// NIST SP 800-38A, F.2.1 and F.2.5: four blocks; ours has one more, of padding.
BOOST_AUTO_TEST_CASE(cbc_gives_the_values_of_sp_800_38a) {
  cipher_contexts with;
  const std::string iv = bytes("000102030405060708090a0b0c0d0e0f");
  const std::string text = bytes(
      "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
      "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710");
  const auto check = [&](cipher c, std::string_view key_text, std::string_view expected) {
    const std::string key = bytes(key_text);
    std::string out(80, '\0');
    BOOST_TEST(with.seal_cbc(c, key, iv, text, out.data()) == 80U);
    BOOST_TEST(hex(out).substr(0, 128) == expected);
    BOOST_TEST(with.open_cbc(c, key, iv, out, out.data()).value() == 64U);
    BOOST_TEST(hex(out.substr(0, 64)) == hex(text));
  };
  check(cipher::aes_128_cbc, "2b7e151628aed2a6abf7158809cf4f3c",
        "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2"
        "73bed6b8e3c1743b7116e69e222295163ff1caa1681fac09120eca307586e1a7");
  check(cipher::aes_256_cbc, "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
        "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d"
        "39f23369a9d9bacfa530e26304231461b2eb05e2c39be9fcda6c19078c6a9d1b");
}

// The GCM specification's test cases 1 to 3 (128 bit) and 13 to 15 (256 bit): empty, one block,
// four blocks.
BOOST_AUTO_TEST_CASE(gcm_gives_the_values_of_its_specification) {
  cipher_contexts with;
  struct gcm_case {
    cipher c;
    std::string key, iv, text;
    std::string_view data, tag;
  };
  const std::string four_blocks = bytes(
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
      "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255");
  const std::string key = bytes("feffe9928665731c6d6a8f9467308308");
  const std::string iv = bytes("cafebabefacedbaddecaf888");
  const std::string zeros(32, '\0');
  const std::vector<gcm_case> cases{
      {cipher::aes_128_gcm, zeros.substr(16), zeros.substr(20), "", "",
       "58e2fccefa7e3061367f1d57a4e7455a"},
      {cipher::aes_128_gcm, zeros.substr(16), zeros.substr(20), zeros.substr(16),
       "0388dace60b6a392f328c2b971b2fe78", "ab6e47d42cec13bdf53a67b21257bddf"},
      {cipher::aes_128_gcm, key, iv, four_blocks,
       "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
       "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091473f5985",
       "4d5c2af327cd64a62cf35abd2ba6fab4"},
      {cipher::aes_256_gcm, zeros, zeros.substr(20), "", "", "530f8afbc74536b9a963b4f1c4cb738b"},
      {cipher::aes_256_gcm, zeros, zeros.substr(20), zeros.substr(16),
       "cea7403d4d606b6e074ec5d3baf39d18", "d0d1c8a799996bf0265b98b5d48ab919"},
      {cipher::aes_256_gcm, key + key, iv, four_blocks,
       "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
       "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad",
       "b094dac5d93471bdec1a502270e3cc6c"},
  };
  for (const gcm_case& c : cases) {
    std::string out(c.text.size(), '\0');
    std::array<char, gcm_tag_size> tag{};
    with.seal_gcm(c.c, c.key, c.iv, c.text, out.data(), tag);
    BOOST_TEST(hex(out) == c.data);
    BOOST_TEST(hex({tag.data(), tag.size()}) == c.tag);
    BOOST_TEST(with.open_gcm(c.c, c.key, c.iv, out, {tag.data(), tag.size()}, out.data()));
    BOOST_TEST(hex(out) == hex(c.text));
  }
}

// The GCM specification's test cases 4 and 16.
BOOST_AUTO_TEST_CASE(gcm_authenticates_what_is_associated) {
  cipher_contexts with;
  const std::string text = bytes(
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
      "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39");
  const std::string associated = bytes("feedfacedeadbeeffeedfacedeadbeefabaddad2");
  const std::string half = bytes("feffe9928665731c6d6a8f9467308308");
  const std::string iv = bytes("cafebabefacedbaddecaf888");
  for (const cipher c : gcm) {
    const std::string key = c == cipher::aes_128_gcm ? half : half + half;
    std::string sealed(text.size(), '\0');
    std::array<char, gcm_tag_size> tag{};
    with.seal_gcm(c, key, iv, text, sealed.data(), tag, associated);
    const std::string_view tag_view(tag.data(), tag.size());
    BOOST_TEST(hex(tag_view) == (c == cipher::aes_128_gcm ? "5bc94fbc3221a5db94fae95ae7121a47"
                                                          : "76fc6ece0f4e1768cddf8853bb2d551b"));
    const auto opens = [&](std::string_view other) {
      std::string out(sealed.size(), '\0');
      return with.open_gcm(c, key, iv, sealed, tag_view, out.data(), other) && out == text;
    };
    BOOST_TEST(opens(associated));
    for (std::size_t at = 0; at < associated.size(); ++at) {
      std::string other = associated;
      other[at] = static_cast<char>(other[at] ^ 1);
      BOOST_TEST(!opens(other));
      BOOST_TEST(!opens(std::string_view(associated).substr(0, at)));
    }
    BOOST_TEST(!opens(associated + '\0'));
    BOOST_TEST(opens(associated));
  }
}

BOOST_AUTO_TEST_CASE(what_cbc_sealed_is_opened_for_every_size) {
  cipher_contexts with;
  for (const cipher c : cbc) {
    for (std::size_t size = 0; size <= 100; ++size) {
      const std::string sealed = seal_cbc(with, c, sample(size));
      BOOST_TEST(sealed.size() == size / 16 * 16 + 16);
      BOOST_TEST((open_cbc(with, c, sealed) == sample(size)));
    }
  }
}

BOOST_AUTO_TEST_CASE(what_gcm_sealed_is_opened_for_every_size) {
  cipher_contexts with;
  for (const cipher c : gcm) {
    for (std::size_t size = 0; size <= 100; ++size) {
      const sealed_text sealed = seal_gcm(with, c, sample(size));
      std::string out(size, '\0');
      BOOST_TEST(with.open_gcm(c, key_of(c), iv_of(c), sealed.data, sealed.tag_view(), out.data()));
      BOOST_TEST((out == sample(size)));
    }
  }
}

BOOST_AUTO_TEST_CASE(all_work_in_place) {
  cipher_contexts with;
  for (const cipher c : cbc) {
    for (const std::size_t size : {0U, 1U, 15U, 16U, 17U, 1000U, 4096U}) {
      std::string memory = sample(size);
      memory.resize(size + 16);
      const std::size_t sealed =
          with.seal_cbc(c, key_of(c), iv_of(c), {memory.data(), size}, memory.data());
      BOOST_TEST((memory.substr(0, sealed) == seal_cbc(with, c, sample(size))));
      const auto opened =
          with.open_cbc(c, key_of(c), iv_of(c), {memory.data(), sealed}, memory.data());
      BOOST_TEST(opened.value() == size);
      BOOST_TEST((memory.substr(0, size) == sample(size)));
    }
  }
  for (const cipher c : gcm) {
    for (const std::size_t size : {0U, 1U, 16U, 1000U, 4096U}) {
      std::string memory = sample(size);
      std::array<char, gcm_tag_size> tag{};
      with.seal_gcm(c, key_of(c), iv_of(c), memory, memory.data(), tag);
      BOOST_TEST((memory == seal_gcm(with, c, sample(size)).data));
      BOOST_TEST(
          with.open_gcm(c, key_of(c), iv_of(c), memory, {tag.data(), tag.size()}, memory.data()));
      BOOST_TEST((memory == sample(size)));
    }
  }
}

BOOST_AUTO_TEST_CASE(cbc_refuses_sizes_that_are_not_whole_blocks) {
  cipher_contexts with;
  const std::string data(64, 'd');
  for (const cipher c : cbc) {
    for (const std::size_t size : {0U, 1U, 15U, 17U, 31U, 63U})
      BOOST_TEST(!open_cbc(with, c, std::string_view(data).substr(0, size)).has_value());
    // What no block deciphers to stays as it is, and may look like padding.
    std::string more = seal_cbc(with, c, sample(20)) + '\x01';
    BOOST_TEST(!with.open_cbc(c, key_of(c), iv_of(c), more, more.data()).has_value());
    BOOST_TEST(more == std::string(more.size(), '\0'));
    BOOST_TEST((open_cbc(with, c, seal_cbc(with, c, sample(20))) == sample(20)));
  }
}

BOOST_AUTO_TEST_CASE(cbc_refuses_every_wrong_padding) {
  cipher_contexts with;
  const cipher c = cipher::aes_128_cbc;
  // What is sealed after the first 16 bytes of a 32-byte text ends in a block of our choice, once
  // the padding block is cut off.
  const auto ends_in = [&](std::string_view last_block) {
    return seal_cbc(with, c, std::string(16, 'x').append(last_block)).substr(0, 32);
  };
  BOOST_TEST((open_cbc(with, c, ends_in(std::string(15, 'y') + '\x01')) ==
              std::string(16, 'x') + std::string(15, 'y')));
  BOOST_TEST((open_cbc(with, c, ends_in(std::string(16, '\x10'))) == std::string(16, 'x')));
  for (const char pad : {'\x00', '\x11', '\x7f', '\xff'})
    BOOST_TEST(!open_cbc(with, c, ends_in(std::string(16, pad))).has_value());
  BOOST_TEST(!open_cbc(with, c, ends_in(std::string(14, 'y') + "\x01\x02")).has_value());
  BOOST_TEST(!open_cbc(with, c, ends_in('y' + std::string(15, '\x10'))).has_value());
}

BOOST_AUTO_TEST_CASE(gcm_refuses_every_flipped_bit) {
  cipher_contexts with;
  for (const cipher c : gcm) {
    const sealed_text sealed = seal_gcm(with, c, sample(33));
    const std::string key = key_of(c);
    const std::string iv = iv_of(c);
    const auto refused = [&](std::string_view k, std::string_view i, std::string_view data,
                             std::string_view tag) {
      std::string out(data.size(), '\0');
      return !with.open_gcm(c, k, i, data, tag, out.data());
    };
    const auto every_flip_refused = [](std::string text, const auto& check) {
      bool all_refused = true;
      for (std::size_t bit = 0; bit < 8 * text.size(); ++bit) {
        const auto flip = static_cast<char>(1U << bit % 8);
        text[bit / 8] ^= flip;
        all_refused = all_refused && check(text);
        text[bit / 8] ^= flip;
      }
      return all_refused;
    };
    const std::string_view tag = sealed.tag_view();
    BOOST_TEST(!refused(key, iv, sealed.data, tag));
    BOOST_TEST(every_flip_refused(
        key, [&](const std::string& k) { return refused(k, iv, sealed.data, tag); }));
    BOOST_TEST(every_flip_refused(
        iv, [&](const std::string& i) { return refused(key, i, sealed.data, tag); }));
    BOOST_TEST(every_flip_refused(sealed.data,
                                  [&](const std::string& d) { return refused(key, iv, d, tag); }));
    BOOST_TEST(every_flip_refused(
        std::string(tag), [&](const std::string& t) { return refused(key, iv, sealed.data, t); }));
    BOOST_TEST(refused(key, iv, sealed.data + 'x', tag));
    BOOST_TEST(refused(key, iv, sealed.data.substr(1), tag));
    BOOST_TEST(refused(key, iv, "", tag));
  }
}

BOOST_AUTO_TEST_CASE(gcm_takes_tags_of_16_bytes_only) {
  cipher_contexts with;
  for (const cipher c : gcm) {
    const sealed_text sealed = seal_gcm(with, c, "hello");
    std::string longer(sealed.tag_view());
    longer.resize(32);
    std::string out(5, '\0');
    for (std::size_t size = 0; size <= longer.size(); ++size) {
      const std::string_view tag = std::string_view(longer).substr(0, size);
      BOOST_TEST(with.open_gcm(c, key_of(c), iv_of(c), sealed.data, tag, out.data()) ==
                 (size == gcm_tag_size));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_failed_open_leaves_nothing_unproven) {
  cipher_contexts with;
  const sealed_text sealed = seal_gcm(with, cipher::aes_256_gcm, sample(40));
  std::string memory = sealed.data;
  const std::string wrong(gcm_tag_size, 'w');
  const cipher c = cipher::aes_256_gcm;
  BOOST_TEST(!with.open_gcm(c, key_of(c), iv_of(c), memory, wrong, memory.data()));
  BOOST_TEST((memory == std::string(40, '\0')));
}

BOOST_AUTO_TEST_CASE(contexts_work_after_every_kind_of_failure) {
  cipher_contexts with;
  const std::string wrong_tag(gcm_tag_size, 'w');
  for (int round = 0; round < 3; ++round) {
    for (const cipher c : cbc) {
      const std::string sealed = seal_cbc(with, c, "hello");
      // A changed key makes the padding wrong (for this one, always the same way).
      std::string out(16, '\0');
      BOOST_TEST(!with.open_cbc(c, std::string(key_size(c), 'k'), iv_of(c), sealed, out.data())
                      .has_value());
      BOOST_TEST(!open_cbc(with, c, sealed.substr(1)).has_value());
      BOOST_TEST((open_cbc(with, c, sealed) == "hello"));
    }
    for (const cipher c : gcm) {
      const sealed_text sealed = seal_gcm(with, c, "hello");
      std::string out(5, '\0');
      BOOST_TEST(!with.open_gcm(c, key_of(c), iv_of(c), sealed.data, wrong_tag, out.data()));
      BOOST_TEST(!with.open_gcm(c, key_of(c), "", sealed.data, sealed.tag_view(), out.data()));
      BOOST_TEST(with.open_gcm(c, key_of(c), iv_of(c), sealed.data, sealed.tag_view(), out.data()));
      BOOST_TEST(out == "hello");
    }
  }
}

/// The right bytes, cut off or with more behind them: OpenSSL would take what it needs and look no
/// further.
BOOST_AUTO_TEST_CASE(sizes_of_key_and_iv_are_checked) {
  cipher_contexts with;
  std::string out(64, '\0');
  std::array<char, gcm_tag_size> tag{};
  const auto check = [&](cipher c, std::string_view key, std::string_view iv) {
    const bool right = key.size() == key_size(c) && iv.size() == iv_size(c);
    if (is_gcm(c)) {
      const sealed_text sealed = seal_gcm(with, c, "hello");
      BOOST_TEST(with.open_gcm(c, key, iv, sealed.data, sealed.tag_view(), out.data()) == right);
      if (!right)
        BOOST_CHECK_THROW(with.seal_gcm(c, key, iv, "m", out.data(), tag), std::logic_error);
    } else {
      const std::string sealed = seal_cbc(with, c, "hello");
      BOOST_TEST(with.open_cbc(c, key, iv, sealed, out.data()).has_value() == right);
      if (!right)
        BOOST_CHECK_THROW((void)with.seal_cbc(c, key, iv, "m", out.data()), std::logic_error);
    }
  };
  for (const cipher c : all) {
    const std::string keys = key_of(c) + std::string(32, 'k');
    const std::string ivs = iv_of(c) + std::string(32, 'i');
    for (std::size_t size = 0; size <= 48; ++size) {
      check(c, std::string_view(keys).substr(0, size), iv_of(c));
      check(c, key_of(c), std::string_view(ivs).substr(0, size));
    }
  }
}

// OpenSSL counts in int: what it would take for fewer bytes, or none, isn't shown to it.
BOOST_AUTO_TEST_CASE(more_than_openssl_can_count_is_refused_untouched) {
  constexpr std::size_t size = std::size_t{std::numeric_limits<int>::max()} + 1;
  void* const memory = mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                            -1, 0);  // to be read or written by nobody
  BOOST_TEST_REQUIRE(memory != MAP_FAILED);
  auto* const begin = static_cast<char*>(memory);
  cipher_contexts with;
  const std::string tag(gcm_tag_size, 't');
  for (const std::size_t most : {size, size - 16})
    for (const cipher c : all) {
      const std::string_view data(begin, most);
      BOOST_TEST(!with.open_cbc(c, key_of(c), iv_of(c), data, begin).has_value());
      BOOST_TEST(!with.open_gcm(c, key_of(c), iv_of(c), data, tag, begin));
    }
  munmap(memory, size);
}

BOOST_AUTO_TEST_CASE(a_cipher_of_the_other_mode_is_refused) {
  cipher_contexts with;
  const std::string data(16, 'd');
  std::string out(64, '\0');
  std::array<char, gcm_tag_size> tag{};
  for (const cipher c : gcm) {
    BOOST_TEST(!with.open_cbc(c, key_of(c), iv_of(c), data, out.data()).has_value());
    BOOST_CHECK_THROW((void)with.seal_cbc(c, key_of(c), iv_of(c), data, out.data()),
                      std::logic_error);
  }
  for (const cipher c : cbc) {
    BOOST_TEST(!with.open_gcm(c, key_of(c), iv_of(c), data, data, out.data()));
    BOOST_CHECK_THROW(with.seal_gcm(c, key_of(c), iv_of(c), data, out.data(), tag),
                      std::logic_error);
  }
}

// OpenSSL would still know the tag that was right for the message before.
BOOST_AUTO_TEST_CASE(gcm_is_not_opened_without_a_tag) {
  cipher_contexts with;
  for (const cipher c : gcm) {
    const sealed_text sealed = seal_gcm(with, c, sample(32));
    std::string out(32, '\0');
    BOOST_TEST(with.open_gcm(c, key_of(c), iv_of(c), sealed.data, sealed.tag_view(), out.data()));
    BOOST_TEST(!open_cbc(with, c, sealed.data).has_value());
  }
}

// TLS takes any error on the thread's queue for one of its connection's.
BOOST_AUTO_TEST_CASE(a_failed_open_leaves_no_error_in_openssl) {
  cipher_contexts with;
  const cipher c = cipher::aes_128_cbc;
  const std::string sealed = seal_cbc(with, c, "hello");
  std::string out(16, '\0');
  const std::string wrong_key(key_size(c), 'k');
  BOOST_TEST(!with.open_cbc(c, wrong_key, iv_of(c), sealed, out.data()).has_value());
  BOOST_TEST(ERR_peek_error() == 0U);
  BOOST_TEST(!open_cbc(with, c, std::string_view(sealed).substr(1)).has_value());
  BOOST_TEST(ERR_peek_error() == 0U);
}

// More keys than there are places for, some of which drive each other out.
BOOST_AUTO_TEST_CASE(each_key_opens_its_own_however_many_there_are) {
  cipher_contexts with;
  struct keyed {
    cipher c;
    std::string key, sealed;
    std::array<char, gcm_tag_size> tag{};
  };
  std::vector<keyed> all_keys;
  for (std::size_t i = 0; i < 600; ++i) {
    keyed& k = all_keys.emplace_back(keyed{all[i % all.size()], {}, {}, {}});
    k.key = std::string(key_size(k.c) - 2, 'k') + static_cast<char>(i / 256) + static_cast<char>(i);
    const std::string text = "message " + std::to_string(i);
    k.sealed.resize(32);
    if (is_gcm(k.c)) {
      k.sealed.resize(text.size());
      with.seal_gcm(k.c, k.key, iv_of(k.c), text, k.sealed.data(), k.tag);
    } else {
      k.sealed.resize(with.seal_cbc(k.c, k.key, iv_of(k.c), text, k.sealed.data()));
    }
  }
  const auto opens = [&with](const keyed& k, const std::string& text) {
    std::string out(k.sealed.size(), '\0');
    if (is_gcm(k.c))
      return with.open_gcm(k.c, k.key, iv_of(k.c), k.sealed, {k.tag.data(), k.tag.size()},
                           out.data()) &&
             out == text;
    const auto size = with.open_cbc(k.c, k.key, iv_of(k.c), k.sealed, out.data());
    return size && out.substr(0, *size) == text;
  };
  for (std::size_t step = 0; step < 3000; ++step) {
    const std::size_t i = step * step * 7 % all_keys.size();
    BOOST_REQUIRE(opens(all_keys[i], "message " + std::to_string(i)));
  }
}

// Another configuration may keep another secret where the last one kept this.
BOOST_AUTO_TEST_CASE(a_key_is_known_by_its_bytes_not_by_its_address) {
  cipher_contexts with;
  for (const cipher c : cbc) {
    std::string key = key_of(c);
    const std::string sealed = seal_cbc(with, c, sample(40));
    std::string out(sealed.size(), '\0');
    for (std::size_t at = 0; at < key.size(); ++at) {
      BOOST_TEST(with.open_cbc(c, key, iv_of(c), sealed, out.data()).value() == 40U);
      BOOST_TEST((out.substr(0, 40) == sample(40)));
      key[at] ^= 1;
      const auto other = with.open_cbc(c, key, iv_of(c), sealed, out.data());
      BOOST_TEST((!other || out.substr(0, *other) != sample(40)));
      key[at] ^= 1;
    }
  }
}

// What came before decides nothing: neither another message nor one that broke off.
BOOST_AUTO_TEST_CASE(a_message_opens_alike_after_whatever_was_opened_before) {
  cipher_contexts with;
  for (const cipher c : cbc) {
    const std::string sealed = seal_cbc(with, c, sample(100));
    for (const std::size_t before : {0U, 1U, 16U, 100U, 1000U}) {
      BOOST_TEST((open_cbc(with, c, seal_cbc(with, c, sample(before))) == sample(before)));
      BOOST_TEST((open_cbc(with, c, sealed) == sample(100)));
      BOOST_TEST(!open_cbc(with, c, std::string(before + 1, 'x')).has_value());
      BOOST_TEST((open_cbc(with, c, sealed) == sample(100)));
    }
  }
}

BOOST_AUTO_TEST_CASE(contexts_can_be_moved) {
  cipher_contexts first;
  const std::string sealed = seal_cbc(first, cipher::aes_128_cbc, "hello");
  cipher_contexts second(std::move(first));
  BOOST_TEST((open_cbc(second, cipher::aes_128_cbc, sealed) == "hello"));
  first = std::move(second);
  BOOST_TEST((open_cbc(first, cipher::aes_128_cbc, sealed) == "hello"));
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
