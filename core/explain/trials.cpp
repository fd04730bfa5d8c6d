// SPDX-License-Identifier: Apache-2.0
#include "core/explain/trials.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace core::explain {

/// A message in the stage in which its signature is looked at.
struct trials::live {
  http::request_head head;
  admission::findings known;
  std::optional<admission::claimed> claimed;
};

namespace {

/// Of all that is configured, what this message has to do with.
config::model reduced(const admission::snapshot& rules, const walk& first) {
  config::model out;
  out.limits = rules.model.limits;
  out.replay = rules.model.replay;
  out.external = rules.model.external;
  if (first.client != nullptr) out.clients = {rules.model.clients[first.client->index - 1]};
  if (first.policy == nullptr) return out;
  config::route route = first.policy->settings;
  out.upstreams = {rules.model.upstreams[route.upstream]};
  route.upstream = 0;
  if (route.scheme) {
    out.schemes = {rules.model.schemes[*route.scheme]};
    route.scheme = 0;
  }
  // Whom the route itself names is the client that is named.
  if (route.client)
    route.client = out.clients.empty() ? std::nullopt : std::optional{std::size_t{}};
  out.routes = {std::move(route)};
  return out;
}

}  // namespace

trials::trials(const message& request, const admission::snapshot& rules, base::instant now,
               const walk& first, admission::workspace& space)
    : request_(request),
      rules_(rules),
      now_(now),
      first_(first),
      space_(space),
      model_(reduced(rules, first)) {
  if (first.policy == nullptr) return;
  same_.emplace(model_);
  if (first.reached != step::signature) return;
  live_ = std::make_shared<live>();
  live_->head = request_.head();
  const auto arrived = admission::arrive(live_->head, *same_, now_, live_->known);
  if (!arrived) return;
  const auto routed = admission::find_route(*arrived, *same_);
  if (!routed) return;
  if (const auto claimed = admission::inspect(*routed)) live_->claimed = *claimed;
}

bool trials::found(std::string_view mistake, std::string advice, std::optional<difference> where) {
  result_ = finding{std::string(mistake), std::move(advice), std::move(where)};
  return true;
}

bool trials::judge(std::string_view mistake, std::string& advice, const walk& other) {
  ++count_;
  if (!other.comes_further_than(first_)) return false;
  key_ = other.key == nullptr ? std::string() : other.key->id;
  std::optional<difference> where;
  if (first_.reached == step::signature)
    where = first_difference(first_.signed_text, other.signed_text);
  return found(mistake, std::move(advice), std::move(where));
}

bool trials::try_request(std::string_view mistake, std::string advice, const message& changed) {
  return same_ && judge(mistake, advice, take(changed, *same_, now_, space_));
}

bool trials::try_model(std::string_view mistake, std::string advice, config::model changed) {
  try {
    const admission::snapshot other(std::move(changed));
    return judge(mistake, advice, take(request_, other, now_, space_));
  } catch (const std::invalid_argument&) {
    return false;  // no configuration that could be
  }
}

bool trials::signed_by_client(std::string_view text) const {
  const admission::claimed& claimed = *live_->claimed;
  const auto proves = [&](const keys::generation& key) {
    if (!key.in_force(now())) return false;
    if (const auto* laravel = claimed.policy().laravel()) {
      scheme::claim said = claimed.claim();
      said.timestamp_text = text;
      return key.is_shared() && laravel->verify(said, key);
    }
    const keys::scheme_key* const own = key.key_of(*claimed.policy().settings.scheme);
    scheme::rfc9421_reading reading;
    const scheme::rfc9421& signatures = *claimed.policy().signatures();
    if (own == nullptr || !signatures.inspect(claimed.view(), reading)) return false;
    reading.base = text;
    return signatures.verify(reading, *own);
  };
  // The dummy stands before the client.
  return std::ranges::any_of(same_->keys.all().back().generations, proves);
}

bool trials::try_text(std::string_view mistake, std::string advice, std::string_view text) {
  if (!live_ || !live_->claimed || model_.clients.empty()) return false;
  if (policy().templated() != nullptr) return false;
  ++count_;
  return signed_by_client(text) &&
         found(mistake, std::move(advice), first_difference(first_.signed_text, text));
}

}  // namespace core::explain
