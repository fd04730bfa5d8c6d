# SPDX-License-Identifier: Apache-2.0
"""What the benchmarks share: the tests' harness, pointed at optimised binaries, and what processes use."""

import contextlib
import datetime
import json
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


@contextlib.contextmanager
def started_on(processors):
    """What is started inside runs there, and all of its threads with it; as ever if that is None."""
    mine = os.sched_getaffinity(0)
    os.sched_setaffinity(0, processors or mine)
    try:
        yield
    finally:
        os.sched_setaffinity(0, mine)


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as stream:
        model = next((line.split(":", 1)[1].strip() for line in stream if line.startswith("model name")), "unknown")
    return {"processors": os.cpu_count(), "model": model, "kernel": platform.release()}


def arguments_of(parser, given, seconds=None):
    """Parses what a bounded run was asked for: `--out`, whose default bears the script's name and the day, and, unless
    it measures something else than a time, `--seconds`."""
    if seconds:
        parser.add_argument("--seconds", type=int, default=seconds)
    name = parser.prog.removesuffix(".sh")
    default = os.path.join(ROOT, "bench", "results", f"{name}_{datetime.date.today().isoformat()}.json")
    parser.add_argument("--out", default=default, help="where all of it is written")
    found = parser.parse_args(given)
    if seconds and not 1 <= found.seconds <= 600:
        parser.error("--seconds: 1 to 600")
    return found


def conclude(seen, wrong, tell, out):
    """Says and writes what was seen. @return the exit status: 1 if anything is wrong with it."""
    seen["wrong"] = list(wrong)
    tell(seen)
    with open(out, "w", encoding="utf-8") as stream:
        json.dump(seen, stream, indent=1)
        stream.write("\n")
    return 1 if seen["wrong"] else 0
