// SPDX-License-Identifier: Apache-2.0
#pragma once

// Is this answer the one to this request? Status, body, and on routes that sign or seal their
// replies, signature and seal as a client would check them (the answer to a spoiled request has
// neither). One per thread.

#include <optional>
#include <string>
#include <string_view>

#include "bench/load/composer.hpp"
#include "bench/load/options.hpp"
#include "bench/load/subject.hpp"
#include "bench/load/tally.hpp"
#include "bench/wire/message_reader.hpp"

namespace bench::load {

class inspection {
 public:
  inspection(const options& o, const subject& s);

  /// True if check() looks at bodies.
  [[nodiscard]] bool needs_body() const { return echo_ || signed_ || sealed_; }
  /// True for a 503 or a 429 that says when to come again, where the options allow for it.
  [[nodiscard]] bool refuses(const core::http::response_head& head) const;
  /// What is wrong with it; `answer` is complete. Its body may be overwritten.
  std::optional<failure> check(wire::message_reader& answer, const request& asked,
                               composer& messages);

 private:
  [[nodiscard]] bool proven(const core::http::response_head& head, std::string_view body,
                            const request& asked) const;
  /// @return what the upstream said, or nothing.
  std::optional<std::string_view> open(std::string& body, const core::http::response_head& head);

  const subject& subject_;
  unsigned status_;
  bool allow_refused_;
  bool echo_;
  bool signed_;
  bool sealed_;
  core::crypto::cipher_contexts contexts_;
  std::string scratch_;
};

}  // namespace bench::load
