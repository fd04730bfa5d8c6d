// SPDX-License-Identifier: Apache-2.0
#pragma once

// A file of secrets (`secrets: file:PATH`) with one more generation or one less, as text, so that
// its comments stay. Whether the configuration is whole with it, only reading all of it tells.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/secret.hpp"

namespace core::config {

struct new_generation {
  std::string id;
  std::string_view value;  ///< in a notation of secrets, like hex:…
  std::int64_t from = 0;   ///< Unix seconds
};

struct changed_file {
  base::secret text;
  bool comments_kept = true;  ///< false: the list had to be written anew, and there was a '#'
};

/// `{id: "…", value: "…", from: …}`, as an item of the list.
std::string generation_item(const new_generation& g);

/// The new one comes first. Nothing if the text is no list of generations.
std::optional<changed_file> with_generation(std::string_view text, const new_generation& g);

/// Nothing if the text is no list of generations, or none has this id.
std::optional<changed_file> without_generation(std::string_view text, std::string_view id);

/// The ids of all, in the file's order; none if the text is no list of generations.
std::vector<std::string> generation_ids(std::string_view text);

/// Does any secret stand in the text itself, and not in a file, the environment or a credential?
bool holds_values(std::string_view text);

/// How the secret of this id is written: "hex:", "base64:", "file:" and so on; empty: as it stands.
/// Nothing if there is none.
std::optional<std::string> notation_of(std::string_view text, std::string_view id);

}  // namespace core::config
