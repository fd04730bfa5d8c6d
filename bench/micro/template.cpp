// SPDX-License-Identifier: Apache-2.0
#include "bench/micro/template.hpp"

#include <stdexcept>
#include <string>
#include <utility>
#include <variant>

#include "core/config/presets.hpp"
#include "core/scheme/template_key.hpp"
#include "core/scheme/template_scheme.hpp"

namespace bench::micro {

namespace {

/// A request signed as a client signs it, and all that is needed to prove it.
class signed_request {
 public:
  signed_request()
      : settings_(core::config::settings_of(*core::config::find_preset("gw1"))),
        scheme_(settings_),
        key_(std::get<core::keys::scheme_key>(core::scheme::prepare_key(
            settings_, core::base::secret("a secret of 32 bytes, as it is.."), "client-1"))) {
    head_.method = "POST";
    head_.target = "/v1/orders?page=1";
    head_.fields.add("Host", "api.example.com");
    head_.fields.add("User-Agent", "GuzzleHttp/7");
    head_.fields.add("Content-Type", "application/json");
    core::scheme::outgoing what;
    what.token = "client-1";
    what.version = "1.4.0";
    what.timestamp = 1700000000;
    what.nonce = "AAECAwQFBgcICQoLDA0ODw";
    auto made = scheme_.sign(view(), body_, what, key_, reading_);
    fields_ = std::get<core::scheme::field_list>(std::move(made));
    for (const auto& [name, value] : fields_) head_.fields.add(name, value);
  }

  void prove() {
    const core::scheme::request_view request = view();
    const auto claim = scheme_.inspect(request, reading_);
    if (!claim || !scheme_.verify(reading_, request, body_, key_))
      throw std::logic_error("an operation of the benchmark went wrong");
  }

 private:
  [[nodiscard]] core::scheme::request_view view() const {
    return {head_, {"/v1/orders", "?page=1"}, "api.example.com", "https"};
  }

  core::scheme::template_settings settings_;
  core::scheme::template_scheme scheme_;
  core::keys::scheme_key key_;
  core::http::request_head head_;
  core::scheme::field_list fields_;
  core::scheme::template_reading reading_;
  std::string body_ = std::string(1024, 'x');
};

}  // namespace

std::unique_ptr<operation> gw1_inspect_and_verify() {
  return operation_of([it = std::make_unique<signed_request>()] { it->prove(); });
}

}  // namespace bench::micro
