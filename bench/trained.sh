#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds the gateway as `release` does and once more by what it was seen to do under the comparison's load, into
# build/trained: 5 % less of the processor for a request, for a build of a quarter of an hour. Takes GCC.
set -eu
cd "$(dirname "$0")/.."
bench/ready.sh countersign_load countersign_upstream
export CCACHE_DISABLE=1 # it knows nothing of the counts
build() {
  cmake --preset release -B build/trained -DCOUNTERSIGN_BENCH=ON "-DCOUNTERSIGN_TRAINING=$1" >/dev/null
  shift
  cmake --build build/trained --parallel "$(tests/lib/jobs.sh)" --target "$@" >&2
}
rm -rf build/trained # counts of code that is another by now
build count countersign countersign_micro
COUNTERSIGN="$PWD/build/trained/countersign" COUNTERSIGN_BENCH="$PWD/build/bench" /usr/bin/python3 -B bench/train.py
if [ -z "$(find build/trained/CMakeFiles/core.dir -name '*.gcda' -print -quit)" ]; then
  echo "nothing was counted" >&2
  exit 1
fi
build use countersign
echo build/trained/countersign
