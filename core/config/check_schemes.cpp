// SPDX-License-Identifier: Apache-2.0
// Schemes: settings that must fit each other, and those that are weak.

#include <algorithm>
#include <array>
#include <set>

#include "core/base/ascii.hpp"
#include "core/config/checks.hpp"
#include "core/config/presets.hpp"
#include "core/scheme/template_lint.hpp"

namespace core::config {

namespace {

// Fields without which a message could not be framed or routed, or that mean something else.
constexpr std::array<std::string_view, 7> taken{
    "host", "content-length", "content-type", "transfer-encoding", "connection", "expect", "date"};

void check_laravel(const reviewed& f, const laravel_preset& p, const spot& at) {
  if (p.scheme.construction == scheme::laravel_construction::a3 && !p.allow_weak) {
    f.problems.error(at.key("construction"),
                     "A3 is a plain hash: one message is enough to guess a weak secret offline; "
                     "if clients can't do A1, say allow_weak: true");
  } else if (p.scheme.construction == scheme::laravel_construction::a3) {
    f.problems.warn(at.key("construction"),
                    "A3 is a plain hash: one message is enough to guess a weak secret offline");
  }
  const std::array<std::pair<std::string_view, const std::string*>, 4> fields{
      {{"timestamp", &p.scheme.timestamp_field},
       {"version", &p.scheme.version_field},
       {"token", &p.scheme.token_field},
       {"signature", &p.scheme.signature_field}}};
  std::set<std::string> seen;
  for (const auto& [key, name] : fields) {
    const std::string lower = base::lower(*name);
    if (std::ranges::find(taken, lower) != taken.end()) {
      f.problems.error(at.key("headers").key(key),
                       quoted(*name) + " has a meaning of its own in HTTP");
    }
    if (!seen.insert(lower).second) {
      f.problems.error(at.key("headers").key(key),
                       quoted(*name) + " is the name of another of the four fields as well");
    }
  }
}

/// The place that a finding's key names, as far as the file has it.
struct place_in_scheme {
  spot at;
  bool whole = true;  ///< does the file have it?
};
place_in_scheme place_of(const spot& scheme, std::string_view key) {
  place_in_scheme out{scheme};
  while (!key.empty()) {
    const std::string_view step = key.substr(0, key.find('.'));
    out.whole = out.whole && out.at.at->find(step) != nullptr;
    out.at = out.at.key(step);
    key.remove_prefix(std::min(step.size() + 1, key.size()));
  }
  return out;
}

/// A field that the gateway reads or writes for the scheme.
void check_name(const reviewed& f, const spot& scheme, std::string_view key,
                const std::string& name) {
  if (std::ranges::find(taken, base::lower(name)) != taken.end())
    f.problems.error(place_of(scheme, key).at, quoted(name) + " has a meaning of its own in HTTP");
}

void check_template(const reviewed& f, const template_preset& p, const spot& at) {
  for (const scheme::template_field& one : p.scheme.fields)
    check_name(f, at, "fields." + one.name + ".header", one.header);
  check_name(f, at, "signature.header", p.scheme.signature.header);
  if (p.scheme.response) {
    check_name(f, at, "response.timestamp", p.scheme.response->timestamp);
    check_name(f, at, "response.signature", p.scheme.response->signature);
  }
  // What a preset can't do otherwise is its sender's choice and not the file's.
  std::vector<scheme::finding> given;
  if (const preset_text* preset = find_preset(p.preset)) given = scheme::lint(settings_of(*preset));
  for (const scheme::finding& one : scheme::lint(p.scheme)) {
    if (std::ranges::find(given, one) != given.end()) continue;
    const place_in_scheme place = place_of(at, one.key);
    // What is there and was not taken has been told.
    if (place.whole && one.sentence.starts_with("is missing")) continue;
    if (one.error)
      f.problems.error(place.at, one.sentence);
    else
      f.problems.warn(place.at, one.sentence);
  }
}

/// A signature that doesn't cover what is asked for proves somebody's other request.
void check_signatures(const reviewed& f, const scheme::rfc9421_settings& s, const spot& at) {
  const auto covers = [&](std::string_view name) {
    return std::ranges::find(s.required, name) != s.required.end();
  };
  const bool whole =
      covers("@target-uri") || covers("@request-target") || (covers("@path") && covers("@query"));
  if (!covers("@method") || !whole)
    f.problems.error(at.key("components"),
                     "must hold @method, and @path and @query or @target-uri or @request-target: "
                     "else a signature fits other requests as well");
  if (!covers("@authority") && !covers("@target-uri"))
    f.problems.warn(at.key("components"),
                    "without @authority a message to another host is one to this");
  if (!s.content_digest)
    f.problems.warn(at.key("content_digest"),
                    "false: a body is proven only where its sender covers a digest of it");
  if (!s.created)
    f.problems.warn(
        at.key("created"),
        "false: a message that says neither when it was made nor when it ends can be sent "
        "again once it is forgotten");
}

}  // namespace

void check_schemes(const reviewed& f) {
  const node* own = f.root.find("schemes");
  for (std::size_t i = 0; own && i < own->entries.size(); ++i) {
    const scheme_settings& s = f.d.schemes[i];
    const spot at = f.scheme(i);
    if (s.name == "none")
      f.problems.error(at,
                       "none is not a name to give: on a route it says that there is no scheme");
    if (const auto* p = std::get_if<laravel_preset>(&s.what)) check_laravel(f, *p, at);
    if (const auto* p = std::get_if<scheme::rfc9421_settings>(&s.what)) check_signatures(f, *p, at);
    if (const auto* p = std::get_if<template_preset>(&s.what)) check_template(f, *p, at);
  }
}

}  // namespace core::config
