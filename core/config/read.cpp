// SPDX-License-Identifier: Apache-2.0
#include "core/config/read.hpp"

#include <algorithm>
#include <limits>

#include "core/config/assemble.hpp"
#include "core/config/checks.hpp"
#include "core/config/tables.hpp"

namespace core::config {

namespace {

/// The short forms spelt out; secrets newest first.
client finish(client_draft&& c) {
  client out = std::move(static_cast<client&>(c));
  if (out.token.empty()) out.token = out.id;
  if (out.public_key && !out.algorithm) {
    const auto key = crypto::public_key::parse(*out.public_key);
    out.algorithm = algorithm_of(std::get<crypto::public_key>(key));
  }
  if (c.secret) out.secrets = {{"default", std::move(*c.secret), {}, {}}};
  // Both keys of their own leave nothing for the secret to do.
  if (out.secrets.empty() && out.signing_secret)
    out.secrets = {{"default", *out.signing_secret, {}, {}}};
  // Metrics and log name what proved a message, also where that is no secret.
  if (out.secrets.empty() && out.public_key) out.secrets = {{"public_key", {}, {}, {}}};
  std::ranges::stable_sort(out.secrets, std::ranges::greater{}, [](const secret_generation& g) {
    return g.from.value_or(std::numeric_limits<std::int64_t>::min());
  });
  return out;
}

model finish(draft&& d) {
  for (client_draft& c : d.client_drafts) d.clients.push_back(finish(std::move(c)));
  for (upstream& u : d.upstreams)
    if (u.endpoints.front().tls && !u.tls) u.tls.emplace();
  for (route_draft& r : d.route_drafts) {
    r.body_bytes = r.own_body_bytes.value_or(d.limits.body_bytes);
    r.envelope = envelope_of(r, d);
    // Who sends webhooks doesn't know of us, nor that JSON is expected.
    r.content = r.own_content.value_or(r.client ? content::any : content::json);
    d.routes.push_back(std::move(r));
  }
  return std::move(static_cast<model&>(d));
}

/// Of the configuration itself whoever has read it knows.
void warn_of_exposure(reader& r, const std::vector<part>& parts) {
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (!parts[i].exposure.empty() && r.holders.contains(i + 1))
      r.problems.warn({0, 0, i + 1}, {}, "holds secrets, and " + parts[i].exposure);
  }
}

}  // namespace

reading read(std::string_view text, const secret_resolver& resolve,
             std::optional<std::int64_t> now) {
  report problems;
  reading out;
  if (auto root = parse_document(text, problems)) {
    draft d;
    reader r{problems, resolve};
    const assembled all = assemble(*root, problems, resolve);
    if (root->what == node::kind::null) problems.error({}, {}, "is empty");
    if (root->what != node::kind::null) read_fields(r, {&*root, {}}, whole_table::fields(), d);
    out.holds_secrets = r.holders.contains(0);
    out.parts = all.parts;
    warn_of_exposure(r, out.parts);
    const reviewed f{*root, d, problems, all.every_client};
    link(f);
    check_gateway(f);
    check_schemes(f);
    check_routes(f);
    check_clients(f);
    check_client_keys(f);
    check_template_keys(f);
    if (!problems.failed()) {
      check_unused(f);
      if (now) check_times(f, *now);
      for (std::size_t i = 0; i < d.client_drafts.size(); ++i)
        out.client_files.push_back(f.client(i).at->at.file);
      out.value = finish(std::move(d));
    }
  }
  out.problems = problems.take();
  return out;
}

}  // namespace core::config
