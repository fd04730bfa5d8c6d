// SPDX-License-Identifier: Apache-2.0
#pragma once

// Reads files of tests/vectors/.

#include <boost/json/parse.hpp>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

namespace tests {

/// All of tests/vectors/`file`.
inline boost::json::value document(const std::string& file) {
  std::ifstream in(COUNTERSIGN_TEST_DATA "/vectors/" + file);
  if (!in) throw std::runtime_error("can't read " + file);
  const std::string text(std::istreambuf_iterator<char>(in), {});
  return boost::json::parse(text);
}

/// The group `group` of it.
inline boost::json::array vectors(const std::string& file, const std::string& group) {
  return document(file).at(group).as_array();
}

/// A member that is a string.
inline std::string text(const boost::json::value& vector, const char* member) {
  return std::string(vector.at(member).as_string());
}

}  // namespace tests
