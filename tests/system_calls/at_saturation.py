#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A request that is accepted takes four system calls and a few that it shares with others. Exits 77, and says why,
where strace is missing or may not count."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "bench"))

import calls  # noqa: E402: the line above finds it

if __name__ == "__main__":
    sys.exit(calls.main())
