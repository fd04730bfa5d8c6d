// SPDX-License-Identifier: Apache-2.0
#pragma once

// OpenSSL as it is when one of its functions fails, which none of them does when a test would like
// it to: the tests' own functions of those names stand before the library's, and call them.

#include <string_view>

namespace tests {

enum class failure {
  says_no,    ///< no object; or it is done, but the answer is no: nothing but the answer tells
  does_less,  ///< of EVP_CipherUpdate: nothing is done, and the answer is yes
};

/// While this lives, one call of one function fails, on this thread: that of the number `call`,
/// from 0.
class failing_openssl {
 public:
  failing_openssl(std::string_view function, int call, failure how = failure::says_no);
  failing_openssl(const failing_openssl&) = delete;
  failing_openssl& operator=(const failing_openssl&) = delete;
  ~failing_openssl();

  /// Were there as many calls?
  [[nodiscard]] bool happened() const { return happened_; }

  /// Is this call of `function` the one that fails so?
  static bool now(std::string_view function, failure how);

 private:
  std::string_view function_;
  int calls_before_;
  failure how_;
  bool happened_ = false;
};

}  // namespace tests
