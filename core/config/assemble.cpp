// SPDX-License-Identifier: Apache-2.0
#include "core/config/assemble.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace core::config {

namespace {

constexpr std::string_view notation = "file:";

bool is_file(const node& n) { return n.what == node::kind::scalar && n.text.starts_with(notation); }

node* find(node& map, std::string_view key) {
  const auto found = std::ranges::find(map.entries, key, &entry::key);
  return found == map.entries.end() ? nullptr : &found->value;
}

class assembly {
 public:
  assembly(report& problems, const secret_resolver& resolve)
      : problems_(problems), resolve_(resolve) {}

  assembled done;

  void take_clients(node& at) {
    if (is_file(at)) {
      node whole = map_node();
      whole.at = at.at;
      add_clients(at, "clients", whole);
      at = std::move(whole);
    } else if (std::ranges::any_of(at.items, is_file)) {
      node whole = map_node();
      whole.at = at.at;
      for (std::size_t i = 0; i < at.items.size(); ++i)
        add_clients(at.items[i], "clients[" + std::to_string(i) + ']', whole);
      at = std::move(whole);
    }
    for (entry& client : at.entries) take_secrets(client);
  }

 private:
  void add_clients(const node& reference, const std::string& path, node& whole) {
    auto root = open(reference, path, "clients");
    if (root && root->what != node::kind::map) {
      if (root->what != node::kind::broken)
        problems_.error(root->at, "clients", "must be a map of ids to their settings");
      root.reset();
    }
    if (!root) {
      done.every_client = false;
      return;
    }
    for (entry& client : root->entries) {
      const auto [first, fresh] = known_.emplace(client.key, client.at);
      if (fresh) {
        whole.entries.push_back(std::move(client));
      } else {
        problems_.error(client.at, join_path("clients", client.key),
                        "is the id of a client at " + problems_.name_of(first->second) +
                            " already; one of the two must go");
      }
    }
  }

  void take_secrets(entry& client) {
    node* const secrets = find(client.value, "secrets");
    if (secrets == nullptr || !is_file(*secrets)) return;
    const std::string path = join_path(join_path("clients", client.key), "secrets");
    if (auto root = open(*secrets, path, path))
      *secrets = std::move(*root);
    else
      secrets->what = node::kind::broken;
  }

  /// What the file holds that `reference` names; `where` is the key in whose place it stands.
  std::optional<node> open(const node& reference, const std::string& path,
                           const std::string& where) {
    if (!is_file(reference)) {
      if (reference.what != node::kind::broken)
        problems_.error(reference.at, path, "must be file:PATH, as its neighbours are");
      return std::nullopt;
    }
    const std::string_view name = std::string_view(reference.text).substr(notation.size());
    if (name.empty()) {
      problems_.error(reference.at, path, "needs a name after file:");
      return std::nullopt;
    }
    const resolution found = resolve_("document", name);
    if (const auto* why = std::get_if<std::string>(&found.answer)) {
      problems_.error(reference.at, path, reference.text + ": " + *why);
      return std::nullopt;
    }
    const std::string called = found.path.empty() ? std::string(name) : found.path;
    const std::size_t file = problems_.add_file(called);
    done.parts.push_back({where, std::string(name), called, found.exposure});
    auto root =
        parse_document(std::get<base::secret>(found.answer).reveal(), problems_, {file, where});
    if (root && root->what == node::kind::null) {
      problems_.error({0, 0, file}, where, "is empty");
      return std::nullopt;
    }
    return root;
  }

  report& problems_;
  const secret_resolver& resolve_;
  std::unordered_map<std::string, place> known_;  // where each client stands
};

}  // namespace

assembled assemble(node& root, report& problems, const secret_resolver& resolve) {
  assembly work(problems, resolve);
  if (node* const clients = find(root, "clients")) work.take_clients(*clients);
  return std::move(work.done);
}

}  // namespace core::config
