// SPDX-License-Identifier: Apache-2.0
#include "core/scheme/template_text.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "core/base/ascii.hpp"
#include "core/http/syntax.hpp"

namespace core::scheme {

namespace {

/// No string that anyone signs is nearly as long.
constexpr std::size_t longest_text = 4096;
constexpr std::size_t longest_name = 32;

struct word {
  std::string_view name;
  input what;
};

constexpr std::array<word, 9> message_words{{{"body", input::body},
                                             {"method", input::method},
                                             {"target", input::target},
                                             {"path", input::path},
                                             {"query", input::query},
                                             {"host", input::host},
                                             {"scheme", input::scheme},
                                             {"secret", input::secret},
                                             {"status", input::status}}};

constexpr std::array<std::pair<std::string_view, filter>, 8> filter_words{
    {{"lower", filter::lower},
     {"upper", filter::upper},
     {"trim", filter::trim},
     {"sha256", filter::sha256},
     {"sha512", filter::sha512},
     {"hex", filter::hex},
     {"base64", filter::base64},
     {"base64url", filter::base64url}}};

/// In a reply's text `timestamp` is the reply's own, and this is the request's.
constexpr std::string_view request_timestamp = "request_timestamp";

class text_reader {
 public:
  text_reader(std::string_view text, const text_names& names) : text_(text), names_(names) {}

  std::variant<template_text, std::string> read() {
    if (text_.empty()) return "is empty: nothing would be signed";
    if (text_.size() > longest_text) return "is longer than 4096 characters";
    while (at_ < text_.size()) {
      if (std::string problem = read_piece(); !problem.empty()) return problem;
    }
    return std::move(out_);
  }

 private:
  [[nodiscard]] std::string problem(std::size_t at, std::string_view what) const {
    return "at character " + std::to_string(at + 1) + ": " + std::string(what);
  }

  void add_literal(std::string_view text) {
    if (out_.pieces.empty() || out_.pieces.back().what != input::literal)
      out_.pieces.emplace_back();
    out_.pieces.back().text.append(text);
  }

  std::string read_piece() {
    const char c = text_[at_];
    if (c == '{' || c == '}') {
      if (text_.substr(at_ + 1).starts_with(c)) {
        add_literal({&c, 1});
        at_ += 2;
        return {};
      }
      return c == '{' ? read_braces() : problem(at_, "a } without its {; write }} for the sign");
    }
    const std::size_t end = std::min(text_.find_first_of("{}", at_), text_.size());
    add_literal(text_.substr(at_, end - at_));
    at_ = end;
    return {};
  }

  std::string read_braces() {
    const std::size_t open = at_;
    const std::size_t close = text_.find('}', open);
    const std::string_view inside = text_.substr(open + 1, close - open - 1);
    if (close == std::string_view::npos || inside.find('{') != std::string_view::npos)
      return problem(open, "a { without its }; write {{ for the sign");
    at_ = close + 1;
    std::string_view name = inside.substr(0, inside.find('|'));
    std::string_view filters = inside.substr(name.size());

    text_piece piece;
    piece.optional = name.ends_with('?');
    if (piece.optional) name.remove_suffix(1);
    if (inside == "lf") {
      add_literal("\n");
      return {};
    }
    if (std::string why = resolve(name, piece); !why.empty()) return problem(open, why);
    while (!filters.empty()) {
      filters.remove_prefix(1);
      const std::string_view one = filters.substr(0, filters.find('|'));
      const auto* const found =
          std::ranges::find(filter_words, one, &std::pair<std::string_view, filter>::first);
      if (found == filter_words.end())
        return problem(open, quoted(one) + " is no filter; there are " + known_filters());
      piece.filters.push_back(found->second);
      filters.remove_prefix(one.size());
    }
    out_.pieces.push_back(std::move(piece));
    return {};
  }

  /// What the name stands for. @return why it stands for nothing.
  [[nodiscard]] std::string resolve(std::string_view name, text_piece& piece) const {
    constexpr std::string_view header = "header:";
    piece.text = name;
    if (name.starts_with(header)) {
      piece.what = input::header;
      piece.text = name.substr(header.size());
      piece.key = http::key_of(piece.text);
      if (names_.reply) return "a reply's text has no {header:…}";
      return http::is_token(piece.text) ? "" : "{header:…} needs the name of a header field";
    }
    if (names_.reply && name == "timestamp") {
      piece.what = input::reply_timestamp;
    } else if (const auto field = field_of(name)) {
      piece.what = input::field;
      piece.field = *field;
      return {};
    } else if (const auto* const found = std::ranges::find(message_words, name, &word::name);
               found != message_words.end() && (names_.reply || found->what != input::status)) {
      piece.what = found->what;
    } else {
      return quoted(name) + " is no name that can stand here; there are " + known_names();
    }
    if (piece.optional) return quoted(name) + " is always there: no ? behind it";
    return {};
  }

  [[nodiscard]] std::optional<std::size_t> field_of(std::string_view name) const {
    if (names_.reply && name == request_timestamp) name = "timestamp";
    const auto found = std::ranges::find(names_.fields, name);
    if (found == names_.fields.end()) return std::nullopt;
    return static_cast<std::size_t>(found - names_.fields.begin());
  }

  static std::string quoted(std::string_view name) { return '{' + std::string(name) + '}'; }

  [[nodiscard]] std::string known_names() const {
    std::string all;
    for (const std::string& name : names_.fields)
      all += names_.reply && name == "timestamp" ? "request_timestamp, " : name + ", ";
    for (const word& w : message_words)
      if (names_.reply || w.what != input::status) all.append(w.name).append(", ");
    return all + (names_.reply ? "timestamp, lf" : "header:Name, lf");
  }

  static std::string known_filters() {
    std::string all;
    for (const auto& [name, meaning] : filter_words)
      all.append(all.empty() ? "" : ", ").append(name);
    return all;
  }

  std::string_view text_;
  text_names names_;
  std::size_t at_ = 0;
  template_text out_;
};

}  // namespace

bool template_text::uses(input what) const {
  return std::ranges::find(pieces, what, &text_piece::what) != pieces.end();
}

std::variant<template_text, std::string> parse_template_text(std::string_view text,
                                                             const text_names& names) {
  return text_reader(text, names).read();
}

bool is_template_field_name(std::string_view name) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || base::is_digit(c) || c == '_'; };
  if (name.empty() || name.size() > longest_name || !base::is_alpha(name.front())) return false;
  if (name == "lf" || name == request_timestamp) return false;
  return std::ranges::all_of(name, fits) &&
         std::ranges::find(message_words, name, &word::name) == message_words.end();
}

std::string print(const text_piece& piece) {
  if (piece.what == input::literal) return piece.text;
  return (piece.what == input::header ? "{header:" : "{") + piece.text + '}';
}

}  // namespace core::scheme
