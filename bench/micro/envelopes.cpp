// SPDX-License-Identifier: Apache-2.0
#include "bench/micro/envelopes.hpp"

#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/micro/world.hpp"
#include "core/envelope/aes128gcm.hpp"
#include "core/envelope/jwe.hpp"

namespace bench::micro {

namespace envelope = core::envelope;

namespace {

/// What seals a body and opens it again, by one key.
class jwe {
 public:
  explicit jwe(envelope::jwe_settings how) : how_(how), bytes_(envelope::key_size(how), 'k') {}

  std::string seal(std::string_view plaintext, counted_up& random) {
    std::string fresh(envelope::jwe_random_size, '\0');
    random.fill(fresh);
    return envelope::seal_jwe(plaintext, key(), fresh, contexts_);
  }
  bool open(std::span<char> body) {
    const auto opened = envelope::open_jwe(body, key(), contexts_);
    keep(opened);
    return opened.has_value();
  }

 private:
  [[nodiscard]] envelope::jwe_key key() const { return {how_, bytes_, "client-000000"}; }

  envelope::jwe_settings how_;
  std::string bytes_;
  core::crypto::cipher_contexts contexts_;
};

class aes128gcm {
 public:
  std::string seal(std::string_view plaintext, counted_up& random) {
    std::string salt(envelope::aes128gcm_salt_size, '\0');
    random.fill(salt);
    return envelope::seal_aes128gcm(plaintext, key(), salt, contexts_);
  }
  bool open(std::span<char> body) {
    const auto opened = envelope::open_aes128gcm(body, key(), contexts_);
    keep(opened);
    return opened.has_value();
  }

 private:
  [[nodiscard]] envelope::aes128gcm_key key() const { return {material_, "client-000000"}; }

  std::string material_ = std::string(32, 'k');
  core::crypto::cipher_contexts contexts_;
};

template <class Envelope>
class opening_bodies final : public operation {
 public:
  opening_bodies(Envelope by, std::size_t message) : by_(std::move(by)), plaintext_(message, 'x') {}

  void prepare(std::size_t count) override {
    bodies_.resize(count);
    for (std::string& body : bodies_) body = by_.seal(plaintext_, random_);
  }
  void run(std::size_t number) override {
    if (!by_.open(bodies_[number])) throw std::logic_error("a sealed body didn't open");
  }

 private:
  Envelope by_;
  std::string plaintext_;
  counted_up random_;
  std::vector<std::string> bodies_;
};

}  // namespace

std::unique_ptr<operation> opening_jwe_of(envelope::jwe_settings how, std::size_t message) {
  return std::make_unique<opening_bodies<jwe>>(jwe(how), message);
}
std::unique_ptr<operation> opening_aes128gcm_of(std::size_t message) {
  return std::make_unique<opening_bodies<aes128gcm>>(aes128gcm(), message);
}

}  // namespace bench::micro
