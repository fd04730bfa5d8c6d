#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What a benchmark of the gateway as it is shipped begins with: build/release, and load and service in build/bench.
set -eu
cd "$(dirname "$0")/.."
bench/ready.sh countersign_load countersign_upstream
cmake --preset release >/dev/null
exec cmake --build build/release --parallel "$(tests/lib/jobs.sh)" --target countersign >&2
