#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Counts the instructions of each operation on the request's path under valgrind, beside the stored baseline; or times
# the path beside one hash: micro.sh [NAME…] [--update] [--path] [--help]
set -eu
cd "$(dirname "$0")/.."
cmake --preset release -B build/bench -DCOUNTERSIGN_BENCH=ON >/dev/null
cmake --build build/bench --parallel "$(tests/lib/jobs.sh)" --target countersign_micro >&2
exec /usr/bin/python3 -B bench/micro.py "$@"
