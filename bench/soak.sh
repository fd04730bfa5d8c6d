#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds the gateway and its load as `release` does, and runs them on loopback: soak.sh [--seconds 60] [--help]
set -eu
cd "$(dirname "$0")/.."
bench/ready.sh countersign countersign_load countersign_upstream
exec /usr/bin/python3 -B bench/soak.py "$@"
