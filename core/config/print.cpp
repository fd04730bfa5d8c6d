// SPDX-License-Identifier: Apache-2.0
// The effective configuration, from the same tables that read it.

#include <algorithm>
#include <array>

#include "core/base/ascii.hpp"
#include "core/config/checks.hpp"
#include "core/config/read.hpp"
#include "core/config/tables.hpp"
#include "core/json/check.hpp"

namespace core::config {

namespace {

/// Would any YAML reader take this text for text, without quotes?
bool is_safe_plain(std::string_view text) {
  constexpr std::array<std::string_view, 8> words{"true", "false", "null", "yes",
                                                  "no",   "on",    "off",  "~"};
  const bool like_a_word = !text.empty() && (base::is_alpha(text.front()) || text.front() == '/');
  return like_a_word &&
         std::ranges::none_of(words, [&](std::string_view w) { return base::iequals(w, text); }) &&
         std::ranges::all_of(text, [](char c) {
           return base::is_alpha(c) || base::is_digit(c) || c == '.' || c == '_' || c == '-' ||
                  c == '/';
         });
}

void write_scalar(std::string& out, const node& n) {
  if (n.plain || is_safe_plain(n.text)) {
    out += n.text;
  } else {
    json::append_string(out, n.text);  // a JSON string is a quoted YAML scalar
  }
}

/// A key that a file may have: names are checked, so quotes are needed only for those that look
/// like something else.
void write_key(std::string& out, const std::string& key) { write_scalar(out, text_node(key)); }

void write_inline(std::string& out, const node& n) {
  if (n.what != node::kind::sequence) return write_scalar(out, n);
  out += '[';
  for (std::size_t i = 0; i < n.items.size(); ++i) {
    if (i > 0) out += ", ";
    write_scalar(out, n.items[i]);
  }
  out += ']';
}

void write_map(std::string& out, const node& map, std::size_t indent, bool first_in_place);

void write_entry(std::string& out, const entry& e, std::size_t indent) {
  write_key(out, e.key);
  out += ':';
  const node& n = e.value;
  if (n.what == node::kind::map) {
    out += '\n';
    write_map(out, n, indent + 2, false);
  } else if (n.what == node::kind::sequence && !n.items.empty() &&
             n.items.front().what == node::kind::map) {
    out += '\n';
    for (const node& item : n.items) {
      out.append(indent + 2, ' ').append("- ");
      write_map(out, item, indent + 4, true);
    }
  } else {
    out += ' ';
    write_inline(out, n);
    out += '\n';
  }
}

void write_map(std::string& out, const node& map, std::size_t indent, bool first_in_place) {
  for (const entry& e : map.entries) {
    if (!first_in_place) out.append(indent, ' ');
    first_in_place = false;
    write_entry(out, e, indent);
  }
}

bool is_json_word(const node& n) {
  return n.plain &&
         (n.text == "true" || n.text == "false" || std::ranges::all_of(n.text, base::is_digit));
}

void write_json(std::string& out, const node& n) {
  if (n.what == node::kind::map) {
    out += '{';
    for (std::size_t i = 0; i < n.entries.size(); ++i) {
      if (i > 0) out += ',';
      json::append_string(out, n.entries[i].key);
      out += ':';
      write_json(out, n.entries[i].value);
    }
    out += '}';
  } else if (n.what == node::kind::sequence) {
    out += '[';
    for (std::size_t i = 0; i < n.items.size(); ++i) {
      if (i > 0) out += ',';
      write_json(out, n.items[i]);
    }
    out += ']';
  } else if (is_json_word(n)) {
    out += n.text;
  } else {
    json::append_string(out, n.text);
  }
}

client_draft draft_of(const client& c) {
  client_draft out{c, {}, false};
  const bool one = c.secrets.size() == 1 && c.secrets[0].id == "default" && !c.secrets[0].from &&
                   !c.secrets[0].until;
  if (c.secrets.size() == 1 && c.secrets[0].value.empty()) {
    out.secrets.clear();
  } else if (one) {
    out.secret = c.secrets[0].value;
    out.secrets.clear();
  }
  return out;
}

node tree_of(const model& m) {
  draft d{m, {}, {}};
  for (const client& c : m.clients) d.client_drafts.push_back(draft_of(c));
  for (const route& r : m.routes) {
    route_draft& out = d.route_drafts.emplace_back();
    static_cast<route&>(out) = r;
    out.scheme_name = r.scheme ? m.schemes[*r.scheme].name : "none";
    out.upstream_name = m.upstreams[r.upstream].name;
    if (r.client) out.client_name = m.clients[*r.client].id;
    out.own_envelope = r.envelope;
    out.own_content = r.content;
    out.own_body_bytes = r.body_bytes;
  }
  node out = print_fields(whole_table::fields(), d);
  for (entry& top : out.entries) {
    if (top.key != "routes") continue;
    for (std::size_t i = 0; i < m.routes.size(); ++i) {
      const auto& scheme = m.routes[i].scheme;
      const bool laravel = scheme && traits_of(m.schemes[*scheme]).laravel;
      std::erase_if(top.value.items[i].entries, [&](const entry& e) {
        const auto among = [&](const auto& keys) {
          return std::ranges::find(keys, e.key) != keys.end();
        };
        return (!scheme && among(proving_keys)) || (!laravel && among(laravel_keys));
      });
    }
  }
  return out;
}

}  // namespace

std::string print_inline(const node& n) {
  std::string out;
  write_inline(out, n);
  return out;
}

std::string print(const model& m) {
  std::string out;
  write_map(out, tree_of(m), 0, false);
  return out;
}

std::string print_json(const model& m) {
  std::string out;
  write_json(out, tree_of(m));
  return out;
}

std::vector<reference_row> reference() {
  std::vector<reference_row> out;
  describe_fields({}, whole_table::fields(), draft{}, out);
  return out;
}

}  // namespace core::config
