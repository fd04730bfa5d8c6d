// SPDX-License-Identifier: Apache-2.0
#pragma once

// From a client's secret to the keys that a template proves with.

#include <string>
#include <string_view>
#include <variant>

#include "core/base/secret.hpp"
#include "core/keys/scheme_key.hpp"
#include "core/scheme/template_settings.hpp"

namespace core::scheme {

/// `client_secret` is a shared secret or, for Ed25519, the client's public key: its 32 bytes or a
/// SubjectPublicKeyInfo. @return what is wrong with it, to be read after its name, otherwise.
std::variant<keys::scheme_key, std::string> prepare_key(const template_settings& settings,
                                                        const base::secret& client_secret,
                                                        std::string_view client_id);

/// A key that nobody has to be kept from: checking against it costs what a client's costs. Whoever
/// uses it discards a match.
keys::scheme_key dummy_key(const template_settings& settings);

}  // namespace core::scheme
