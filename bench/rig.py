# SPDX-License-Identifier: Apache-2.0
"""What the benchmarks share: the tests' harness, pointed at optimised binaries, and what processes use."""

import contextlib
import os
import platform
import sys

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
os.environ.setdefault("COUNTERSIGN", os.path.join(ROOT, "build", "bench", "countersign"))
sys.path.insert(0, os.path.join(ROOT, "tests", "lib"))

from gateway import BINARY, PATIENCE, Gateway  # noqa: E402,F401: the line above finds it
from load import Load, Service  # noqa: E402,F401


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as stream:
        fields = stream.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(pid):
    """(bytes, what they are): the process's own share if the kernel tells it, else all that is there."""
    for file, name in (("smaps_rollup", "Pss:"), ("status", "VmRSS:")):
        with contextlib.suppress(OSError):
            with open(f"/proc/{pid}/{file}", encoding="ascii") as stream:
                for line in stream:
                    if line.startswith(name):
                        return int(line.split()[1]) * 1024, name.strip(":")
    raise RuntimeError("the kernel tells nothing of the memory of a process")


def pin(pid, processor):
    if os.cpu_count() > 1:
        for thread in os.listdir(f"/proc/{pid}/task"):
            os.sched_setaffinity(int(thread), {processor})


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as stream:
        model = next((line.split(":", 1)[1].strip() for line in stream if line.startswith("model name")), "unknown")
    return {"processors": os.cpu_count(), "model": model, "kernel": platform.release()}
