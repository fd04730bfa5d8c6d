#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# System calls of the gateway for a request at saturation, by name: calls.sh [--help]
set -eu
cd "$(dirname "$0")/.."
bench/ready.sh countersign countersign_load countersign_upstream
exec /usr/bin/python3 -B bench/calls.py "$@"
