// SPDX-License-Identifier: Apache-2.0
#pragma once

// The results, for people and for programs.

#include <string>

#include "bench/load/options.hpp"
#include "bench/load/subject.hpp"
#include "bench/load/tally.hpp"

namespace bench::load {

/// `seconds` is from the start to the last answer.
std::string human_report(const options& o, const subject& s, const tally& all, double seconds);
/// One line.
std::string json_report(const options& o, const subject& s, const tally& all, double seconds);

}  // namespace bench::load
