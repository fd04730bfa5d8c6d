#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Twice as much as a service can do, for 15 s: what gets through, and how soon the rest is told: overload.sh [--help]
set -eu
cd "$(dirname "$0")/.."
bench/ready.sh countersign countersign_load countersign_upstream
exec /usr/bin/python3 -B bench/overload.py "$@"
