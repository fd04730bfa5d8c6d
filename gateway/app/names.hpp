// SPDX-License-Identifier: Apache-2.0
#pragma once

// Names of upstreams that lead elsewhere than they did: a generation that differs from the one in
// force in this alone. It looks nothing up.

#include <memory>
#include <string>
#include <vector>

#include "core/config/model.hpp"
#include "gateway/app/preparation.hpp"
#include "gateway/session/generation.hpp"
#include "gateway/upstream/resolver.hpp"

namespace gateway::app {

/// What is to be looked up again, each name once, as often as the most impatient upstream wants it.
std::vector<upstream::resolver::task> names_of(const core::config::model& model);

/// The generation that follows `now` because a name leads there, or null if nothing differs. Its
/// `places` are still those of `now`.
std::shared_ptr<session::generation> follow(const session::generation& now,
                                            const upstream::looked_up& found,
                                            const shared_by_name& known);

/// Of each upstream that has more addresses than it can use, a sentence for the operator; not where
/// the same was in force `before`.
std::vector<std::string> crowded(const std::vector<upstream::group>& groups,
                                 const std::vector<upstream::group>& before = {});

}  // namespace gateway::app
