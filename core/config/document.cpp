// SPDX-License-Identifier: Apache-2.0
#include "core/config/document.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <boost/locale/utf.hpp>
#include <istream>
#include <streambuf>
#include <unordered_map>

#include "core/config/report.hpp"

namespace core::config {

namespace {

/// A fault after which the rest of the text can't be understood.
struct fault {
  place at;
  std::string message;
};

/// Lets yaml-cpp read memory in place; a string stream would copy up to 64 MiB.
class memory : public std::streambuf {
 public:
  explicit memory(std::string_view text) {
    // A get area is only ever read from; std::streambuf merely has no const form of it.
    char* begin = const_cast<char*>(text.data());
    setg(begin, begin, begin + text.size());
  }
};

place position(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  return {static_cast<std::size_t>(std::ranges::count(before, '\n')) + 1, offset - line_start + 1};
}

/// Builds the tree from yaml-cpp's events. Its own Node would lose places, quotes and duplicates.
class builder : public YAML::EventHandler {
 public:
  builder(std::string_view text, report& problems, const origin& from)
      : text_(text), problems_(problems), from_(from) {}

  std::optional<node> root;

  void OnDocumentStart(const YAML::Mark& mark) override {
    // yaml-cpp also begins a new document where something follows that doesn't fit the first one.
    if (root)
      throw fault{where(mark), "a second document begins here; the configuration is one document"};
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    node n;
    n.at = where(mark);
    if (anchor != YAML::NullAnchor || has_tag(mark)) n.what = node::kind::broken;
    // `key:` alone is placed where the next token stands: for people it is at its key.
    if (in_value()) n.at = stack_.back().key_at;
    finish(std::move(n));
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    problems_.error(where(mark), path(), alias_message);
    finish(broken(mark));
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                const std::string& value) override {
    if (has_tag(mark)) return finish(broken(mark));
    node n;
    n.what = node::kind::scalar;
    n.at = where(mark);
    n.plain = tag == "?";
    if (!n.plain) last_quote_ = static_cast<std::size_t>(mark.pos);
    n.text = value;
    finish(std::move(n));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    begin(mark, node::kind::sequence);
  }
  void OnSequenceEnd() override { end(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {
    begin(mark, node::kind::map);
  }
  void OnMapEnd() override { end(); }

  void OnAnchor(const YAML::Mark& mark, const std::string&) override {
    problems_.error(
        where(mark), path(),
        "anchors (&name) are not allowed: write the value out, or quote a text that begins with &");
  }

  /// yaml-cpp lets the end of the file close a quote: a truncated file would pass with half a
  /// secret.
  void check_last_quote() const {
    if (last_quote_ >= text_.size()) return;
    const char quote = text_[last_quote_];
    if (quote != '"' && quote != '\'') return;
    for (std::size_t at = last_quote_ + 1; at < text_.size(); ++at) {
      if (text_[at] == '\\' && quote == '"')
        ++at;
      else if (text_[at] == quote && quote == '\'' && text_.substr(at + 1, 1) == "'")
        ++at;
      else if (text_[at] == quote)
        return;
    }
    throw fault{position(text_, last_quote_), "a quote that is not closed"};
  }

  static constexpr const char* alias_message =
      "aliases (*name) are not allowed: write the value out, or quote a text that begins with *";

 private:
  struct frame {
    node value;
    bool has_key = false;
    bool keep = true;  ///< is the value under this key wanted?
    std::string key;
    place key_at;
    std::unordered_map<std::string, std::size_t> lines;  ///< of the keys so far
  };

  [[nodiscard]] place where(const YAML::Mark& mark) const {
    if (mark.is_null()) return {0, 0, from_.file};
    return {static_cast<std::size_t>(mark.line) + 1, static_cast<std::size_t>(mark.column) + 1,
            from_.file};
  }

  [[nodiscard]] node broken(const YAML::Mark& mark) const {
    node n;
    n.what = node::kind::broken;
    n.at = where(mark);
    return n;
  }

  [[nodiscard]] bool in_value() const { return !stack_.empty() && stack_.back().has_key; }

  [[nodiscard]] std::string path() const {
    std::string out = from_.path;
    for (const frame& f : stack_) {
      if (f.value.what == node::kind::sequence) {
        out += '[' + std::to_string(f.value.items.size()) + ']';
      } else if (f.has_key) {
        out = join_path(out, f.key);
      }
    }
    return out;
  }

  /// yaml-cpp hands down its own "?" and "!" for values without a tag; only the text tells them
  /// from written ones.
  bool has_tag(const YAML::Mark& mark) {
    const auto pos = static_cast<std::size_t>(mark.pos);
    if (pos >= text_.size() || text_[pos] != '!') return false;
    problems_.error(where(mark), path(),
                    "tags (!name) are not allowed: quote a text that begins with !");
    return true;
  }

  void begin(const YAML::Mark& mark, node::kind what) {
    has_tag(mark);
    if (stack_.size() == max_nesting) {
      throw fault{where(mark), "nested more than " + std::to_string(max_nesting) + " deep"};
    }
    frame f;
    f.value.what = what;
    f.value.at = where(mark);
    stack_.push_back(std::move(f));
  }

  void end() {
    node done = std::move(stack_.back().value);
    stack_.pop_back();
    finish(std::move(done));
  }

  void finish(node n) {
    if (stack_.empty()) {
      root = std::move(n);
      return;
    }
    frame& top = stack_.back();
    if (top.value.what == node::kind::sequence) {
      top.value.items.push_back(std::move(n));
    } else if (!top.has_key) {
      take_key(top, std::move(n));
    } else {
      top.has_key = false;
      if (top.keep) top.value.entries.push_back({std::move(top.key), top.key_at, std::move(n)});
    }
  }

  void take_key(frame& top, node n) {
    top.keep = false;
    if (n.what != node::kind::scalar) {
      if (n.what != node::kind::broken) problems_.error(n.at, path(), "a key must be text");
    } else if (n.plain && n.text == "<<") {
      problems_.error(n.at, path(), "merge keys (<<) are not allowed: write the values out");
    } else if (const auto [first, fresh] = top.lines.emplace(n.text, n.at.line); !fresh) {
      problems_.error(n.at, join_path(path(), n.text),
                      "stands here twice, first on line " + std::to_string(first->second));
    } else {
      top.keep = true;
    }
    top.has_key = true;
    top.key = std::move(n.text);
    top.key_at = n.at;
  }

  std::string_view text_;
  report& problems_;
  const origin& from_;
  std::vector<frame> stack_;
  std::size_t last_quote_ = std::string_view::npos;  ///< where the last scalar in quotes begins
};

/// Strict UTF-8 without control characters: yaml-cpp takes a 0x04 for the end of the file, and
/// zeros for UTF-16.
void check_encoding(std::string_view text) {
  namespace utf = boost::locale::utf;
  for (const char* at = text.data(); at != text.data() + text.size();) {
    const auto offset = static_cast<std::size_t>(at - text.data());
    const utf::code_point c = utf::utf_traits<char>::decode(at, text.data() + text.size());
    if (c == utf::illegal || c == utf::incomplete)
      throw fault{position(text, offset), "is not UTF-8 from here on"};
    if (c == 0) throw fault{position(text, offset), "a zero byte: is this UTF-16, or no text?"};
    if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F) {
      throw fault{position(text, offset),
                  "a control character; in a text write it as an escape, e.g. \"\\x1b\""};
    }
  }
}

/// What yaml-cpp says, without what it quotes (that could be a piece of a secret), and what is
/// usually behind it.
std::string explain(const YAML::Exception& e) {
  namespace text = YAML::ErrorMsg;
  static const std::array<std::pair<std::string_view, std::string_view>, 4> causes{
      {{text::MAP_VALUE, "; is a colon missing above, or is there a tab among the blanks?"},
       {text::END_OF_MAP, "; a line is indented unlike its neighbours, or has no colon"},
       {text::END_OF_MAP_FLOW, "; a { has no }"},
       {text::END_OF_SEQ_FLOW, "; a [ has no ]"}}};
  if (e.msg.starts_with(text::UNKNOWN_ANCHOR)) return builder::alias_message;
  std::string out = "not valid YAML: " + e.msg.substr(0, e.msg.find(':'));
  const auto cause = std::ranges::find(causes, e.msg, [](const auto& c) { return c.first; });
  return cause == causes.end() ? out : out.append(cause->second);
}

}  // namespace

const node* node::find(std::string_view key) const {
  const auto found = std::ranges::find(entries, key, &entry::key);
  return found == entries.end() ? nullptr : &found->value;
}

node scalar_node(std::string text, bool plain) {
  node n;
  n.what = node::kind::scalar;
  n.plain = plain;
  n.text = std::move(text);
  return n;
}

node text_node(std::string text) { return scalar_node(std::move(text), false); }

node map_node() {
  node n;
  n.what = node::kind::map;
  return n;
}

node sequence_node() {
  node n;
  n.what = node::kind::sequence;
  return n;
}

std::optional<node> parse_document(std::string_view text, report& problems, const origin& from) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  builder events(text, problems, from);
  try {
    if (text.size() > max_document) throw fault{{}, "is larger than 64 MiB"};
    check_encoding(text);
    memory buffer(text);
    std::istream in(&buffer);
    YAML::Parser parser(in);
    while (parser.HandleNextDocument(events)) continue;
    if (!events.root) throw fault{{}, "is empty"};
    events.check_last_quote();
    return std::move(events.root);
  } catch (const fault& f) {
    problems.error({f.at.line, f.at.column, from.file}, from.path, f.message);
  } catch (const YAML::Exception& e) {
    const place at = e.mark.is_null()
                         ? place{0, 0, from.file}
                         : place{static_cast<std::size_t>(e.mark.line) + 1,
                                 static_cast<std::size_t>(e.mark.column) + 1, from.file};
    problems.error(at, from.path, explain(e));
  }
  return std::nullopt;
}

}  // namespace core::config
