#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What a benchmark of the gateway as it is shipped begins with: build/release, and load and service in build/bench. What
# measures the gateway's code in a program of its own names that, to be built as what ships is: shipped.sh [TARGET…]
set -eu
cd "$(dirname "$0")/.."
bench/ready.sh countersign_load countersign_upstream
own=OFF
[ $# -eq 0 ] || own=ON
cmake --preset release -DCOUNTERSIGN_BENCH="$own" >/dev/null
exec cmake --build build/release --parallel "$(tests/lib/jobs.sh)" --target countersign "$@" >&2
