// SPDX-License-Identifier: Apache-2.0
#pragma once

// A strict reader of Prometheus' text format 0.0.4, for tests: whatever it can't account for throws
// std::runtime_error.

#include <cctype>
#include <cstdlib>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>

namespace tests {

class prometheus_text {
 public:
  explicit prometheus_text(const std::string& text) {
    if (text.empty() || text.back() != '\n') fail("the last line has no end");
    for (std::size_t at = 0; at < text.size();) {
      const auto end = text.find('\n', at);
      line(std::string_view(text).substr(at, end - at));
      at = end + 1;
    }
    end_histogram();
  }

  /// The sample's value by the series as written, e.g. `up{job="x"}`.
  [[nodiscard]] double at(const std::string& series) const {
    const auto found = samples_.find(series);
    if (found == samples_.end()) throw std::runtime_error("no series " + series);
    return found->second;
  }
  [[nodiscard]] bool has(const std::string& series) const { return samples_.count(series) > 0; }
  [[nodiscard]] std::size_t size() const { return samples_.size(); }
  [[nodiscard]] const std::map<std::string, std::string>& types() const { return types_; }

 private:
  [[noreturn]] void fail(const std::string& why) const {
    throw std::runtime_error(why + " near: " + last_);
  }

  void line(std::string_view text) {
    last_ = text;
    if (text.starts_with("# HELP ")) {
      end_histogram();
      text.remove_prefix(7);
      const auto name = take_name(text);
      if (!text.starts_with(" ") || text.size() < 2) fail("no help");
      if (types_.count(name)) fail("family twice");
      helped_ = name;
      family_.clear();
    } else if (text.starts_with("# TYPE ")) {
      text.remove_prefix(7);
      family_ = take_name(text);
      if (family_ != helped_) fail("type without help");
      const std::set<std::string_view> known{" counter", " gauge", " histogram"};
      if (!known.count(text)) fail("unknown type");
      types_[family_] = text.substr(1);
    } else {
      sample(text);
    }
  }

  void sample(std::string_view text) {
    const auto whole = text;
    if (family_.empty()) fail("sample outside a family");
    auto name = take_name(text);
    std::string labels, bound;
    if (text.starts_with("{")) take_labels(text, labels, bound);
    if (!text.starts_with(" ")) fail("no value");
    const auto series = std::string(whole.substr(0, whole.size() - text.size()));
    const double value = number(std::string(text.substr(1)));
    if (!samples_.emplace(series, value).second) fail("series twice");
    if (types_[family_] == "histogram") return histogram(name, labels, bound, value);
    if (name != family_) fail("sample of another family");
    if (types_[family_] == "counter" && value < 0) fail("counter below 0");
  }

  void histogram(const std::string& name, const std::string& labels, const std::string& bound,
                 double value) {
    if (name == family_ + "_bucket") {
      if (bound.empty()) fail("bucket without le");
      if (const auto group = family_ + labels; group != group_) {
        if (open_) fail("buckets end before +Inf");
        group_ = group;
        open_ = true;
        last_bound_ = -1;
        last_count_ = 0;
      }
      const double upper = bound == "+Inf" ? 1e300 : number(bound);
      if (upper <= last_bound_ || value < last_count_) fail("buckets out of order");
      last_bound_ = upper;
      last_count_ = value;
      if (bound == "+Inf") open_ = false, infinite_[family_ + labels] = value;
    } else if (name == family_ + "_count") {
      counts_[family_ + labels] = value;
    } else if (name != family_ + "_sum") {
      fail("sample of another family");
    }
  }

  void end_histogram() const {
    if (open_) fail("buckets end before +Inf");
    if (counts_ != infinite_) fail("_count differs from the last bucket");
  }

  static std::string take_name(std::string_view& text) {
    std::size_t n = 0;
    while (n < text.size() &&
           (std::isalnum(static_cast<unsigned char>(text[n])) || text[n] == '_' || text[n] == ':'))
      ++n;
    std::string name(text.substr(0, n));
    text.remove_prefix(n);
    if (name.empty() || std::isdigit(static_cast<unsigned char>(name[0])))
      throw std::runtime_error("bad name");
    return name;
  }

  void take_labels(std::string_view& text, std::string& labels, std::string& bound) const {
    std::set<std::string> names;
    do {
      text.remove_prefix(1);  // '{' or ','
      const auto name = take_name(text);
      if (!names.insert(name).second) fail("label twice");
      if (!text.starts_with("=\"")) fail("label without value");
      text.remove_prefix(2);
      std::string value;
      while (!text.empty() && text[0] != '"') {
        if (text[0] == '\\') {
          if (text.size() < 2 || std::string_view("\\\"n").find(text[1]) == std::string_view::npos)
            fail("bad escape");
          value += text[0];
          text.remove_prefix(1);
        }
        value += text[0];
        text.remove_prefix(1);
      }
      if (text.empty()) fail("open label");
      text.remove_prefix(1);
      if (name == "le")
        bound = value;
      else
        labels += name + "=" + value + ";";
    } while (text.starts_with(","));
    if (!text.starts_with("}")) fail("open labels");
    text.remove_prefix(1);
  }

  double number(const std::string& text) const {
    if (text.empty() || std::isspace(static_cast<unsigned char>(text[0]))) fail("no number");
    char* end = nullptr;
    const double value = std::strtod(text.c_str(), &end);
    if (*end != '\0') fail("not a number");
    return value;
  }

  std::string last_, helped_, family_, group_;
  bool open_ = false;
  double last_bound_ = -1, last_count_ = 0;
  std::map<std::string, double> samples_, counts_, infinite_;
  std::map<std::string, std::string> types_;
};

}  // namespace tests
