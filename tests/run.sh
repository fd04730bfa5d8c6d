#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# From a fresh clone on Debian 12: installs what the tests need, builds the preset `dev`, runs every test.
# Arguments go to ctest, for example -R core/http.
set -eu
cd "$(dirname "$0")/.."
tests/lib/packages.sh build tests
cmake --preset dev
cmake --build build/dev --parallel "$(tests/lib/jobs.sh)"
exec ctest --test-dir build/dev --output-on-failure --no-tests=error --parallel "$(nproc)" "$@"
