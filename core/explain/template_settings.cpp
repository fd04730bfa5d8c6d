// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "core/config/words.hpp"
#include "core/explain/mistakes.hpp"
#include "core/explain/rewriting.hpp"

namespace core::explain {

namespace {

using scheme::text_encoding;

/// The configuration's word for it.
template <class Value>
std::string word(Value value) {
  return std::string(config::name(value));
}

/// The string that is signed as literals and `{…}`, one after the other.
std::vector<std::string> pieces_of(std::string_view text) {
  std::vector<std::string> out;
  std::string literal;
  const auto end_literal = [&] {
    if (!literal.empty()) out.push_back(std::exchange(literal, {}));
  };
  while (!text.empty()) {
    const bool doubled = text.starts_with("{{") || text.starts_with("}}");
    if (text.front() != '{' || doubled) {
      literal += text.substr(0, doubled ? 2 : 1);
      text.remove_prefix(doubled ? 2 : 1);
      continue;
    }
    end_literal();
    const std::size_t size = std::min(text.find('}') + 1, text.size());
    out.emplace_back(text.substr(0, size));
    text.remove_prefix(size);
  }
  end_literal();
  return out;
}

std::string joined(const std::vector<std::string>& pieces) {
  std::string out;
  for (const std::string& p : pieces) out += p;
  return out;
}

bool is_name(std::string_view piece) { return piece.starts_with('{') && !piece.starts_with("{{"); }

/// `{lf}` as people read it.
std::string shown_piece(std::string_view piece) {
  return piece == "{lf}" ? std::string("a line feed") : "`" + visible(piece) + "`";
}

class template_trials {
 public:
  explicit template_trials(trials& t)
      : t_(t),
        settings_(t.policy().templated()->settings()),
        pieces_(pieces_of(settings_.string_to_sign)) {}

  bool run() {
    return try_line_ends() || try_body_forms() || try_other_names() || try_targets() ||
           try_left_out() || try_separators() || try_order() || try_host() || try_encodings();
  }

  bool try_algorithms() {
    for (const auto& [words, which] : config::algorithm_words::words)
      if (which != settings_.algorithm &&
          attempt("other-algorithm",
                  "sign by " + word(settings_.algorithm) + ": the client signs by " +
                      std::string(words),
                  [value = which](scheme::template_settings& s) { s.algorithm = value; }))
        return true;
    return false;
  }

  bool try_key_forms() {
    for (const auto& [words, which] : config::encoding_words::words) {
      const std::string advice = "use the secret as " + word(settings_.key.encoding) +
                                 ": the client reads it as " + std::string(words);
      if (which != settings_.key.encoding &&
          attempt("secret-in-other-encoding", advice,
                  [value = which](scheme::template_settings& s) { s.key.encoding = value; }))
        return true;
      if (!settings_.key.strip.empty() &&
          attempt("secret-with-prefix",
                  "take \"" + settings_.key.strip.front() +
                      "\" off the secret and use the rest as " + word(settings_.key.encoding) +
                      ": the client uses all of it as " + std::string(words),
                  [value = which](scheme::template_settings& s) {
                    s.key.strip.clear();
                    s.key.encoding = value;
                  }))
        return true;
      constexpr std::string_view vendor = "whsec_";
      if (settings_.key.strip.empty() &&
          attempt(
              "secret-without-prefix",
              "use the secret with its \"whsec_\": the client takes it off and reads the rest as " +
                  std::string(words),
              [&, value = which](scheme::template_settings& s) {
                s.key.strip = {std::string(vendor)};
                s.key.encoding = value;
              }))
        return true;
    }
    return false;
  }

 private:
  template <class Change>
  bool attempt(std::string_view mistake, std::string advice, Change change) {
    config::model changed = t_.model();
    auto& own = std::get<config::template_preset>(changed.schemes.front().what).scheme;
    own.allow_weak = true;
    change(own);
    // The window needs no text that holds it; a scheme with a stamp that isn't signed is none.
    if (own.string_to_sign.find("{timestamp") == std::string::npos)
      std::erase_if(own.fields,
                    [](const scheme::template_field& f) { return f.name == "timestamp"; });
    return t_.try_model(mistake, std::move(advice), std::move(changed));
  }

