// SPDX-License-Identifier: Apache-2.0
#include "core/explain/message.hpp"

#include <algorithm>

#include "core/base/ascii.hpp"

namespace core::explain {

namespace {

auto find(auto& fields, std::string_view name) {
  return std::ranges::find_if(fields, [&](const auto& f) { return base::iequals(f.first, name); });
}

}  // namespace

http::request_head message::head() const {
  http::request_head out;
  out.method = method;
  out.target = target;
  out.minor_version = minor_version;
  for (const auto& [name, value] : fields) out.fields.add(name, value);
  return out;
}

const std::string* message::value(std::string_view name) const {
  const auto found = find(fields, name);
  return found == fields.end() ? nullptr : &found->second;
}

message message::with(std::string_view name, std::string changed) const {
  message copy = *this;
  const auto found = find(copy.fields, name);
  if (found != copy.fields.end())
    found->second = std::move(changed);
  else
    copy.fields.emplace_back(name, std::move(changed));
  return copy;
}

message message::renamed(std::string_view from, std::string_view to) const {
  message copy = *this;
  if (const auto found = find(copy.fields, from); found != copy.fields.end()) found->first = to;
  return copy;
}

message message::with_body(std::string changed) const {
  message copy = *this;
  copy.body = std::move(changed);
  return copy;
}

}  // namespace core::explain
