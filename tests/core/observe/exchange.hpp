// SPDX-License-Identifier: Apache-2.0
#pragma once

// An exchange that went well, with a value for all that a line can say but a reason.

#include <algorithm>
#include <string>
#include <string_view>

#include "core/observe/record.hpp"

namespace tests {

struct exchange {
  core::http::request_head sent{"POST", "/api/%20x?a=b", 1, {}};
  core::observe::record happened;
  core::observe::names called{"orders", "billing", "2026-01", "orders", "127.0.0.1:9001"};

  exchange() {
    sent.fields.add("User-Agent", "client/1.0");
    sent.fields.add("Referer", "https://example.com/page?token=secret");
    core::observe::record& r = happened;
    r.at = core::base::instant{std::chrono::microseconds{1'700'000'000'123'456}};
    std::ranges::copy(std::string_view("0123456789abcdef0123456789abcdef"), r.request_id.begin());
    r.peer = "203.0.113.7";
    r.method = "POST";
    r.host = "api.example.com";
    r.path = "/api/%20x";
    r.head = &sent;
    r.route = 0;
    r.client = 1;
    r.proven = true;
    r.version = "1.0.0";
    r.secret = 0;
    r.stamp = 1'699'999'999;
    r.status = 200;
    r.bytes_in = 205;
    r.bytes_out = 18;
    r.duration_us = 12'345;
    r.upstream_us = 12'040;
    r.upstream = 0;
    r.endpoint = 1;
    r.upstream_status = 200;
    r.deprecated = true;
  }
  exchange(const exchange&) = delete;  // `happened` views `sent`
  exchange& operator=(const exchange&) = delete;

  /// Another id for each.
  void number(unsigned n) {
    const std::string digits = std::to_string(n);
    happened.request_id.fill('0');
    std::ranges::copy(digits,
                      happened.request_id.end() - static_cast<std::ptrdiff_t>(digits.size()));
  }
};

}  // namespace tests