  bool attempt_text(std::string_view mistake, std::string advice, const std::string& text) {
    if (text == settings_.string_to_sign) return false;
    return attempt(mistake, std::move(advice),
                   [&](scheme::template_settings& s) { s.string_to_sign = text; });
  }

  [[nodiscard]] std::vector<std::string> with(std::size_t at, std::string piece) const {
    std::vector<std::string> copy = pieces_;
    copy[at] = std::move(piece);
    return copy;
  }

  bool try_line_ends() {
    const std::string& text = settings_.string_to_sign;
    if (attempt_text("trailing-newline", "sign no line end after the last byte", text + "{lf}"))
      return true;
    std::vector<std::string> crlf = pieces_;
    for (std::string& p : crlf) {
      if (p == "{lf}") p = "\r{lf}";
      if (!is_name(p)) p = replaced(p, "\n", "\r\n");
    }
    return attempt_text("crlf", "end the lines of what is signed with LF alone, not with CR LF",
                        joined(crlf)) ||
           attempt_text("crlf",
                        "end the lines of what is signed with LF alone, and the last not at all",
                        joined(crlf) + "\r{lf}") ||
           attempt_text("escaped-newline",
                        "join the lines with a line feed, the byte 0x0a: the client signs a "
                        "backslash and an n",
                        replaced(text, "{lf}", "\\n"));
  }

  /// Of the body as it is signed: whole, or its digest in some form.
  bool try_body_forms() {
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
      if (!pieces_[i].starts_with("{body")) continue;
      constexpr std::array<std::pair<std::string_view, std::string_view>, 7> forms{{
          {"{body}", "the body itself"},
          {"{body|sha256|hex}", "its SHA-256 in lower-case hex"},
          {"{body|sha256|hex|upper}", "its SHA-256 in upper-case hex"},
          {"{body|sha256|base64}", "its SHA-256 in base64"},
          {"{body|sha512|hex}", "its SHA-512 in hex"},
          {"{body|trim}", "it without the blanks and line ends around it"},
          {"{body|base64}", "it in base64"},
      }};
      for (const auto& [form, words] : forms)
        if (attempt_text("body-in-other-form",
                         "sign " + shown_piece(pieces_[i]) + " of the body: the client signs " +
                             std::string(words),
                         joined(with(i, std::string(form)))))
          return true;
    }
    return false;
  }

  bool try_other_names() {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 12> others{{
        {"{target}", "{path}"},
        {"{target}", "{path}?{query}"},
        {"{target}", "{scheme}://{host}{target}"},
        {"{target}", "{target|lower}"},
        {"{path}", "{target}"},
        {"{method}", "{method|lower}"},
        {"{host}", "{header:Host}"},
        {"{host}", "{host|upper}"},
        {"{query}", "?{query}"},
        {"{timestamp}", "{timestamp}000"},
        {"{token}", "{token|lower}"},
        {"{nonce}", "{nonce|lower}"},
    }};
    for (std::size_t i = 0; i < pieces_.size(); ++i)
      for (const auto& [own, other] : others)
        if (pieces_[i] == own &&
            attempt_text("other-value",
                         "sign " + shown_piece(own) + ": the client signs " + shown_piece(other),
                         joined(with(i, std::string(other)))))
          return true;
    return false;
  }

  /// The target as the client may have written it; braces are literal in it.
  bool try_targets() {
    const std::string& target = t_.request().target;
    const std::size_t mark = std::min(target.find('?'), target.size());
    const std::string path = target.substr(0, mark);
    const std::string query = target.substr(std::min(mark + 1, target.size()));
    std::vector<std::string> others;
    if (mark < target.size())
      for (const std::string& form : query_forms(query)) others.push_back(path + "?" + form);
    if (const auto decoded = percent_decoded(target)) {
      others.push_back(*decoded);
      others.push_back(path + "?" + percent_decoded(query).value_or(query));
    }
    others.push_back(target.substr(std::min(target.find('/', 1), target.size())));
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
      if (pieces_[i] != "{target}") continue;
      for (const std::string& other : others) {
        const std::string literal = replaced(replaced(other, "{", "{{"), "}", "}}");
        if (other != target &&
            attempt_text("target-rewritten",
                         "sign path and query as they arrive here, \"" + visible(target, 80) +
                             "\": the client signs \"" + visible(other, 80) + "\"",
                         joined(with(i, literal))))
          return true;
      }
    }
    return false;
  }

