// SPDX-License-Identifier: Apache-2.0
#pragma once

// The text of a configuration as a tree that knows where each value stands. Scalars stay the text
// they were written as: it knows no numbers, no keys, no defaults. Also what is printed is such a
// tree.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace core::config {

class report;
struct entry;

struct place {
  std::size_t line = 0;    ///< from 1; 0: the file as a whole
  std::size_t column = 0;  ///< from 1, in bytes
  std::size_t file = 0;    ///< as the report numbers them; 0: the configuration itself
  auto operator<=>(const place&) const = default;
};

struct node {
  enum class kind {
    null,  ///< `key:` with nothing after it, `~` or `null`
    scalar,
    sequence,
    map,
    broken,  ///< reported already; says nothing more
  };
  kind what = kind::null;
  place at;
  bool plain = true;  ///< a scalar without quotes
  std::string text;
  std::vector<node> items;     ///< of a sequence
  std::vector<entry> entries;  ///< of a map, in the file's order, each key once

  [[nodiscard]] const node* find(std::string_view key) const;
};

struct entry {
  std::string key;
  place at;
  node value;
};

node scalar_node(std::string text, bool plain = true);
node text_node(
    std::string text);  ///< quoted when it is written, where it could be taken for something else
node map_node();
node sequence_node();

/// The largest file taken: beyond it a mistake (a log, a core dump) is likelier than a
/// configuration.
inline constexpr std::size_t max_document = 64 * 1024 * 1024;
/// Nesting beyond this is refused; the deepest key there is stands at depth 6.
inline constexpr std::size_t max_nesting = 32;

/// Where a text stands in the whole.
struct origin {
  std::size_t file = 0;
  std::string path;  ///< the key in whose place it stands; empty: it is the whole
};

/// One YAML document of at most 64 MiB of UTF-8. Anchors, aliases, tags, merge keys, duplicate keys
/// and keys that aren't text are problems, and the rest is read on; after a fault of the syntax
/// itself nothing is returned.
std::optional<node> parse_document(std::string_view text, report& problems,
                                   const origin& from = {});

}  // namespace core::config
