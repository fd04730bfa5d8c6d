// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where whole lines go: standard output, standard error or a file that is appended to. It knows no
// lines' content; it sees to it that a reader that stopped reading can't hold up the end of the
// process.

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gateway::log {

class destination {
 public:
  /// "stdout", "stderr" or a file's path. Throws std::runtime_error with a sentence for the
  /// operator when the file can't be opened.
  explicit destination(std::string path);
  ~destination();
  destination(const destination&) = delete;
  destination& operator=(const destination&) = delete;

  /// Writes it all, waiting for a reader if need be. @return the number of lines lost.
  std::uint64_t write(std::string_view lines);
  /// Is it a file, which can be moved away? A pipe can't, and its reader may keep us waiting.
  [[nodiscard]] bool renewable() const { return owned_ && regular_; }
  /// Opens the file anew, after it was moved away. @return why not; the old one stays in use then.
  std::optional<std::string> reopen();
  /// From now on a reader is waited for `patience_ms` in all, then what is left is lost.
  /// Thread-safe.
  void hurry() { hurried_.store(true); }

  static constexpr int patience_ms = 1000;

 private:
  bool wait_until_writable();
  /// @return what could not be written.
  std::string_view put(std::string_view text);

  std::string path_;
  int descriptor_ = -1;
  bool owned_ = false;
  bool regular_ = false;  // a file that takes everything at once
  bool torn_ = false;     // did the last write end inside a line?
  std::atomic<bool> hurried_{false};
  int waited_ms_ = 0;  // since then
};

}  // namespace gateway::log
