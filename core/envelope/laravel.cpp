// SPDX-License-Identifier: Apache-2.0
#include "core/envelope/laravel.hpp"

#include <algorithm>
#include <optional>

#include "core/base/encoding.hpp"
#include "core/envelope/laravel_members.hpp"
#include "core/envelope/view.hpp"

namespace core::envelope {

namespace {

using base::errc;

/// Decodes base64 of exactly Size bytes; what it decodes to has only one text.
template <std::size_t Size>
bool decode_exactly(std::string_view text, std::array<char, Size>& out) {
  std::array<char, (Size + 2) / 3 * 3> decoded;
  if (text.size() != base::base64_size(Size) || base::unbase64(text, decoded.data()) != Size)
    return false;
  std::copy_n(decoded.begin(), Size, out.begin());
  return true;
}

void identify(payload_identity& identity, std::string_view part) {
  part.copy(identity.bytes.data() + identity.size, part.size());
  identity.size += part.size();
}

errc open_cbc(const laravel_members& members, const laravel_key& key,
              crypto::cipher_contexts& contexts, laravel_opened& opened) {
  std::array<char, 16> iv;
  crypto::sha256_digest mac;
  if (members.tag && !members.tag->empty()) return errc::bad_payload;
  if (!decode_exactly(view(members.iv), iv) || !base::unhex(view(members.mac), mac))
    return errc::bad_payload;

  // The MAC before anything else is done with the ciphertext: else its padding would answer
  // questions (Vaudenay 2002).
  const crypto::sha256_digest expected = key.mac.mac({view(members.iv), view(members.value)});
  if (!crypto::equal(crypto::view(expected), crypto::view(mac))) return errc::bad_mac;

  const std::optional<std::size_t> size = base::unbase64(view(members.value), members.value.data());
  if (!size || *size == 0 || *size % crypto::cipher_block_size != 0) return errc::bad_payload;
  const std::span<char> value = members.value.first(*size);
  const std::optional<std::size_t> plain =
      contexts.open_cbc(key.cipher, key.key, view(iv), view(value), value.data());
  if (!plain) return errc::decrypt_failed;

  opened.plaintext = value.first(*plain);
  identify(opened.identity, crypto::view(mac));
  return errc{};
}

errc open_gcm(const laravel_members& members, const laravel_key& key,
              crypto::cipher_contexts& contexts, laravel_opened& opened) {
  std::array<char, 12> iv;
  std::array<char, crypto::gcm_tag_size> tag;
  if (!members.tag || !decode_exactly(view(members.iv), iv) ||
      !decode_exactly(view(*members.tag), tag))
    return errc::bad_payload;

  // Laravel 8.54 and 8.55 sent a MAC beside the tag; later ones send "". Nothing else may stand
  // there.
  if (!members.mac.empty()) {
    crypto::sha256_digest mac;
    if (!base::unhex(view(members.mac), mac)) return errc::bad_payload;
    const crypto::sha256_digest expected =
        key.mac.mac({view(*members.tag), view(members.iv), view(members.value)});
    if (!crypto::equal(crypto::view(expected), crypto::view(mac))) return errc::bad_mac;
  }

  const std::optional<std::size_t> size = base::unbase64(view(members.value), members.value.data());
  if (!size) return errc::bad_payload;
  const std::span<char> value = members.value.first(*size);
  if (!contexts.open_gcm(key.cipher, key.key, view(iv), view(value), view(tag), value.data()))
    return errc::decrypt_failed;

  opened.plaintext = value;
  identify(opened.identity, view(iv));
  identify(opened.identity, view(tag));
  return errc{};
}

errc open(std::span<char> payload, const laravel_key& key, crypto::cipher_contexts& contexts,
          laravel_opened& opened) {
  const std::optional<std::size_t> size = base::unbase64(view(payload), payload.data());
  if (!size) return errc::bad_payload;
  const std::optional<laravel_members> members = read_laravel_members(payload.first(*size));
  if (!members) return errc::bad_payload;
  // Which members count is the key's cipher's business, never the message's.
  return crypto::is_gcm(key.cipher) ? open_gcm(*members, key, contexts, opened)
                                    : open_cbc(*members, key, contexts, opened);
}

void append_base64(std::string& out, std::string_view bytes) {
  const std::size_t at = out.size();
  out.resize(at + base::base64_size(bytes.size()));
  base::base64_to(bytes, out.data() + at);
}

}  // namespace

base::result<laravel_opened> open_laravel(std::span<char> payload, const laravel_key& key,
                                          crypto::cipher_contexts& contexts) {
  // Opened into what is returned, which is made where the caller has it.
  base::result<laravel_opened> made(laravel_opened{});
  if (const errc refused = open(payload, key, contexts, *made); refused != errc{}) made = refused;
  return made;
}

std::string seal_laravel(std::string_view plaintext, const laravel_key& key, std::string_view iv,
                         crypto::cipher_contexts& contexts) {
  const bool gcm = crypto::is_gcm(key.cipher);
  std::string sealed(plaintext.size() + crypto::cipher_block_size, '\0');
  std::array<char, crypto::gcm_tag_size> tag{};
  if (gcm) {
    contexts.seal_gcm(key.cipher, key.key, iv, plaintext, sealed.data(), tag);
    sealed.resize(plaintext.size());
  } else {
    sealed.resize(contexts.seal_cbc(key.cipher, key.key, iv, plaintext, sealed.data()));
  }

  std::string json;
  json.reserve(base::base64_size(sealed.size()) + 160);
  json += R"({"iv":")";
  const std::size_t iv_at = json.size();
  append_base64(json, iv);
  const std::size_t iv_end = json.size();
  json += R"(","value":")";
  const std::size_t value_at = json.size();
  append_base64(json, sealed);
  const std::size_t value_end = json.size();
  json += R"(","mac":")";
  if (!gcm) {
    const std::string_view text = json;
    json += base::hex(crypto::view(key.mac.mac(
        {text.substr(iv_at, iv_end - iv_at), text.substr(value_at, value_end - value_at)})));
  }
  json += R"(","tag":")";
  if (gcm) append_base64(json, view(tag));
  json += R"("})";
  return base::base64(json);
}

}  // namespace core::envelope
