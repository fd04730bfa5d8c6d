// SPDX-License-Identifier: Apache-2.0
#pragma once

// From the text of the file to the model, with every problem in one run. Reads no file and no
// environment itself.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/config/model.hpp"

namespace core::config {

struct problem {
  enum class severity { error, warning };
  severity level = severity::error;
  std::size_t line = 0;    ///< from 1; 0: the file as a whole
  std::size_t column = 0;  ///< from 1
  std::string path;        ///< e.g. clients.billing.secret
  std::string message;     ///< never holds a secret
  std::string file{};      ///< the one that it is in; empty: the configuration itself
};

/// "FILE:LINE:COL: path: message", warnings with "warning: " before the message. `file`: what the
/// configuration itself is called.
std::string format(const problem& p, std::string_view file);

/// What came of a reference.
struct resolution {
  using secret_or_why_not = std::variant<base::secret, std::string>;

  // NOLINTNEXTLINE(google-explicit-constructor): most resolvers have nothing to say of exposure
  resolution(secret_or_why_not what, std::string seen_by = {})
      : answer(std::move(what)), exposure(std::move(seen_by)) {}

  secret_or_why_not answer;  ///< or a sentence, like "no such file"
  std::string exposure;      ///< a sentence, if others can get at it where it is kept
  std::string path;          ///< of a document, as people find it from where they are
};

/// Resolves `file:PATH`, `env:NAME`, `credential:NAME`, as `public` a file that anybody may see,
/// and as `document` the whole text of a file that holds a part of the configuration; the caller
/// does the reading.
using secret_resolver = std::function<resolution(std::string_view kind, std::string_view name)>;

/// A file that stands in the place of a key.
struct part {
  std::string where;     ///< the key: "clients", "clients.billing.secrets"
  std::string name;      ///< as the configuration writes it, without `file:`
  std::string path;      ///< as messages call it
  std::string exposure;  ///< who else can get at it; empty: nobody
};

struct reading {
  std::optional<model> value;     ///< there if there is no error
  std::vector<problem> problems;  ///< in order of their place, those of files of their own last
  std::vector<part> parts;        ///< the files beside the text itself
  /// Where client i of the model stands: the place of its file in `parts`, from 1; 0: in the text.
  std::vector<std::size_t> client_files;
  bool holds_secrets = false;  ///< the text itself does
};

/// At most 64 MiB of UTF-8, one document; anchors, aliases, tags, merges and duplicate keys are
/// errors. With `now`, Unix seconds, also what is wrong at that time.
reading read(std::string_view text, const secret_resolver& resolve,
             std::optional<std::int64_t> now = {});

/// What is unsafe about listening there with the Laravel scheme, or serving admin there; empty if
/// nothing is. Addresses also come from the command line.
std::string_view listen_warning(const address& a);
std::string_view admin_warning(const address& a);

/// The effective configuration as YAML, every default written out, secrets as <redacted>.
std::string print(const model& m);
/// The same as JSON, for the admin listener.
std::string print_json(const model& m);

}  // namespace core::config
