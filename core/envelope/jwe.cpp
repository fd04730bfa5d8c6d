// SPDX-License-Identifier: Apache-2.0
#include "core/envelope/jwe.hpp"

#include <string.h>  // NOLINT(modernize-deprecated-headers): explicit_bzero is glibc's, not <cstring>'s

#include <algorithm>
#include <array>
#include <stdexcept>

#include "core/base/encoding.hpp"
#include "core/envelope/jwe_content.hpp"
#include "core/envelope/jwe_header.hpp"
#include "core/envelope/view.hpp"

namespace core::envelope {

namespace {

using base::errc;

constexpr std::size_t largest_key = 64;
constexpr std::size_t largest_iv = 16;
constexpr std::size_t largest_tag = 32;

/// Decoded bytes that have few enough of them for the stack.
template <std::size_t Most>
class few_bytes {
 public:
  /// Exactly `size` bytes; what they decode from is their only text.
  bool decode(std::string_view text, std::size_t size) {
    return text.size() == base::base64url_size(size) && decode(text);
  }
  /// `text` is at most base64url_size(Most) characters.
  bool decode(std::string_view text) {
    const auto size = base::unbase64url(text, bytes_.data());
    size_ = size.value_or(0);
    return size.has_value();
  }
  [[nodiscard]] std::string_view view() const { return {bytes_.data(), size_}; }
  std::span<char> span() { return {bytes_.data(), size_}; }

 private:
  std::array<char, Most + 2> bytes_;  // a decoder's room is that of the text, rounded up
  std::size_t size_ = 0;
};

/// The texts between the dots.
struct parts {
  std::string_view header, wrapped, iv;
  std::span<char> data;
  std::string_view tag;
};

/// The part before the next dot, if that comes within `most` characters; else all, and nothing is
/// left.
std::string_view until_dot(std::span<char>& rest, std::size_t most) {
  const std::size_t size = std::min(view(rest).substr(0, most + 1).find('.'), rest.size());
  const std::string_view part = view(rest).substr(0, size);
  rest = rest.subspan(std::min(size + 1, rest.size()));
  return part;
}

/// Cuts at four dots; a fifth stands in a part that is then no base64. The tag is found by its
/// size.
std::optional<parts> cut(std::span<char> body, jwe_settings how) {
  const jwe_sizes s = sizes(how.enc);
  const std::size_t wrapped =
      how.alg == jwe_alg::dir ? 0 : base::base64url_size(s.key + crypto::key_wrap_growth);
  const std::size_t tag = base::base64url_size(s.tag);
  const std::string_view header = until_dot(body, base::base64url_size(largest_jwe_header));
  const std::string_view key = until_dot(body, wrapped);
  const std::string_view iv = until_dot(body, base::base64url_size(s.iv));
  if (key.size() != wrapped || body.size() < tag + 1) return std::nullopt;
  const std::span<char> data = body.first(body.size() - tag - 1);
  if (body[data.size()] != '.') return std::nullopt;
  return parts{header, key, iv, data, view(body.subspan(data.size() + 1))};
}

bool says(const jwe_header& header, const jwe_key& key) {
  return header.alg == name(key.how.alg) && header.enc == name(key.how.enc) &&
         (!header.kid || *header.kid == key.kid);
}

/// The content's key, shared or unwrapped; wiped if it was made here.
class content_key {
 public:
  content_key(const jwe_key& key, std::string_view wrapped, crypto::cipher_contexts& contexts) {
    if (key.how.alg == jwe_alg::dir) {
      bytes_ = key.bytes;
      return;
    }
    known_ = contexts.wrapping().unwrap(key.bytes, wrapped, unwrapped_.data());
    bytes_ = {unwrapped_.data(), sizes(key.how.enc).key};
  }
  content_key(const content_key&) = delete;
  content_key& operator=(const content_key&) = delete;
  ~content_key() { explicit_bzero(unwrapped_.data(), unwrapped_.size()); }

  /// If not, bytes() are zeros, which everybody has.
  [[nodiscard]] bool is_known() const { return known_; }
  [[nodiscard]] std::string_view bytes() const { return bytes_; }

