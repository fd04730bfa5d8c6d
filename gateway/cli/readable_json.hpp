// SPDX-License-Identifier: Apache-2.0
#pragma once

// JSON for people and for `diff`: a member on each line, in the order they were put in.

#include <boost/json/value.hpp>
#include <string>

namespace gateway::cli {

/// Ends with a line feed. Numbers are whole.
std::string readable_json(const boost::json::value& v);

}  // namespace gateway::cli
