# SPDX-License-Identifier: Apache-2.0
"""Has a binary that counts do what gateways do: the messages of the comparison, its schemes, TLS, refusals, and each
benchmark's operation. What is done seldom beside the rest is made small instead of fast; what is left out, as ever."""

import contextlib
import os
import subprocess
import sys

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
sys.path[:0] = [os.path.join(ROOT, "bench", "compare"), os.path.join(ROOT, "bench")]

from rig import BINARY, Service  # noqa: E402: the line above finds it

import measure  # noqa: E402
import schemes  # noqa: E402
import secured  # noqa: E402
from peers import Peer  # noqa: E402

# Small messages are what most send; a large one has loops that weigh enough in a moment.
SECONDS = {"200B sealed": 3, "1KiB sealed": 4, "64KiB sealed": 2, "1KiB plain": 3}
SCHEMES_SECONDS = {"rfc9421_jwe": 3, "rfc9421": 3, "rfc9421_ed25519": 2}
SECURED_SECONDS = {"kept": 3, "handshakes": 2}
REFUSED_SECONDS = 1
CONNECTIONS = 64


def work(gateway, seconds):
    """(what, how many requests), one after the other. `seconds` gives the time for what usually takes so many."""
    for row in measure.rows():
        name = measure.name_of(row)
        yield name, measure.load(gateway, gateway, row, seconds(SECONDS[name]), CONNECTIONS)["requests"]
    for scheme, usual in SCHEMES_SECONDS.items():
        yield scheme, schemes.cpu(gateway, scheme, seconds(usual), CONNECTIONS)["requests"]
    refused = measure.load(gateway, gateway, measure.Row("1KiB", True), seconds(REFUSED_SECONDS), CONNECTIONS,
                           "--spoil", "signature")
    yield "refused", refused["requests"]


def work_secured(gateway, seconds):
    for what, usual in SECURED_SECONDS.items():
        found = measure.load(gateway, gateway, secured.ROW, seconds(usual), CONNECTIONS, *secured.WHAT[what])
        yield what, found["requests"]


def main(smoke):
    def seconds(usual):
        return 0.1 if smoke else usual

    with contextlib.ExitStack() as ends:
        service = ends.enter_context(Service())
        gateway = ends.enter_context(Peer("gateway", service.port))
        for what, requests in work(gateway, seconds):
            print(f"{what}: {requests} requests", file=sys.stderr)
        pair = ends.enter_context(secured.certificate())
        gateway = ends.enter_context(secured.Secured("gateway", service.port, pair))
        for what, requests in work_secured(gateway, seconds):
            print(f"{what}: {requests} requests", file=sys.stderr)
    # What the load has none of: other envelopes, text that is not ASCII.
    operations = os.path.join(os.path.dirname(BINARY), "countersign_micro")
    listed = subprocess.run([operations, "--list"], stdout=subprocess.PIPE, text=True, check=True).stdout
    for line in listed.splitlines():
        name, count = line.split()
        subprocess.run([operations, name, "1" if smoke else count], check=True)


if __name__ == "__main__":
    main("--smoke" in sys.argv[1:])
