// SPDX-License-Identifier: Apache-2.0
#include "gateway/admin/page.hpp"

#include <cassert>

#include "core/base/encoding.hpp"
#include "core/crypto/digest.hpp"

namespace gateway::admin {

namespace {

/// As a source in a policy (CSP Level 3, section 2.3.1).
std::string hash_of(std::string_view text) {
  const auto digest = core::crypto::sha256({text});
  return "'sha256-" + core::base::base64(core::crypto::view(digest)) + "'";
}

void put_into(std::string& html, std::string_view element, std::string_view text) {
  const std::size_t found = html.find(element);
  assert(found != std::string::npos);
  html.insert(found + element.size(), text);
}

}  // namespace

document make_page(std::string_view html, std::string_view style, std::string_view script) {
  document made;
  made.html = html;
  put_into(made.html, "<style>", style);
  put_into(made.html, "<script>", script);
  made.policy = "default-src 'none'; style-src " + hash_of(style) + "; script-src " +
                hash_of(script) +
                "; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
                "frame-ancestors 'none'";
  return made;
}

const document& status_page() {
  static const document made = make_page(status_html, status_style, status_script);
  return made;
}

}  // namespace gateway::admin
