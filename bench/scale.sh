#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What a request costs with 100,000 clients, 10,000 routes and 4,000,000 marks beside one of each: scale.sh [--help]
set -eu
cd "$(dirname "$0")/.."
bench/ready.sh countersign countersign_load countersign_upstream countersign_micro
exec /usr/bin/python3 -B bench/scale.py "$@"
