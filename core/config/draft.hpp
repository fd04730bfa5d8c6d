// SPDX-License-Identifier: Apache-2.0
#pragma once

// The model while it is read: with the names that are not yet indices, and the short forms that are
// not yet spelt out.

#include <optional>
#include <string>
#include <vector>

#include "core/config/model.hpp"

namespace core::config {

enum class envelope_kind { laravel, none };

struct client_draft : client {
  std::optional<base::secret> secret;  ///< the short form of one generation that is always in force
};

struct route_draft : route {
  std::string scheme_name;  ///< "none" is no scheme
  std::string upstream_name;
  std::optional<envelope_kind> envelope;
  std::optional<std::uint64_t> own_body_bytes;
};

struct draft : model {
  std::vector<client_draft> client_drafts;
  std::vector<route_draft> route_drafts;
};

}  // namespace core::config
