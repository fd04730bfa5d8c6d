#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Compares the gateway with nginx, HAProxy and nginx + Lua, which it installs if they are missing: compare.sh [--help]
set -eu
cd "$(dirname "$0")/.."
tests/lib/packages.sh build bench
cmake --preset release -B build/bench -DCOUNTERSIGN_BENCH=ON >/dev/null
cmake --build build/bench --parallel "$(tests/lib/jobs.sh)" --target countersign countersign_load countersign_upstream
exec /usr/bin/python3 -B bench/compare "$@"
