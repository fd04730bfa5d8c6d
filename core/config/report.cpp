// SPDX-License-Identifier: Apache-2.0
#include "core/config/report.hpp"

#include <algorithm>
#include <tuple>

#include "core/json/check.hpp"

namespace core::config {

namespace {

// A file that isn't a configuration at all would otherwise answer with as many lines as it has.
// Counted apart, so that warnings never hide an error.
constexpr std::size_t max_problems = 1000;

}  // namespace

spot spot::key(std::string_view key) const {
  const node* child = at->find(key);
  return {child ? child : at, join_path(path, key)};
}

spot spot::item(std::size_t index) const {
  return {&at->items[index], path + '[' + std::to_string(index) + ']'};
}

void report::add(problem::severity level, place at, std::string path, std::string message) {
  problems_.push_back({at, {level, at.line, at.column, std::move(path), std::move(message), {}}});
}

void report::error(place at, std::string path, std::string message) {
  if (++errors_ > max_problems) return;
  add(problem::severity::error, at, std::move(path), std::move(message));
}

void report::warn(place at, std::string path, std::string message) {
  if (++warnings_ > max_problems) return;
  add(problem::severity::warning, at, std::move(path), std::move(message));
}

std::size_t report::add_file(std::string name) {
  files_.push_back(std::move(name));
  return files_.size() - 1;
}

std::string report::name_of(place at) const {
  if (at.file == 0) return "line " + std::to_string(at.line);
  return files_[at.file] + ':' + std::to_string(at.line) + ':' + std::to_string(at.column);
}

std::vector<problem> report::take() {
  std::ranges::stable_sort(
      problems_, {}, [](const placed& p) { return std::tuple(p.at.file, p.at.line, p.at.column); });
  const std::size_t left_out = errors_ + warnings_ - problems_.size();
  std::vector<problem> out;
  out.reserve(problems_.size());
  for (placed& p : problems_) {
    p.what.file = files_[p.at.file];
    out.push_back(std::move(p.what));
  }
  problems_.clear();
  if (left_out > 0) {
    const auto level = failed() ? problem::severity::error : problem::severity::warning;
    out.push_back(
        {level, 0, 0, {}, std::to_string(left_out) + " more problems are not listed", {}});
  }
  return out;
}

std::string quoted(std::string_view text) {
  constexpr std::size_t longest = 60;
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text.substr(0, longest)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) {
      out.append("\\x").append(1, digits[byte >> 4]).append(1, digits[byte & 15]);
    } else {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
  }
  // A character that the cut went through is dropped whole, so that the message stays UTF-8.
  if (text.size() > longest) {
    while (out.size() > 1 && (static_cast<unsigned char>(out.back()) & 0xC0) == 0x80)
      out.pop_back();
    if (static_cast<unsigned char>(out.back()) >= 0xC0) out.pop_back();
    out += "…";
  }
  return out + '"';
}

std::string join_path(std::string_view path, std::string_view key) {
  // No key of ours holds a colon; one that does may be a name and its secret without the blank.
  if (const std::size_t colon = key.find(':'); colon != std::string_view::npos)
    return join_path(path, std::string(key.substr(0, colon)) += "…");
  const bool word = !key.empty() && key.size() <= 64 && std::ranges::all_of(key, [](char c) {
    return c > 0x20 && c < 0x7F && c != '"' && c != '\\';
  });
  std::string out(path);
  if (!out.empty()) out += '.';
  return out += word ? std::string(key) : quoted(key);
}

std::string format(const problem& p, std::string_view file) {
  std::string out(p.file.empty() ? file : std::string_view(p.file));
  if (p.line > 0) out += ':' + std::to_string(p.line) + ':' + std::to_string(p.column);
  out += ": ";
  if (!p.path.empty()) out += p.path + ": ";
  if (p.level == problem::severity::warning) out += "warning: ";
  return out += p.message;
}

void append_json(std::string& json, const problem& p) {
  json.append(p.level == problem::severity::error ? R"({"severity":"error")"
                                                  : R"({"severity":"warning")");
  if (!p.file.empty()) json::append_string(json.append(R"(,"file":)"), p.file);
  json.append(R"(,"line":)").append(std::to_string(p.line));
  json.append(R"(,"column":)").append(std::to_string(p.column));
  json::append_string(json.append(R"(,"path":)"), p.path);
  json::append_string(json.append(R"(,"message":)"), p.message);
  json.append("}");
}

}  // namespace core::config
