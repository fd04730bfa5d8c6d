// SPDX-License-Identifier: Apache-2.0
#pragma once

// What if? A message that is refused is tried again with one thing changed (the message, the
// configuration, or the text that was signed) by the very functions that refused it. A change with
// which it comes further is the mistake.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/explain/visible.hpp"
#include "core/explain/walk.hpp"

namespace core::explain {

struct finding {
  std::string mistake;              ///< its name, for programs: "query-decoded"
  std::string advice;               ///< one sentence: what to change
  std::optional<difference> where;  ///< in what was signed
};

class trials {
 public:
  /// `first` is how far `request` comes by `rules` at `now`. What is tried is tried by a
  /// configuration of this route and this client alone.
  trials(const message& request, const admission::snapshot& rules, base::instant now,
         const walk& first, admission::workspace& space);
  trials(const trials&) = delete;
  trials& operator=(const trials&) = delete;

  [[nodiscard]] const message& request() const { return request_; }
  [[nodiscard]] const walk& first() const { return first_; }
  [[nodiscard]] const admission::snapshot& rules() const { return rules_; }
  [[nodiscard]] std::int64_t now() const { return base::unix_seconds(now_); }
  [[nodiscard]] const admission::route_policy& policy() const { return *first_.policy; }
  /// What is changed for try_model(): one route, its scheme, and the client that is named, if any.
  [[nodiscard]] const config::model& model() const { return model_; }
  [[nodiscard]] const config::client* client() const {
    return model_.clients.empty() ? nullptr : &model_.clients.front();
  }

  // Each says whether that was it; then there is nothing more to try.
  bool try_request(std::string_view mistake, std::string advice, const message& changed);
  bool try_model(std::string_view mistake, std::string advice, config::model changed);
  /// With a scheme of RFC 9421 or Laravel's: had the client signed `text`?
  bool try_text(std::string_view mistake, std::string advice, std::string_view text);
  /// Something that can be seen without trying: is it so?
  bool see(bool so, std::string_view mistake, std::string advice) {
    ++count_;
    return so && found(mistake, std::move(advice));
  }
  /// Something that was seen.
  bool found(std::string_view mistake, std::string advice,
             std::optional<difference> where = std::nullopt);

  /// The secret that proved it in the last try_model() that came further; empty without one.
  [[nodiscard]] const std::string& key() const { return key_; }
  [[nodiscard]] std::optional<finding>& result() { return result_; }
  /// How many things were tried.
  [[nodiscard]] std::size_t count() const { return count_; }

 private:
  struct live;

  bool judge(std::string_view mistake, std::string& advice, const walk& other);
  [[nodiscard]] bool signed_by_client(std::string_view text) const;

  const message& request_;
  const admission::snapshot& rules_;
  base::instant now_;
  const walk& first_;
  admission::workspace& space_;
  config::model model_;
  std::optional<admission::snapshot> same_;  ///< of `model_`
  std::shared_ptr<live> live_;               ///< the message, read; for try_text()
  std::string key_;
  std::optional<finding> result_;
  std::size_t count_ = 0;
};

}  // namespace core::explain
