// SPDX-License-Identifier: Apache-2.0
#pragma once

// Heads for tests, written in one line. The texts given must outlive the head.

#include <initializer_list>
#include <string_view>

#include "core/http/head.hpp"

namespace tests {

inline core::http::request_head request(std::string_view method,
                                        std::initializer_list<core::http::field> fields,
                                        int minor_version = 1) {
  core::http::request_head head;
  head.method = method;
  head.target = "/";
  head.minor_version = minor_version;
  for (const auto& f : fields) head.fields.add(f.name, f.value);
  return head;
}

inline core::http::response_head response(unsigned status,
                                          std::initializer_list<core::http::field> fields,
                                          int minor_version = 1) {
  core::http::response_head head;
  head.status = status;
  head.reason = "Reason";
  head.minor_version = minor_version;
  for (const auto& f : fields) head.fields.add(f.name, f.value);
  return head;
}

}  // namespace tests
