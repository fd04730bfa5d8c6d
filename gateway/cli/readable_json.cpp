// SPDX-License-Identifier: Apache-2.0
#include "gateway/cli/readable_json.hpp"

#include <algorithm>
#include <cstdint>

#include "core/json/check.hpp"

namespace gateway::cli {

namespace {

namespace json = boost::json;

void print_json(std::string& out, const json::value& v, std::size_t indent);

/// A name and a value stay on one line.
bool is_short(const json::array& all) {
  return all.size() <= 2 && std::ranges::all_of(all, &json::value::is_string);
}

void print_array(std::string& out, const json::array& all, std::size_t indent) {
  const bool in_line = is_short(all);
  out += '[';
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i != 0) out += in_line ? ", " : ",";
    if (!in_line) out.append(1, '\n').append(indent + 2, ' ');
    print_json(out, all[i], indent + 2);
  }
  if (!in_line) out.append(1, '\n').append(indent, ' ');
  out += ']';
}

void print_object(std::string& out, const json::object& all, std::size_t indent) {
  out += '{';
  bool first = true;
  for (const auto& [key, value] : all) {
    if (!first) out += ',';
    first = false;
    out.append(1, '\n').append(indent + 2, ' ');
    core::json::append_string(out, key);
    out += ": ";
    print_json(out, value, indent + 2);
  }
  if (!first) out.append(1, '\n').append(indent, ' ');
  out += '}';
}

void print_json(std::string& out, const json::value& v, std::size_t indent) {
  if (v.is_object())
    print_object(out, v.get_object(), indent);
  else if (v.is_array())
    print_array(out, v.get_array(), indent);
  else if (v.is_string())
    core::json::append_string(out, v.get_string());
  else
    out += std::to_string(v.to_number<std::int64_t>());
}

}  // namespace

std::string readable_json(const json::value& v) {
  std::string out;
  print_json(out, v, 0);
  return out.append("\n");
}

}  // namespace gateway::cli
