# SPDX-License-Identifier: Apache-2.0
"""Has a binary that counts do what gateways do: the messages of the comparison, and each benchmark's operation."""

import contextlib
import os
import subprocess
import sys

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
sys.path[:0] = [os.path.join(ROOT, "bench", "compare"), os.path.join(ROOT, "bench")]

from rig import BINARY, Service  # noqa: E402: the line above finds it

import measure  # noqa: E402
from peers import Peer  # noqa: E402

# Small messages are what most send; a large one has loops that weigh enough in a moment.
SECONDS = {"200B sealed": 3, "1KiB sealed": 4, "64KiB sealed": 2, "1KiB plain": 3}
CONNECTIONS = 64


def main(smoke):
    with contextlib.ExitStack() as ends:
        service = ends.enter_context(Service())
        gateway = ends.enter_context(Peer("gateway", service.port))
        for row in measure.rows():
            name = measure.name_of(row)
            seen = measure.load(gateway, gateway, row, 0.1 if smoke else SECONDS[name], CONNECTIONS)
            print(f"{name}: {seen['requests']} requests", file=sys.stderr)
    # What the load has none of: other schemes and envelopes, text that is not ASCII.
    operations = os.path.join(os.path.dirname(BINARY), "countersign_micro")
    listed = subprocess.run([operations, "--list"], stdout=subprocess.PIPE, text=True, check=True).stdout
    for line in listed.splitlines():
        name, count = line.split()
        subprocess.run([operations, name, "1" if smoke else count], check=True)


if __name__ == "__main__":
    main("--smoke" in sys.argv[1:])
