// SPDX-License-Identifier: Apache-2.0
#include "gateway/cli/rotation.hpp"

#include <string.h>  // NOLINT(modernize-deprecated-headers): explicit_bzero is glibc's, not <cstring>'s

#include <algorithm>

#include "core/base/ascii.hpp"
#include "core/base/date.hpp"
#include "core/base/encoding.hpp"
#include "core/config/rotation.hpp"
#include "core/config/suggest.hpp"
#include "core/json/check.hpp"
#include "gateway/cli/load.hpp"
#include "gateway/cli/new_secret.hpp"
#include "gateway/cli/say.hpp"
#include "gateway/cli/secrets_file.hpp"
#include "gateway/sys/clock.hpp"

namespace gateway::cli {

namespace {

using core::config::client;
using core::config::reading;
using core::config::secret_generation;
using core::keys::objection;
using core::keys::secret_sight;
using core::keys::witness;

void wipe(std::string& text) { explicit_bzero(text.data(), text.size()); }

/// `,"NAME":"TEXT"`, or null for an empty text.
void append_nullable(std::string& json, std::string_view name, std::string_view text) {
  json.append(",\"").append(name).append("\":");
  if (text.empty())
    json.append("null");
  else
    core::json::append_string(json, text);
}

std::string use_of(const secret_sight& s, const witness& by) {
  if (!s.last_used) return in_quotes(s.id) + " was not used";
  std::string out = in_quotes(s.id) + " was last used " + span(by.now - *s.last_used) + " ago";
  if (!s.address.empty()) out += " from " + s.address;
  if (!s.version.empty()) out += ", version " + s.version;
  return out;
}

std::string evidence_text(const std::vector<witness>& all) {
  std::string out;
  for (const witness& w : all) {
    out.append(w.name).append(", which counts since ");
    out.append(core::base::format_iso8601(w.counting_since)).append(" (");
    out.append(span(w.now - w.counting_since)).append("):\n");
    for (const secret_sight& s : w.secrets) out.append("  ").append(use_of(s, w)).append("\n");
    if (w.secrets.empty()) out.append("  it knows no such client\n");
  }
  return out;
}

std::string evidence_json(const std::vector<witness>& all) {
  std::string out = "[";
  for (const witness& w : all) {
    core::json::append_string(out.append(out.size() > 1 ? ",{" : "{").append("\"admin\":"), w.name);
    append_nullable(out, "now", core::base::format_iso8601(w.now));
    append_nullable(out, "counting_since", core::base::format_iso8601(w.counting_since));
    out.append(",\"secrets\":[");
    for (const secret_sight& s : w.secrets) {
      core::json::append_string(out.append(out.ends_with('[') ? "{" : ",{").append("\"id\":"),
                                s.id);
      append_nullable(out, "last_used",
                      s.last_used ? core::base::format_iso8601(*s.last_used) : "");
      append_nullable(out, "address", s.address);
      append_nullable(out, "version", s.version);
      out.append("}");
    }
    out.append("]}");
  }
  return out.append("]");
}

/// The one thing on standard output, whatever came of it.
void print_json(const rotation_options& given, std::string_view done, std::string_view id,
                std::string_view value, std::string_view path, const std::vector<witness>& seen) {
  std::string out = R"({"client":)";
  core::json::append_string(out, given.client);
  append_nullable(out, "done", done);
  append_nullable(out, "secret", id);
  if (!value.empty()) append_nullable(out, "value", value);
  append_nullable(out, "file", path);
  out.append(",\"evidence\":").append(evidence_json(seen)).append("}\n");
  print(out);
  wipe(out);
}

/// What is in force once it was written: all gateways told, or how to tell them.
int bring_into_force(const rotation_options& given, const reading& read) {
  if (!given.reload) {
    note(
        "a gateway goes by it once it has read its configuration again: systemctl reload "
        "countersign, or curl -X POST " +
        (given.admins.empty() ? "http://ADMIN" : given.admins.front().name) + "/reload");
    return exit_fine;
  }
  const auto& admin = read.value->admin;
  const std::string_view token =
      admin && admin->token ? admin->token->reveal() : std::string_view();
  int status = exit_fine;
  for (const admin_listener& one : given.admins) {
    const std::vector<std::string> why = ask_to_reload(one, token, given.config);
    if (why.empty()) {
      note(one.name + " goes by it now");
      continue;
    }
    status = fail(exit_failure, "it was written, but is not in force everywhere: " + why.front());
    std::ranges::for_each(why.begin() + 1, why.end(), note);
  }
  return status;
}

int refuse(std::string_view why) {
  return fail(exit_failure, "nothing was changed: " + std::string(why));
}

/// What they said; `silent`: why the others didn't.
std::vector<witness> ask_all(const rotation_options& given, std::vector<std::string>& silent) {
  std::vector<witness> out;
  for (const admin_listener& one : given.admins) {
    auto told = ask_for_client(one, given.client);
    if (auto* why = std::get_if<std::string>(&told))
      silent.push_back(std::move(*why));
    else
      out.push_back(std::get<witness>(std::move(told)));
  }
  return out;
}

/// In the way in which the newest one is made, which the client can take.
std::string another_secret(const rotation_options& given, std::string_view newest,
                           std::string_view notation) {
  sys::entropy source;
  constexpr std::size_t least = 16;
  // As webhooks' senders show them: the key in base64 behind a word (Standard Webhooks).
  if (constexpr std::string_view word = "whsec_"; newest.starts_with(word)) {
    auto key = core::base::unbase64(newest.substr(word.size()));
    const std::size_t size =
        given.bytes != 0 ? given.bytes : std::max(least, key ? key->size() : 32);
    if (key) wipe(*key);
    std::string made = make_secret("base64", size, source);
    return made.replace(0, std::string_view("base64:").size(), word);
  }
  const bool text = std::ranges::all_of(newest, core::base::is_visible);
  std::string_view format = given.format;
  if (format.empty() && (notation == "hex:" || notation == "base64:"))
    format = notation.substr(0, notation.size() - 1);
  if (format.empty()) format = text ? "utf8" : "hex";
  return make_secret(format, given.bytes != 0 ? given.bytes : std::max(least, newest.size()),
                     source);
}

/// When it was made, as an id: no other ever had it, so that what is counted under it is its own.
/// `others`: which there are already.
std::string id_of(std::int64_t now, const std::vector<std::string>& others) {
  std::string second = core::base::format_iso8601(now);
  std::erase(second, ':');
  std::string out = second;
  for (int n = 2; std::ranges::find(others, out) != others.end(); ++n)
    out = second + '-' + std::to_string(n);
  return out;
}

/// The beginning of a sentence for secrets that have no file of their own.
std::string where_they_stand(const rotation_options& given, const reading& read,
                             const client& who) {
  return "the secrets of " + in_quotes(who.id) + " stand in " + file_of(given.config, read, who) +
         " itself; ";
}

int show_lines(const rotation_options& given, const reading& read, const client& who,
               const core::config::new_generation& made) {
  const bool single = who.secrets.size() == 1 && who.secrets.front().id == "default";
  std::string out;
  if (single) {
    out =
        "    secrets:                 # instead of `secret`, whose value goes into the second "
        "line\n";
  } else {
    out = "    secrets:                 # the first line is new\n";
  }
  out.append("      - ").append(core::config::generation_item(made)).append("\n");
  out.append(single ? "      - {id: default, value: …}\n" : "      …\n");
  if (given.json)
    print_json(given, {}, made.id, made.value, {}, {});
  else
    print(out);
  wipe(out);
  return refuse(where_they_stand(given, read, who) +
                "put these lines there. With `secrets: file:PATH` rotate writes the file");
}

/// Why this client has no secret that could have a successor; empty: it has.
std::string without_generations(const client& who) {
  if (who.secrets.empty() || who.secrets.front().value.empty())
    return in_quotes(who.id) +
           " has a public key, and its own key is its own: give it another "
           "`public_key`";
  // It proves every message, whatever the secret is: nobody could tell which one is in use.
  if (who.signing_secret)
    return in_quotes(who.id) + " has a signing_secret, of which there is only one";
  return {};
}

const secret_generation* find(const client& who, std::string_view id) {
  const auto found = std::ranges::find(who.secrets, id, &secret_generation::id);
  return found == who.secrets.end() ? nullptr : &*found;
}

int unknown_secret(const client& who, const std::string& id) {
  std::vector<std::string_view> known;
  for (const auto& g : who.secrets) known.emplace_back(g.id);
  return fail(exit_usage, in_quotes(who.id) + " has no secret called " + in_quotes(id) +
                              core::config::suggestion(id, known));
}

std::string ids_of(const client& who) {
  std::vector<std::string> all;
  for (const auto& g : who.secrets) all.push_back(g.id);
  std::ranges::sort(all);
  std::string out;
  for (const std::string& one : all) out.append(out.empty() ? "" : ", ").append(one);
  return out;
}

/// One that does not say from when it is in force has been so from ever; but whoever adds it by
/// hand may leave that out, so it is the oldest only where it stands last as well, as `rotate`
/// writes it.
bool oldest_is_certain(const rotation_options& given, const reading& read, const client& who) {
  if (who.secrets.size() == 1) return true;
  const secret_generation& oldest = who.secrets.back();  // newest first, those without `from` last
  if ((who.secrets.end() - 2)->from == oldest.from) return false;
  const auto part = secrets_part(read, who.id);
  if (oldest.from || !part) return true;
  const auto ids = core::config::generation_ids(secrets_file(given.config, *part).text());
  return !ids.empty() && ids.back() == oldest.id;
}

bool in_force(const core::config::secret_generation& g, std::int64_t now) {
  return (!g.from || *g.from <= now) && (!g.until || now < *g.until);
}

std::string sentence_of(const objection& o, std::string_view id, std::chrono::seconds unused_for) {
  switch (o.what) {
    case objection::kind::unknown:
      return o.by->name + " has no " + in_quotes(id) + ": it goes by another configuration";
    case objection::kind::only_one:
      return o.by->name +
             " has none of the secrets that stay: it has not read the configuration since";
    case objection::kind::too_young:
      return o.by->name + " counts for " + span(o.by->now - o.by->counting_since) +
             " only, and it takes " + span(unused_for.count()) + " to know (--unused-for)";
    case objection::kind::in_use: return o.by->name + ": " + use_of(*o.by->find(id), *o.by);
    case objection::kind::not_taken_up: break;
  }
  return "no other secret was used since: the client has not changed over";
}

int drop(const rotation_options& given, const reading& read, const client& who,
         const std::string& id, std::string_view done, const std::vector<witness>& seen) {
  const auto part = secrets_part(read, who.id);
  if (!part)
    return refuse(where_they_stand(given, read, who) + "take " + in_quotes(id) +
                  " out there, and reload");
  secrets_file file(given.config, *part);
  const auto changed = core::config::without_generation(file.text(), id);
  if (!changed) return refuse(file.path() + " has no " + in_quotes(id));
  if (who.secrets.size() == 1)
    return refuse(in_quotes(id) + " is the only secret of " + in_quotes(who.id) +
                  ": rotate adds another one first, or `enabled: false` locks the client out");
  if (const auto why = file.write(changed->text.reveal())) return refuse(*why);
  if (given.json)
    print_json(given, done, id, {}, file.path(), seen);
  else
    print(in_quotes(id) + " of " + in_quotes(who.id) + " is gone from " + file.path() + "\n");
  if (!changed->comments_kept) note("the comments of " + file.path() + " are lost");
  return bring_into_force(given, read);
}

}  // namespace

int add_secret(const rotation_options& given, const reading& read, const client& who) {
  if (const std::string why = without_generations(who); !why.empty()) return refuse(why);
  const std::int64_t now = core::base::unix_seconds(sys::now());
  const core::config::secret_generation& newest = who.secrets.front();
  const auto id_among = [&](const std::vector<std::string>& others) {
    return given.id.empty() ? id_of(now, others) : given.id;
  };
  const auto part = secrets_part(read, who.id);
  if (!part) {
    std::vector<std::string> others;
    for (const secret_generation& g : who.secrets) others.push_back(g.id);
    const std::string id = id_among(others);
    core::base::secret value(another_secret(given, newest.value.reveal(), {}));
    return show_lines(given, read, who, {id, value.reveal(), now});
  }
  secrets_file file(given.config, *part);
  // Whoever keeps references there has no reason to hide them.
  if (!part->exposure.empty() && !core::config::holds_values(file.text()))
    return refuse("the new secret would stand in " + file.path() + ", which holds none yet, and " +
                  part->exposure);
  const std::string id = id_among(core::config::generation_ids(file.text()));
  const std::string notation = core::config::notation_of(file.text(), newest.id).value_or("");
  std::string made = another_secret(given, newest.value.reveal(), notation);
  const core::base::secret value(made);
  wipe(made);
  const auto changed = core::config::with_generation(file.text(), {id, value.reveal(), now});
  if (!changed) return refuse(file.path() + " is no list of secrets any more");
  if (const auto why = file.write(changed->text.reveal())) return refuse(*why);
  if (given.json) {
    print_json(given, "added", id, value.reveal(), file.path(), {});
  } else {
    std::string out = "client: " + who.id + "\nid:     " + id + "\nsecret: ";
    out.append(value.reveal()).append("\nfile:   ").append(file.path()).append("\n");
    print(out);
    wipe(out);
  }
  if (!changed->comments_kept) note("the comments of " + file.path() + " are lost");
  const int status = bring_into_force(given, read);
  if (status == exit_fine)
    note("then hand it over; those before stay in force until rotate --retire drops them");
  return status;
}

int retire_secret(const rotation_options& given, const reading& read, const client& who,
                  const std::string& id) {
  if (const std::string why = without_generations(who); !why.empty()) return refuse(why);
  if (!id.empty() && find(who, id) == nullptr) return unknown_secret(who, id);
  if (id.empty() && !oldest_is_certain(given, read, who))
    return fail(exit_usage, "which secret of " + in_quotes(who.id) +
                                " is the oldest, the file does not say for certain: --retire ID "
                                "names it: " +
                                ids_of(who));
  const std::int64_t now = core::base::unix_seconds(sys::now());
  const secret_generation& oldest = id.empty() ? who.secrets.back() : *find(who, id);
  std::vector<std::string> silent;
  const std::vector<witness> seen = ask_all(given, silent);
  if (!given.json) print(evidence_text(seen));
  std::vector<std::string> against = silent;
  // One that is over opens nothing, whoever still tries it.
  if (in_force(oldest, now)) {
    std::vector<std::string> staying;
    for (const secret_generation& g : who.secrets)
      if (g.id != oldest.id && in_force(g, now)) staying.push_back(g.id);
    for (const objection& o : objections_to_retiring(oldest.id, staying, seen, given.unused_for))
      against.push_back(sentence_of(o, oldest.id, given.unused_for));
    const bool others = std::ranges::any_of(
        who.secrets, [&](const auto& g) { return &g != &oldest && in_force(g, now); });
    if (!others) against.emplace_back("no other secret is in force");
  }
  for (const std::string& one : against) warn(one);
  if (!against.empty() && !given.force) {
    if (given.json) print_json(given, {}, oldest.id, {}, {}, seen);
    return refuse(in_quotes(oldest.id) + " of " + in_quotes(who.id) +
                  " stays; --force drops it all the same");
  }
  return drop(given, read, who, oldest.id, "retired", seen);
}

int revoke_secret(const rotation_options& given, const reading& read, const client& who,
                  const std::string& id) {
  const std::int64_t now = core::base::unix_seconds(sys::now());
  if (find(who, id) == nullptr) return unknown_secret(who, id);
  std::vector<std::string> silent;
  const std::vector<witness> seen = ask_all(given, silent);
  if (!given.json) print(evidence_text(seen));
  for (const std::string& one : silent) warn(one);
  if (given.admins.empty()) warn("who used it, only gateways know: --admin URL asks them");
  if (std::ranges::none_of(who.secrets,
                           [&](const auto& g) { return g.id != id && in_force(g, now); }))
    warn("no other secret is in force: every message of this client will be refused");
  const int status = drop(given, read, who, id, "revoked", seen);
  if (status == exit_fine)
    note(
        "what it opened before goes on: answers under way and WebSockets end by themselves, or "
        "with the gateway's process");
  return status;
}

}  // namespace gateway::cli
