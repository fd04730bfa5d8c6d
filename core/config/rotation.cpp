// SPDX-License-Identifier: Apache-2.0
#include "core/config/rotation.hpp"

#include <string.h>  // NOLINT(modernize-deprecated-headers): explicit_bzero is glibc's, not <cstring>'s

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "core/base/date.hpp"
#include "core/config/document.hpp"
#include "core/config/report.hpp"
#include "core/config/secrets.hpp"
#include "core/json/check.hpp"

namespace core::config {

namespace {

constexpr std::array<std::string_view, 4> keys{"id", "value", "from", "until"};

/// The texts of one generation, in the order of `keys`; empty where there is none.
using texts = std::array<std::string, keys.size()>;

std::optional<node> read_list(std::string_view text) {
  report ignored;
  auto root = parse_document(text, ignored);
  if (!root || root->what != node::kind::sequence || ignored.failed()) return std::nullopt;
  return root;
}

texts texts_of(const node& item) {
  texts out;
  for (std::size_t i = 0; i < keys.size(); ++i)
    if (const node* found = item.find(keys[i])) out[i] = found->text;
  return out;
}

std::vector<texts> texts_of(const std::optional<node>& list) {
  std::vector<texts> out;
  if (list)
    for (const node& item : list->items) out.push_back(texts_of(item));
  return out;
}

/// A JSON string is a quoted YAML scalar; dates stand as they are.
std::string item_of(const texts& t) {
  std::string out = "{";
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (t[i].empty()) continue;
    out.append(out.size() > 1 ? ", " : "").append(keys[i]).append(": ");
    if (i < 2)
      json::append_string(out, t[i]);
    else
      out.append(t[i]);
  }
  return out += '}';
}

texts texts_of(const new_generation& g) {
  return {g.id, std::string(g.value), base::format_iso8601(g.from), {}};
}

/// Where each line of a text begins, and its end.
std::vector<std::size_t> lines_of(std::string_view text) {
  std::vector<std::size_t> out{0};
  for (std::size_t at = 0; (at = text.find('\n', at)) != std::string_view::npos;)
    out.push_back(++at);
  if (out.back() != text.size()) out.push_back(text.size());
  return out;
}

/// A list of lines that begin with a dash, and not [in, brackets].
struct block_list {
  std::string_view text;
  std::vector<std::size_t> lines;
  std::size_t column = 0;             ///< of the dashes, from 0
  std::vector<std::size_t> dashes{};  ///< the line of each item's, from 0

  [[nodiscard]] std::string_view line(std::size_t i) const {
    return text.substr(lines[i], lines[i + 1] - lines[i]);
  }
  [[nodiscard]] bool is_dash(std::size_t i) const {
    const std::string_view l = line(i);
    return l.size() > column && l[column] == '-' && l.find_first_not_of(' ') == column;
  }
  /// A comment, and no line of an item's text: that stands further to the right.
  [[nodiscard]] bool says_nothing(std::size_t i) const {
    const std::size_t first = line(i).find_first_not_of(" \t\r\n");
    return first == std::string_view::npos || (first <= column && line(i)[first] == '#');
  }
};

std::optional<block_list> find_dashes(std::string_view text, const node& list) {
  if (list.at.line == 0 || list.items.empty()) return std::nullopt;
  block_list out{text, lines_of(text), list.at.column - 1};
  for (const node& item : list.items) {
    std::size_t line = item.at.line - 1;
    if (line + 1 >= out.lines.size()) return std::nullopt;
    while (line > 0 && !out.is_dash(line)) --line;
    if (!out.is_dash(line)) return std::nullopt;
    out.dashes.push_back(line);
  }
  return out;
}

void wipe(std::string& text) { explicit_bzero(text.data(), text.size()); }

void wipe(std::vector<texts>& all) {
  for (texts& one : all)
    for (std::string& text : one) wipe(text);
}

/// `edited` if it holds just what is wanted, else a list that is written anew. `before`: what it
/// was made of.
changed_file settle(std::string edited, std::vector<texts> wanted, std::string_view before) {
  changed_file out;
  std::vector<texts> got = texts_of(read_list(edited));
  if (edited.empty() || got != wanted) {
    out.comments_kept = before.find('#') == before.npos;
    wipe(edited);
    edited.clear();
    for (const texts& one : wanted) edited.append("- ").append(item_of(one)).append("\n");
    if (wanted.empty()) edited = "[]\n";
  }
  out.text = base::secret(edited);
  wipe(edited);
  wipe(got);
  wipe(wanted);
  return out;
}

}  // namespace

std::string generation_item(const new_generation& g) { return item_of(texts_of(g)); }

std::optional<changed_file> with_generation(std::string_view text, const new_generation& g) {
  const auto list = read_list(text);
  if (!list) return std::nullopt;
  std::vector<texts> wanted = texts_of(list);
  wanted.insert(wanted.begin(), texts_of(g));
  std::string edited;
  if (const auto block = find_dashes(text, *list)) {
    const std::size_t at = block->lines[block->dashes.front()];
    edited.append(text.substr(0, at)).append(block->column, ' ').append("- ");
    edited.append(generation_item(g)).append("\n").append(text.substr(at));
  }
  return settle(std::move(edited), std::move(wanted), text);
}

std::optional<changed_file> without_generation(std::string_view text, std::string_view id) {
  const auto list = read_list(text);
  if (!list) return std::nullopt;
  std::vector<texts> wanted = texts_of(list);
  const auto found = std::ranges::find(wanted, id, [](const texts& t) { return t[0]; });
  if (found == wanted.end()) return std::nullopt;
  const auto index = static_cast<std::size_t>(found - wanted.begin());
  wanted.erase(found);
  std::string edited;
  if (const auto block = find_dashes(text, *list); block && !wanted.empty()) {
    const std::size_t begin = block->dashes[index];
    const bool last = index + 1 == block->dashes.size();
    std::size_t end = last ? block->lines.size() - 1 : block->dashes[index + 1];
    // What stands right above an item speaks of that item.
    while (end > begin + 1 && block->says_nothing(end - 1)) --end;
    edited.append(text.substr(0, block->lines[begin])).append(text.substr(block->lines[end]));
  }
  return settle(std::move(edited), std::move(wanted), text);
}

std::vector<std::string> generation_ids(std::string_view text) {
  std::vector<std::string> out;
  const auto list = read_list(text);
  if (!list) return out;
  for (const node& item : list->items)
    if (const node* const named = item.find("id")) out.push_back(named->text);
  return out;
}

bool holds_values(std::string_view text) {
  const auto list = read_list(text);
  return list && std::ranges::any_of(list->items, [](const node& item) {
           const node* const value = item.find("value");
           return value != nullptr && !is_reference(value->text);
         });
}

std::optional<std::string> notation_of(std::string_view text, std::string_view id) {
  const auto list = read_list(text);
  if (!list) return std::nullopt;
  for (const node& item : list->items) {
    const node* const named = item.find("id");
    const node* const value = item.find("value");
    if (named == nullptr || named->text != id || value == nullptr) continue;
    for (const std::string_view prefix :
         {"utf8:", "hex:", "base64:", "file:", "env:", "credential:"})
      if (value->text.starts_with(prefix)) return std::string(prefix);
    return std::string();
  }
  return std::nullopt;
}

}  // namespace core::config
