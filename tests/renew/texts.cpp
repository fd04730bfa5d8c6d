// SPDX-License-Identifier: Apache-2.0
// Writes what follows from the code into the tree: the table of keys in conf/README.md from the
// field tables, and what `check` says of each file in tests/core/config/golden. The tests hold what
// is written here against the code; whoever ran this reads the difference before he commits it.

#include <cstdio>
#include <filesystem>

#include "core/config/reference.hpp"
#include "tests/core/config/sample.hpp"

namespace {

namespace fs = std::filesystem;

void write(const fs::path& path, const std::string& text) {
  if (fs::exists(path) && tests::config::text_of(path.string()) == text) return;
  std::ofstream out(path, std::ios::binary);
  if (!(out << text).flush()) throw std::runtime_error("can't write " + path.string());
  std::printf("renewed %s\n", path.c_str());
}

void renew_table(const fs::path& page) {
  const std::string head = "| key | type | default | meaning |\n| --- | --- | --- | --- |\n";
  std::string text = tests::config::text_of(page.string());
  const std::size_t begin = text.find(head);
  if (begin == std::string::npos) throw std::runtime_error(page.string() + " has no table of keys");
  std::size_t end = begin + head.size();
  while (text.compare(end, 2, "| ") == 0) end = text.find('\n', end) + 1;
  std::string rows = head;
  for (const core::config::reference_row& row : core::config::reference())
    rows +=
        "| `" + row.path + "` | " + row.type + " | " + row.fallback + " | " + row.meaning + " |\n";
  write(page, text.replace(begin, end - begin, rows));
}

void renew_golden(const fs::path& folder) {
  for (const auto& file : fs::directory_iterator(folder)) {
    if (file.path().extension() != ".yaml") continue;
    const auto got = tests::config::read(tests::config::text_of(file.path().string()));
    write(fs::path(file.path()).replace_extension(".txt"),
          tests::config::lines(got, file.path().filename().string()));
  }
}

}  // namespace

int main() {
  try {
    const fs::path tests = COUNTERSIGN_TEST_DATA;
    renew_table(tests / ".." / "conf" / "README.md");
    renew_golden(tests / "core" / "config" / "golden");
  } catch (const std::exception& e) {
    std::fprintf(stderr, "renew: %s\n", e.what());
    return 1;
  }
  return 0;
}
