// SPDX-License-Identifier: Apache-2.0
#pragma once

// The status page for people: one document, which asks nobody but the gateway that it came from.
// Its parts stand in page/ as they are, and are compiled into the binary.

#include <string>
#include <string_view>

namespace gateway::admin {

struct document {
  std::string html;
  /// Content-Security-Policy: nothing but this very style and script (by their SHA-256), and
  /// requests to where the page came from.
  std::string policy;
};

/// `style` and `script` put into the elements that `html` has for them.
document make_page(std::string_view html, std::string_view style, std::string_view script);

/// Made once.
const document& status_page();

/// The parts: page/status.html, .css and .js (see CMakeLists.txt).
extern const std::string_view status_html, status_style, status_script;

}  // namespace gateway::admin
