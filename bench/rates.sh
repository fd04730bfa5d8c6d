#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A client at three times its rate, for 15 s, beside one that keeps to its own: rates.sh [--help]
set -eu
cd "$(dirname "$0")/.."
cmake --preset release -B build/bench -DCOUNTERSIGN_BENCH=ON >/dev/null
cmake --build build/bench --parallel "$(tests/lib/jobs.sh)" --target countersign countersign_load countersign_upstream
exec /usr/bin/python3 -B bench/rates.py "$@"
