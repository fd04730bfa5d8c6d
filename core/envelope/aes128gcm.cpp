// SPDX-License-Identifier: Apache-2.0
#include "core/envelope/aes128gcm.hpp"

#include <string.h>  // NOLINT(modernize-deprecated-headers): explicit_bzero is glibc's, not <cstring>'s

#include <algorithm>
#include <array>
#include <optional>
#include <stdexcept>

#include "core/crypto/digest.hpp"
#include "core/envelope/view.hpp"

namespace core::envelope {

namespace {

using base::errc;
using crypto::cipher;
using crypto::gcm_tag_size;

// Before the records stand salt, record size (32 bits, big endian), the keyid's size (a byte), the
// keyid (section 2.1).
constexpr std::size_t size_at = aes128gcm_salt_size;
constexpr std::size_t keyid_size_at = size_at + 4;
constexpr std::size_t keyid_at = keyid_size_at + 1;

constexpr std::size_t smallest_record = gcm_tag_size + 2;  // what a record may be declared as
constexpr std::size_t shortest_record = gcm_tag_size + 1;  // the last one: a delimiter alone
constexpr char not_last = 1;
constexpr char last = 2;

std::size_t octet(char c) { return static_cast<unsigned char>(c); }
struct head {
  std::string_view salt, keyid;
  std::size_t record_size;
  std::size_t size;  // of all that
};

std::optional<head> read_head(std::string_view body) {
  if (body.size() < keyid_at) return std::nullopt;
  std::size_t record_size = 0;
  for (const char c : body.substr(size_at, 4)) record_size = record_size << 8 | octet(c);
  const std::size_t keyid_size = octet(body[keyid_size_at]);
  if (record_size < smallest_record || body.size() - keyid_at < keyid_size) return std::nullopt;
  return head{body.substr(0, aes128gcm_salt_size), body.substr(keyid_at, keyid_size), record_size,
              keyid_at + keyid_size};
}

/// A message's key, and the nonces of its records (sections 2.2 and 2.3), wiped when they die.
class record_keys {
 public:
  record_keys(std::string_view salt, std::string_view keying_material) {
    using namespace std::string_view_literals;
    prk_ = crypto::hmac_sha256(salt).mac({keying_material});
    const crypto::hmac_sha256 extracted(crypto::view(prk_));
    key_ = extracted.mac({"Content-Encoding: aes128gcm\0\x01"sv});
    nonce_ = extracted.mac({"Content-Encoding: nonce\0\x01"sv});
  }
  record_keys(const record_keys&) = delete;
  record_keys& operator=(const record_keys&) = delete;
  ~record_keys() {
    explicit_bzero(prk_.data(), prk_.size());
    explicit_bzero(key_.data(), key_.size());
  }

  [[nodiscard]] std::string_view key() const {
    return crypto::view(key_).substr(0, crypto::key_size(cipher::aes_128_gcm));
  }
  /// Of the record `number`, counted from 0; valid until the next is asked for.
  std::string_view nonce(std::uint64_t number) {
    const std::size_t size = crypto::iv_size(cipher::aes_128_gcm);
    std::ranges::copy(crypto::view(nonce_).substr(0, size), numbered_.begin());
    for (std::size_t at = size - 1; number != 0; --at, number >>= 8)
      numbered_[at] = static_cast<char>(octet(numbered_[at]) ^ (number & 0xFF));
    return {numbered_.data(), size};
  }

 private:
  crypto::sha256_digest prk_, key_, nonce_;
  std::array<char, 12> numbered_;
};

/// What a record's plaintext holds: data, a delimiter, zeros. Nothing without a delimiter.
std::optional<std::string_view> data_of(std::string_view record, char delimiter) {
  const std::size_t at = record.find_last_not_of('\0');
  if (at == std::string_view::npos || record[at] != delimiter) return std::nullopt;
  return record.substr(0, at);
}

/// Opens the records one by one, the data of each moved up behind that of the one before.
/// @return the data's size.
std::optional<std::size_t> open_records(std::span<char> records, std::size_t record_size,
                                        record_keys& keys, crypto::cipher_contexts& contexts) {
  char* const begin = records.data();
  std::size_t done = 0;
  for (std::uint64_t number = 0;; ++number) {
    const std::span<char> record = records.first(std::min(record_size, records.size()));
    records = records.subspan(record.size());
    if (record.size() < shortest_record) return std::nullopt;
    const std::span<char> text = record.first(record.size() - gcm_tag_size);
    if (!contexts.open_gcm(cipher::aes_128_gcm, keys.key(), keys.nonce(number), view(text),
                           view(record.last(gcm_tag_size)), text.data()))
      return std::nullopt;
    const auto data = data_of(view(text), records.empty() ? last : not_last);
    if (!data) return std::nullopt;
    std::copy(data->begin(), data->end(), begin + done);
    done += data->size();
    if (records.empty()) return done;
  }
}

}  // namespace

base::result<std::span<char>> open_aes128gcm(std::span<char> body, const aes128gcm_key& key,
                                             crypto::cipher_contexts& contexts) {
  const std::optional<head> h = read_head(view(body));
  if (!h || (!h->keyid.empty() && h->keyid != key.keyid)) return errc::bad_payload;
  record_keys keys(h->salt, key.keying_material);
  const std::span<char> records = body.subspan(h->size);
  const std::optional<std::size_t> size = open_records(records, h->record_size, keys, contexts);
  if (size) return records.first(*size);
  if (!records.empty()) explicit_bzero(records.data(), records.size());
  return errc::decrypt_failed;
}

std::string seal_aes128gcm(std::string_view plaintext, const aes128gcm_key& key,
                           std::string_view salt, crypto::cipher_contexts& contexts,
                           std::uint32_t record_size) {
  if (salt.size() != aes128gcm_salt_size || record_size < smallest_record || key.keyid.size() > 255)
    throw std::logic_error("sealing with aes128gcm needs other sizes");
  const std::size_t room = record_size - shortest_record;  // for data, in one record
  const std::size_t records = plaintext.empty() ? 1 : (plaintext.size() + room - 1) / room;

  std::string out(salt);
  out.reserve(keyid_at + key.keyid.size() + plaintext.size() + records * shortest_record);
  for (int shift = 24; shift >= 0; shift -= 8)
    out += static_cast<char>(record_size >> shift & 0xFF);
  out += static_cast<char>(key.keyid.size());
  out += key.keyid;

  record_keys keys(salt, key.keying_material);
  for (std::size_t number = 0; number < records; ++number) {
    const std::size_t at = out.size();
    out += plaintext.substr(number * room, room);
    out += number + 1 == records ? last : not_last;
    const std::size_t size = out.size() - at;
    std::array<char, gcm_tag_size> tag;
    contexts.seal_gcm(cipher::aes_128_gcm, keys.key(), keys.nonce(number), {out.data() + at, size},
                      out.data() + at, tag);
    out.append(tag.data(), tag.size());
  }
  return out;
}

}  // namespace core::envelope
