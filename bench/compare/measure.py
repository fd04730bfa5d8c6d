# SPDX-License-Identifier: Apache-2.0
"""CPU for a request, closed loop: all peers in turn, round after round, so that whatever else the machine does meets
each of them alike; what counts is the ratio within a round."""

import collections
import contextlib
import time

from peers import KINDS, Peer
from rig import Load, Service

WARM_UP = 0.5  # seconds before the first round: pools fill, LuaJIT compiles
UNBOUNDED = "1000000000"

# What is sent: messages of this size, sealed, or as plain JSON.
Row = collections.namedtuple("Row", "size sealed")


SIZES = ("200B", "1KiB", "64KiB")  # before sealing


def rows(sizes=SIZES):
    """Those of the comparison."""
    return [Row(size, True) for size in sizes] + [Row("1KiB", False)]


def name_of(row):
    return f"{row.size} {'sealed' if row.sealed else 'plain'}"


def load(peer, sealer, row, seconds, connections, *more):
    """What a load of the peer saw. `sealer` is the gateway, whose configuration names the client."""
    who = ["-c", sealer.config, "--client", "load"] if row.sealed else ["--plain"]
    path = "/" if row.sealed else "/open/"
    status, found = Load(peer.url + path, *who, "--requests", UNBOUNDED, "--seconds", str(seconds), "--connections",
                         str(connections), "--size", row.size, *more).result()
    if status:
        raise SystemExit(f"{peer.kind.title}: the load failed: {found if isinstance(found, str) else found['errors']}")
    return found


def cpu(peer, sealer, row, seconds, connections, *more):
    """One peer's part of a round."""
    peer.forget_log()
    begun, before = time.monotonic_ns(), peer.cpu_ns()
    found = load(peer, sealer, row, seconds, connections, *more)
    used, taken = peer.cpu_ns() - before, time.monotonic_ns() - begun
    return {"us": used / found["requests"] / 1e3, "requests": found["requests"], "rate": round(found["rate"]),
            "busy": round(used / taken, 3)}


@contextlib.contextmanager
def started(names, row=None):
    """{name: peer} of those that can take the row, in front of one service."""
    with contextlib.ExitStack() as stack:
        service = stack.enter_context(Service())
        fit = [name for name in names if not row or row.sealed or name == "gateway" or not KINDS[name].opens]
        yield {name: stack.enter_context(Peer(name, service.port)) for name in fit}


def rounds(names, row, given, tell):
    """[{name: what cpu() gave}] of as many rounds."""
    with started(names, row) as peers:
        for peer in peers.values():
            load(peer, peers["gateway"], row, min(WARM_UP, given.seconds), given.connections)
        taken = []
        for number in range(given.rounds):
            tell(f"{name_of(row)}: round {number + 1} of {given.rounds}")
            taken.append({name: cpu(peer, peers["gateway"], row, given.seconds, given.connections)
                          for name, peer in peers.items()})
        return taken
