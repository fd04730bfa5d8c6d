#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds of the gateway and nginx beside each other, all at once on one processor: at_once.sh NAME=BINARY… [--help]
set -eu
cd "$(dirname "$0")/.."
bench/ready.sh countersign_load countersign_upstream
exec /usr/bin/python3 -B bench/at_once.py "$@"
