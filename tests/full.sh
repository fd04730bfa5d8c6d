#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What CI runs after run.sh, from a fresh clone on Debian 12: format of shell and C++, the release build and its
# hardening, both sanitizer presets, everything once more with the second compiler, clang-tidy; then all their tests in
# one run of ctest.
set -eu
cd "$(dirname "$0")/.."
tests/lib/packages.sh build tests full
jobs=$(tests/lib/jobs.sh)

step() {
  printf '\n==== %s\n' "$1"
}

build() {
  step "build the preset $1"
  cmake --preset "$1"
  cmake --build "build/$1" --parallel "$jobs"
}

step "shell scripts"
git ls-files '*.sh' .ci/run | xargs shellcheck

step "format"
git ls-files '*.cpp' '*.hpp' | xargs clang-format-19 --dry-run -Werror

step "build the preset release"
cmake --preset release
cmake --build build/release --parallel "$jobs" --target countersign
/usr/bin/python3 -B tests/house/hardening.py build/release/countersign tests/house/hardening.txt

build asan
build tsan
build fuzz # clang-19: the second compiler builds all of it

step "tidy"
git ls-files 'core/*.cpp' 'gateway/*.cpp' |
  xargs --max-procs="$jobs" --max-args=4 clang-tidy-19 --quiet -p build/fuzz

step "test"
mkdir -p build/full
for preset in asan tsan fuzz; do
  printf 'subdirs("%s/build/%s")\n' "$PWD" "$preset"
done >build/full/CTestTestfile.cmake
# GCC 12's ThreadSanitizer does not know the address layouts that newer kernels choose at random.
fixed=
if setarch --addr-no-randomize true 2>/dev/null; then fixed="setarch --addr-no-randomize"; fi
exec $fixed ctest --test-dir build/full --output-on-failure --no-tests=error --parallel "$(nproc)"
