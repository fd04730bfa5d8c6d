#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Loads the gateway as the comparison does and keeps how often each branch was taken, in bench/training, for the preset
# `release` to optimise by. A quarter of an hour; takes the compiler that releases are built with, GCC.
set -eu
cd "$(dirname "$0")/.."
bench/ready.sh countersign_load countersign_upstream
rm -rf build/count # counts of code that is another by now
cmake --preset release -B build/count -DCOUNTERSIGN_BENCH=ON -DCOUNTERSIGN_TRAINING=count >/dev/null
cmake --build build/count --parallel "$(tests/lib/jobs.sh)" --target countersign countersign_micro >&2
COUNTERSIGN="$PWD/build/count/countersign" COUNTERSIGN_BENCH="$PWD/build/bench" /usr/bin/python3 -B bench/train.py
compiler=$(sed -n 's/^CMAKE_CXX_COMPILER:[A-Z]*=//p' build/count/CMakeCache.txt)
version=$("$compiler" -dumpfullversion | cut -d. -f1,2)
kept="$PWD/bench/training/gcc-$version-$(uname -m).tar.xz"
cd build/count
find CMakeFiles/core.dir CMakeFiles/gateway.dir CMakeFiles/countersign.dir -name '*.gcda' | LC_ALL=C sort >counted
if [ ! -s counted ]; then
  echo "nothing was counted" >&2
  exit 1
fi
cmake -E tar cJf "$kept" --mtime="1970-01-01" --files-from=counted
ls -l "$kept"
