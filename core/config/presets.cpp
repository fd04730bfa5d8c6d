// SPDX-License-Identifier: Apache-2.0
#include "core/config/presets.hpp"

#include <algorithm>
#include <stdexcept>

#include "core/config/tables.hpp"

namespace core::config {

namespace {

// One line of ours for scripts and devices: everything that a request says is signed, and so is
// the reply, with keys of their own for each direction.
constexpr std::string_view gw1 = R"(
key: {derive: sign-c2s}
fields:
  token: {header: X-Auth-Token, charset: "[A-Za-z0-9._~-]{1,64}"}
  version: {header: X-Auth-Version, charset: "[A-Za-z0-9._+-]{1,32}"}
  timestamp: {header: X-Auth-Timestamp}
  nonce: {header: X-Auth-Nonce, charset: "[A-Za-z0-9_-]{16,128}"}
signature: {header: X-Auth-Signature, encoding: hex}
string_to_sign: "GW1-HMAC-SHA256{lf}{token}{lf}{version}{lf}{timestamp}{lf}{nonce}{lf}{method}{lf}\
  {host}{lf}{target}{lf}{body|sha256|hex}"
response:
  timestamp: X-Auth-Timestamp
  signature: X-Auth-Signature
  derive: sign-s2c
  string_to_sign: "GW1-HMAC-SHA256-RESPONSE{lf}{token}{lf}{nonce}{lf}{timestamp}{lf}{status}{lf}\
    {body|sha256|hex}"
)";

// standardwebhooks.com. A sender that tries again keeps the id and makes a new stamp.
constexpr std::string_view standard_webhooks = R"(
key: {encoding: base64, strip: [whsec_, whpk_]}
fields:
  id: {header: webhook-id, charset: "[A-Za-z0-9_-]{1,128}"}
  timestamp: {header: webhook-timestamp}
signature: {header: webhook-signature, list: {sep: " ", pick: "v1,"}, encoding: base64}
string_to_sign: "{id}.{timestamp}.{body}"
replay_id: id
)";

// The secret is the text as Stripe shows it, whsec_ and all.
constexpr std::string_view stripe = R"(
fields:
  timestamp: {header: Stripe-Signature, kv: {key: t}}
signature: {header: Stripe-Signature, kv: {key: v1}, encoding: hex}
string_to_sign: "{timestamp}.{body}"
)";

// No stamp: what was taken is remembered, and forgotten where the service failed, because a failed
// delivery is sent again with the same bytes.
constexpr std::string_view github = R"(
signature: {header: X-Hub-Signature-256, prefix: "sha256=", encoding: hex}
string_to_sign: "{body}"
release_on_failure: true
)";

constexpr std::string_view slack = R"(
fields:
  timestamp: {header: X-Slack-Request-Timestamp}
signature: {header: X-Slack-Signature, prefix: "v0=", encoding: hex}
string_to_sign: "v0:{timestamp}:{body}"
)";

// As for GitHub.
constexpr std::string_view shopify = R"(
signature: {header: X-Shopify-Hmac-Sha256, encoding: base64}
string_to_sign: "{body}"
release_on_failure: true
)";

}  // namespace

const std::array<preset_text, 6> template_presets{{{"gw1", gw1},
                                                   {"standard-webhooks", standard_webhooks},
                                                   {"github", github},
                                                   {"stripe", stripe},
                                                   {"slack", slack},
                                                   {"shopify", shopify}}};

const preset_text* find_preset(std::string_view name) {
  const auto* const found = std::ranges::find(template_presets, name, &preset_text::name);
  return found == template_presets.end() ? nullptr : found;
}

scheme::template_settings settings_of(const preset_text& preset) {
  report problems;
  template_preset out;
  if (const auto tree = parse_document(preset.yaml, problems)) {
    const secret_resolver no_secrets;
    reader r{problems, no_secrets};
    read_fields(r, {&*tree, std::string(preset.name)}, template_table::fields(), out);
  }
  for (const problem& p : problems.take()) throw std::logic_error(p.path + ": " + p.message);
  return out.scheme;
}

}  // namespace core::config
