// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which fields of a message go on to the other side. Built per route at load. Adds nothing: what
// the gateway itself sets, it sets after these checks, and every name it sets is among those that
// never pass, so that there is exactly one of each.

#include <optional>
#include <string>
#include <vector>

#include "core/http/connection.hpp"
#include "core/http/head.hpp"
#include "core/http/name_set.hpp"

namespace core::http {

struct request_filter_settings {
  std::vector<std::string> credentials{};  ///< names of the fields that the route's scheme reads
  std::optional<std::vector<std::string>> only{};  ///< the only fields that pass; all if nothing
  bool payload_opened = false;  ///< another body goes upstream: what described the old one does not
  bool reply_sealed =
      false;  ///< the answer must be whole and uncoded: no Accept-Encoding, Range, If-*
};

/// From client to upstream. Never pass, in any case and with any punctuation: credentials,
/// Content-Digest, X-Client-*, X-Countersign-*, Forwarded, X-Forwarded-*, X-Real-IP,
/// X-Original-URL, X-Rewrite-URL, X-HTTP-Method(-Override), X-Method-Override, Proxy, X-Request-Id,
/// Host, Content-Length, Expect; hop-by-hop fields and those listed in Connection; names that hold
/// '_'.
class request_filter {
 public:
  explicit request_filter(const request_filter_settings& settings);

  /// `options` are those of the head that `f` is in. traceparent and tracestate pass whatever
  /// `only` says, and so do Content-Type and Content-Encoding with a body that was not opened.
  [[nodiscard]] bool passes(const field& f, const connection_options& options) const;

 private:
  name_set dropped_;
  std::optional<name_set> only_;
};

struct response_filter_settings {
  std::vector<std::string>
      set_by_gateway{};  ///< names of fields that the gateway adds to this route's answers
  bool sealed = false;   ///< another body goes to the client: what described the old one does not
};

/// From upstream to client. Never pass: X-Countersign-*, X-Request-Id, Content-Length, hop-by-hop
/// fields and those listed in Connection. Date passes.
class response_filter {
 public:
  explicit response_filter(const response_filter_settings& settings = {});
  [[nodiscard]] bool passes(const field& f, const connection_options& options) const;

 private:
  name_set dropped_;
};

}  // namespace core::http
