#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Looks longer for inputs that break a decoder than ctest does: builds the preset `fuzz` (clang-19, libFuzzer,
# sanitizers) and runs each target for so many seconds, one after the other.
#
#   tests/fuzz.sh [SECONDS] [TARGET…]        60 seconds each of all of tests/fuzz/*.cpp if left out
#   tests/fuzz.sh 600 config head_parser
#
# What is found worth keeping goes to build/fuzz/tests/fuzz/corpus/TARGET, and the next run begins with it. What breaks
# a target goes to build/fuzz/tests/fuzz/TARGET-crash-…, and this script ends there with status 1. To see it again:
#
#   build/fuzz/tests/fuzz/fuzz_TARGET build/fuzz/tests/fuzz/TARGET-crash-…
#
# Once it is fixed, it becomes a seed whose name says what it is (tests/fuzz/seeds/TARGET/), and every build runs it.
set -eu
cd "$(dirname "$0")/.."

seconds=60
case "${1:-}" in
  -h | --help) sed -n '3,15s/^# \{0,1\}//p' "$0"; exit 0 ;;
  '' | *[!0-9]*) ;;
  *) seconds=$1; shift ;;
esac
# shellcheck disable=SC2012,SC2046  # names of ours hold no blanks
[ $# -gt 0 ] || set -- $(cd tests/fuzz && ls ./*.cpp | sed 's|^\./||; s|\.cpp$||; /^driver$/d')
for target; do
  [ -f "tests/fuzz/$target.cpp" ] || { echo "there is no tests/fuzz/$target.cpp" >&2; exit 64; }
done

cmake --preset fuzz > /dev/null
# shellcheck disable=SC2046  # a word for each target
cmake --build build/fuzz --parallel "$(tests/lib/jobs.sh)" --target $(printf 'fuzz_%s ' "$@")
built=build/fuzz/tests/fuzz
for target; do
  mkdir -p "$built/corpus/$target"
  echo "== $target, $seconds s"
  "$built/fuzz_$target" -max_total_time="$seconds" -max_len=4096 -timeout=10 -rss_limit_mb=2048 -verbosity=0 \
    -print_final_stats=1 -artifact_prefix="$built/$target-" "$built/corpus/$target" "tests/fuzz/seeds/$target" || exit 1
done
echo "$# targets, nothing found"
