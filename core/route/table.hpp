// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which route is a request for? Host (exact before any), then path (exact before the longest prefix
// on a segment border), then the client's version, then the method. A path that matches never falls
// through to another.

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/errc.hpp"
#include "core/keys/version.hpp"

namespace core::route {

struct rule {
  std::string host;  ///< lower case, without port; empty: any
  /// Begins with '/'; a prefix unless `exact`. "/api" takes "/api" and what is below "/api/";
  /// "/api/" takes "/api/" and what is below, not "/api"; neither takes "/apix". Bytes compare as
  /// sent: "/%61" is not "/a".
  std::string path;
  bool exact = false;
  std::optional<keys::version_range> client_version;
  std::vector<std::string> methods;  ///< empty: any
};

class table {
 public:
  /// Costs per request don't grow with the number of rules. Ties have been refused by
  /// configuration.
  explicit table(std::vector<rule> rules);

  /// The rules that share the best host and path, as positions in the vector given, in its order;
  /// null if there is none. `host` as sent (port, case and a final dot are ignored here). A host
  /// whose own rules don't match the path is served by the rules for any host.
  [[nodiscard]] const std::vector<std::size_t>* match(std::string_view host,
                                                      std::string_view path) const;

  /// Do services that decode the path, or cut path parameters off (or both), see one that is for
  /// `candidates`, too? match() found them for it. Where they don't, it could pass by the demands
  /// of another rule.
  [[nodiscard]] bool reads_one_way(std::string_view host, std::string_view path,
                                   const std::vector<std::size_t>& candidates) const;

  /// Among `candidates` the one for this version (rules with client_version before the ones
  /// without) and method. `version` is empty if the message names none: then rules with
  /// client_version don't take it.
  /// @return version_rejected (no rule takes this version) or method_not_allowed.
  [[nodiscard]] base::result<std::size_t> pick(const std::vector<std::size_t>& candidates,
                                               std::string_view version,
                                               std::string_view method) const;

  /// Where no rule takes the version: the first of `candidates` that takes the method, or else the
  /// first of all.
  [[nodiscard]] std::size_t nearest(const std::vector<std::size_t>& candidates,
                                    std::string_view method) const;

  /// For the Allow field: the methods that `candidates` take, in order, separated by ", ".
  [[nodiscard]] std::string allow(const std::vector<std::size_t>& candidates) const;

 private:
  struct as_they_stand {};
  table(std::vector<rule> rules, as_they_stand);

  /// So that views are looked up without making strings of them.
  struct text_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  template <class T>
  using by_text = std::unordered_map<std::string, T, text_hash, std::equal_to<>>;

  /// The rules of one host.
  struct paths {
    by_text<std::vector<std::size_t>> exact;
    by_text<std::vector<std::size_t>> prefixes;
    std::vector<std::size_t>
        prefix_sizes;  ///< the sizes that occur, longest first: all that has to be looked up

    [[nodiscard]] const std::vector<std::size_t>* match(std::string_view path) const;
  };

  std::vector<rule> rules_;
  by_text<paths> hosts_;
  paths any_host_;
  /// The same rules with their paths as such services see them; none where that is the same.
  std::vector<table> seen_otherwise_;
};

}  // namespace core::route