 private:
  std::array<char, largest_key + crypto::key_wrap_growth> unwrapped_;
  std::string_view bytes_;
  bool known_ = true;
};

base::result<std::span<char>> open_content(const jwe_key& key, std::string_view wrapped,
                                           jwe_content_key by, std::span<char> data,
                                           std::string_view tag,
                                           crypto::cipher_contexts& contexts) {
  const content_key cek(key, wrapped, contexts);
  by.key = cek.bytes();
  const auto opened = open_jwe_content(by, data, tag, contexts);
  if (cek.is_known()) return opened;
  // Zeros may open it, if the sender meant that. The refusal is the one that any other key had.
  if (opened) explicit_bzero(opened->data(), opened->size());
  const bool with_mac = by.enc == jwe_enc::a128cbc_hs256 || by.enc == jwe_enc::a256cbc_hs512;
  return with_mac ? errc::bad_mac : errc::decrypt_failed;
}

}  // namespace

base::result<jwe_content> open_jwe(std::span<char> body, const jwe_key& key,
                                   crypto::cipher_contexts& contexts) {
  const std::optional<parts> p = cut(body, key.how);
  if (!p) return errc::bad_payload;

  // What is authenticated is the header's text as it came, so that is not decoded in its place.
  few_bytes<largest_jwe_header> json;
  if (!json.decode(p->header)) return errc::bad_payload;
  const std::optional<jwe_header> header = read_jwe_header(json.span());
  if (!header || !says(*header, key)) return errc::bad_payload;

  const jwe_sizes s = sizes(key.how.enc);
  few_bytes<largest_key + crypto::key_wrap_growth> wrapped;
  few_bytes<largest_iv> iv;
  few_bytes<largest_tag> tag;
  if (!wrapped.decode(p->wrapped) || !iv.decode(p->iv, s.iv) || !tag.decode(p->tag, s.tag))
    return errc::bad_payload;
  const std::optional<std::size_t> size = base::unbase64url(view(p->data), p->data.data());
  if (!size) return errc::bad_payload;

  const auto opened = open_content(key, wrapped.view(), {key.how.enc, {}, iv.view(), p->header},
                                   p->data.first(*size), tag.view(), contexts);
  if (!opened) return opened.error();

  jwe_content content{*opened, header->ts, {}, header->ver.has_value()};
  if (header->ver) {
    // To where the header's text was, which is longer.
    std::ranges::copy(*header->ver, body.begin());
    content.ver = {body.data(), header->ver->size()};
  }
  return content;
}

std::string seal_jwe(std::string_view plaintext, const jwe_key& key, std::string_view random,
                     crypto::cipher_contexts& contexts, std::optional<std::int64_t> ts,
                     std::optional<std::string_view> ver) {
  const jwe_sizes s = sizes(key.how.enc);
  if (random.size() < jwe_random_size || key.bytes.size() != key_size(key.how))
    throw std::logic_error("sealing a JWE needs a key and random bytes of other sizes");
  const std::string_view iv = random.substr(0, s.iv);
  std::string_view cek = key.bytes;
  std::array<char, largest_key + crypto::key_wrap_growth> wrapped;
  std::size_t wrapped_size = 0;
  if (key.how.alg != jwe_alg::dir) {
    cek = random.substr(s.iv, s.key);
    contexts.wrapping().wrap(key.bytes, cek, wrapped.data());
    wrapped_size = s.key + crypto::key_wrap_growth;
  }

  std::string text = base::base64url(write_jwe_header(key.how, key.kid, ts, ver));
  std::string sealed(plaintext.size() + crypto::cipher_block_size, '\0');
  std::array<char, largest_tag> tag;
  sealed.resize(seal_jwe_content({key.how.enc, cek, iv, text}, plaintext, sealed.data(),
                                 std::span(tag).first(s.tag), contexts));

  for (const std::string_view part :
       {std::string_view(wrapped.data(), wrapped_size), iv, std::string_view(sealed),
        std::string_view(tag.data(), s.tag)}) {
    text += '.';
    const std::size_t at = text.size();
    text.resize(at + base::base64url_size(part.size()));
    base::base64url_to(part, text.data() + at);
  }
  return text;
}

}  // namespace core::envelope
