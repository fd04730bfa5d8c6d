// SPDX-License-Identifier: Apache-2.0
#pragma once

// Whom a message names whose credential is in no order: for what is counted, and for clients that a
// route that observes is strict with. Nothing of it is proven.

#include <vector>

#include "core/admission/stages.hpp"

namespace core::admission {

/// All clients that it names, some perhaps more than once; on a route with a `client`, that one.
std::vector<const keys::client*> clients_named(const routed& r);

/// Whom a message names that inspect() has refused for this. Null where that is nobody, where it
/// names several, and where it has no credential.
const keys::client* client_named(const routed& r, base::errc refused);

}  // namespace core::admission
