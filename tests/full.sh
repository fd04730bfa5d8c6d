#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What CI runs after run.sh, from a fresh clone on Debian 12: format of shell and C++, the release build and its
# hardening, the instructions that its code takes beside the baseline, a sample of mutants, ThreadSanitizer with the
# first compiler, AddressSanitizer, UBSan and libFuzzer with the second, clang-tidy; then their tests in one run of
# ctest.
set -eu
cd "$(dirname "$0")/.."
tests/lib/packages.sh build tests full bench
jobs=$(tests/lib/jobs.sh)

begun=$(date +%s)
step() {
  printf '\n==== %s (after %d s)\n' "$1" $(($(date +%s) - begun))
}

build() {
  step "build the preset $1"
  cmake --preset "$1"
  cmake --build "build/$1" --parallel "$jobs"
}

# GCC 12's ThreadSanitizer does not know the address layouts that newer kernels choose at random.
fixed=
if setarch --addr-no-randomize true 2>/dev/null; then
  fixed="setarch --addr-no-randomize"
elif [ "$(cat /proc/sys/vm/mmap_rnd_bits)" -gt 28 ]; then
  echo "full.sh: ThreadSanitizer needs a fixed address layout, and setarch may not set it. In a container:" \
    "--security-opt seccomp=unconfined; or on the host: sysctl vm.mmap_rnd_bits=28" >&2
  exit 1
fi

step "shell scripts"
git ls-files '*.sh' .ci/run | xargs shellcheck

step "format"
git ls-files '*.cpp' '*.hpp' | xargs clang-format-19 --dry-run -Werror

step "build the preset release"
cmake --preset release
cmake --build build/release --parallel "$jobs" --target countersign
/usr/bin/python3 -B tests/house/hardening.py build/release/countersign tests/house/hardening.txt

step "instructions"
bench/micro.sh

# Each commit has a sample of its own, which the same commit gives again.
step "mutation"
/usr/bin/python3 -B tests/mutation/mutate.py --sample 40 --seed "$(git rev-parse HEAD)" --jobs "$jobs"

build tsan # what threads share
build fuzz # what the preset asan is, with the second compiler and libFuzzer

step "tidy"
cmake --preset fuzz -B build/tidy -DCOUNTERSIGN_UNITY=OFF >build/tidy.log || { cat build/tidy.log; exit 1; }
git ls-files 'core/*.cpp' 'gateway/*.cpp' |
  xargs --max-procs="$jobs" --max-args=4 clang-tidy-19 --quiet -p build/tidy

step "test"
mkdir -p build/full
for preset in tsan fuzz; do
  printf 'subdirs("%s/build/%s")\n' "$PWD" "$preset"
done >build/full/CTestTestfile.cmake
exec $fixed ctest --test-dir build/full --output-on-failure --no-tests=error --parallel "$(nproc)"
