// SPDX-License-Identifier: Apache-2.0
// Stands in for libFuzzer where it isn't linked: runs a target over its seeds and over mutations of
// them, the same ones every time.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

/// Of exactly the input's size on the heap, so that AddressSanitizer sees one byte too many.
void run(const std::string& input) {
  const std::vector<std::uint8_t> bytes(input.begin(), input.end());
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

std::string mutated(std::string input, const std::vector<std::string>& seeds,
                    std::mt19937& random) {
  const auto below = [&](std::size_t n) { return n == 0 ? 0 : random() % n; };
  for (std::size_t rounds = 1 + below(4); rounds > 0; --rounds) {
    const std::size_t at = below(input.size() + 1);
    switch (below(6)) {
      case 0: input.insert(at, 1, static_cast<char>(below(256))); break;
      case 1: input.erase(at, 1 + below(4)); break;
      case 2:
        if (at < input.size()) input[at] = static_cast<char>(below(256));
        break;
      case 3:
        if (at < input.size()) input[at] = static_cast<char>(input[at] ^ (1 << below(8)));
        break;
      case 4: input.insert(at, input.substr(below(input.size() + 1), below(16))); break;
      default: {
        const std::string& other = seeds[below(seeds.size())];
        input = input.substr(0, at) + other.substr(below(other.size() + 1));
      }
    }
  }
  return input;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> seeds{""};
  for (int i = 1; i < argc; ++i)
    for (const auto& entry : std::filesystem::directory_iterator(argv[i])) {
      std::ifstream file(entry.path(), std::ios::binary);
      seeds.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
  if (seeds.size() == 1) {
    std::fputs("no seeds\n", stderr);
    return EXIT_FAILURE;
  }
  for (const std::string& seed : seeds) run(seed);
  std::mt19937 random(20251);
  constexpr int mutations_a_seed = 200;
  for (const std::string& seed : seeds)
    for (int i = 0; i < mutations_a_seed; ++i) run(mutated(seed, seeds, random));
  std::printf("%zu seeds and %zu mutations of them\n", seeds.size() - 1,
              seeds.size() * mutations_a_seed);
}
