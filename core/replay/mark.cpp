// SPDX-License-Identifier: Apache-2.0
#include "core/replay/mark.hpp"

#include <cstring>

#include "core/crypto/digest.hpp"

namespace core::replay {

namespace {

constexpr std::size_t longest_literal = 128;

/// The parts, length-prefixed and joined on the stack: a request costs no allocation here.
class gathering {
 public:
  void add(std::string_view part) {
    put_size(part.size());
    if (part.size() <= longest_literal) {
      put(part);
    } else {
      // The length that stands before it says that this is a digest, so that no short part can
      // imitate it.
      put(crypto::view(crypto::sha256({part})));
    }
  }

  crypto::sha256_digest digest() const {
    return crypto::sha256({std::string_view(bytes_.data(), size_)});
  }

 private:
  void put_size(std::uint64_t size) {
    std::array<char, 8> text{};
    for (std::size_t i = 0; i < text.size(); ++i)
      text[i] = static_cast<char>((size >> (8 * (7 - i))) & 0xff);
    put({text.data(), text.size()});
  }

  void put(std::string_view part) {
    if (part.size() > bytes_.size() - size_) {
      const auto so_far = digest();
      std::memcpy(bytes_.data(), so_far.data(), so_far.size());
      size_ = so_far.size();
    }
    if (part.empty()) return;
    std::memcpy(bytes_.data() + size_, part.data(), part.size());
    size_ += part.size();
  }

  std::array<char, 1024> bytes_;
  std::size_t size_ = 0;
};

std::uint32_t fnv1a(std::string_view text) {
  std::uint32_t hash = 2166136261U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return hash;
}

}  // namespace

mark mark::make(std::string_view client_id, std::string_view kind,
                std::initializer_list<std::string_view> values, std::int64_t window_end) {
  gathering all;
  all.add(client_id);
  all.add(kind);
  for (const auto value : values) all.add(value);
  const auto digest = all.digest();

  mark made;
  std::memcpy(made.fingerprint.data(), digest.data(), made.fingerprint.size());
  made.client = fnv1a(client_id);
  made.window_end = window_end;
  return made;
}

}  // namespace core::replay