  bool try_left_out() {
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
      std::vector<std::string> copy = pieces_;
      copy.erase(copy.begin() + static_cast<std::ptrdiff_t>(i));
      const std::string advice = "sign " + shown_piece(pieces_[i]) + " too, as number " +
                                 std::to_string(i + 1) + " of the pieces of `string_to_sign`";
      if (attempt_text("piece-left-out", advice, joined(copy))) return true;
      // With what keeps it apart from the next one.
      if (i + 1 >= pieces_.size()) continue;
      copy.erase(copy.begin() + static_cast<std::ptrdiff_t>(i));
      if (attempt_text("piece-left-out", advice + ", and what stands behind it", joined(copy)))
        return true;
    }
    return false;
  }

  bool try_separators() {
    constexpr std::array<std::string_view, 8> separators{"{lf}", ".", ":", ",", "|", " ", "&", ""};
    for (const std::string_view other : separators) {
      std::vector<std::string> copy = pieces_;
      for (std::size_t i = 1; i + 1 < copy.size(); ++i)
        if (copy[i] == "{lf}" || (!is_name(copy[i]) && copy[i].size() == 1)) copy[i] = other;
      if (attempt_text("other-separator",
                       "join the pieces of what is signed as `string_to_sign` has it: the client "
                       "puts " +
                           (other.empty() ? std::string("nothing") : shown_piece(other)) +
                           " between them",
                       joined(copy)))
        return true;
    }
    return false;
  }

  bool try_order() {
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
      for (const std::size_t step : {std::size_t{1}, std::size_t{2}}) {
        if (i + step >= pieces_.size() || !is_name(pieces_[i]) || !is_name(pieces_[i + step]))
          continue;
        if (pieces_[i] == "{lf}" || pieces_[i + step] == "{lf}") continue;
        std::vector<std::string> copy = pieces_;
        std::swap(copy[i], copy[i + step]);
        if (attempt_text("other-order",
                         "sign " + shown_piece(pieces_[i]) + " before " +
                             shown_piece(pieces_[i + step]) + ", as `string_to_sign` has it",
                         joined(copy)))
          return true;
      }
    }
    return false;
  }

  bool try_host() {
    const std::string* const host = t_.request().value("Host");
    if (host == nullptr) return false;
    const std::string name = host->substr(0, host->rfind(':'));
    std::vector<std::string> others{name, name + ":443", name + ":80", name + ":8080",
                                    name + ":8443"};
    for (const config::address& a : t_.rules().model.listen)
      if (!a.is_path()) others.push_back(name + ":" + std::to_string(a.port));
    others.insert(others.end(), {"localhost", "127.0.0.1"});
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
      if (!pieces_[i].starts_with("{host")) continue;
      for (const std::string& other : others)
        if (attempt_text("other-authority",
                         "sign as {host} what the client sends as Host, in lower case and without "
                         "the port that is the scheme's own; the client signs \"" +
                             visible(other) + "\"",
                         joined(with(i, other))))
          return true;
    }
    return false;
  }

  bool try_encodings() {
    for (const auto& [words, which] : config::encoding_words::words)
      if (which != settings_.signature.encoding && which != text_encoding::utf8 &&
          attempt("signature-in-" + std::string(words),
                  "write the signature in " + word(settings_.signature.encoding) + ": it is in " +
                      std::string(words),
                  [value = which](scheme::template_settings& s) { s.signature.encoding = value; }))
        return true;
    return false;
  }

  trials& t_;
  const scheme::template_settings& settings_;
  std::vector<std::string> pieces_;
};

}  // namespace

bool try_template(trials& t) {
  return t.policy().templated() != nullptr &&
         (template_trials(t).run() || try_template_algorithm(t));
}

bool try_template_key(trials& t) {
  return t.policy().templated() != nullptr && template_trials(t).try_key_forms();
}

bool try_template_algorithm(trials& t) {
  return t.policy().templated() != nullptr && template_trials(t).try_algorithms();
}

}  // namespace core::explain
