// SPDX-License-Identifier: Apache-2.0
#include "bench/micro/signed_message.hpp"

#include <stdexcept>
#include <string>
#include <string_view>

#include "core/http/head.hpp"
#include "core/http/target.hpp"
#include "core/keys/scheme_key.hpp"
#include "core/scheme/rfc9421.hpp"

namespace bench::micro {

namespace {

namespace scheme = core::scheme;

/// As an HTTP library of a client sends it.
class signed_message {
 public:
  signed_message() : mac_(core::crypto::hash::sha256, "0123456789abcdef0123456789abcdef") {
    head_.method = "POST";
    head_.target = "/api/orders?page=1";
    head_.fields.add("Host", "api.example.com");
    head_.fields.add("User-Agent", "python-requests/2.28.1");
    head_.fields.add("Accept-Encoding", "gzip, deflate");
    head_.fields.add("Accept", "*/*");
    head_.fields.add("Connection", "keep-alive");
    head_.fields.add("Content-Type", "application/json");
    head_.fields.add("Content-Length", "1024");
    signed_ = profile_.sign_request(view(), std::string(1024, 'x'),
                                    {"", 1'700'000'000, "AAECAwQFBgcICQoLDA0ODw"},
                                    {.keyid = "client-1", .mac = &mac_});
    for (const auto& [name, value] : signed_) head_.fields.add(name, value);
    key_.proof = mac_;
  }
  signed_message(const signed_message&) = delete;
  signed_message& operator=(const signed_message&) = delete;
  ~signed_message() = default;

  void inspect() {
    if (!profile_.inspect(view(), reading_)) throw std::logic_error("no claim was read");
  }
  void verify() {
    if (!profile_.verify(reading_, key_)) throw std::logic_error("the signature is wrong");
  }

 private:
  [[nodiscard]] scheme::request_view view() const {
    return {head_, {"/api/orders", "?page=1"}, "api.example.com", "https"};
  }

  scheme::rfc9421 profile_{scheme::rfc9421_settings{}};
  core::http::request_head head_;
  core::crypto::hmac mac_;
  scheme::rfc9421::field_list signed_;
  core::keys::scheme_key key_;
  scheme::rfc9421_reading reading_;
};

}  // namespace

std::unique_ptr<operation> inspects_signature() {
  return operation_of([message = std::make_unique<signed_message>()] { message->inspect(); });
}

std::unique_ptr<operation> verifies_signature() {
  auto message = std::make_unique<signed_message>();
  message->inspect();
  return operation_of([message = std::move(message)] { message->verify(); });
}

}  // namespace bench::micro
