#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What each benchmark begins with: the packages that it takes, and its binaries in build/bench, as `release` builds
# them but for the counts that those are optimised by, which fit no code that is being worked on: ready.sh TARGET…
set -eu
cd "$(dirname "$0")/.."
tests/lib/packages.sh build bench
cmake --preset release -B build/bench -DCOUNTERSIGN_BENCH=ON -DCOUNTERSIGN_TRAINING= >/dev/null
exec cmake --build build/bench --parallel "$(tests/lib/jobs.sh)" --target "$@" >&2
