#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Three endpoints under signed load; one after the other is killed and comes back, 50 times: endpoints.sh [--help]
set -eu
cd "$(dirname "$0")/.."
bench/ready.sh countersign countersign_load countersign_upstream
exec /usr/bin/python3 -B bench/endpoints.py "$@"
