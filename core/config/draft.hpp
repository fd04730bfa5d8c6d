// SPDX-License-Identifier: Apache-2.0
#pragma once

// The model while it is read: with the names that are not yet indices, and the short forms that are
// not yet spelt out.

#include <optional>
#include <string>
#include <vector>

#include "core/config/model.hpp"

namespace core::config {

struct client_draft : client {
  std::optional<base::secret> secret;  ///< the short form of one generation that is always in force
  bool bound = false;                  ///< a route's `client` names it: it works there alone
};

struct route_draft : route {
  std::string scheme_name;  ///< "none" is no scheme
  std::string upstream_name;
  std::string client_name;
  std::optional<envelope_kind> own_envelope;
  std::optional<config::content> own_content;
  std::optional<std::uint64_t> own_body_bytes;
};

struct draft : model {
  std::vector<client_draft> client_drafts;
  std::vector<route_draft> route_drafts;
};

}  // namespace core::config
