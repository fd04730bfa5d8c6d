# SPDX-License-Identifier: Apache-2.0
"""What a peer needs besides CPU: memory at rest and for each idle connection, time to start."""

import contextlib
import resource
import select
import statistics
import time

from laravel import Client
from measure import started
from peers import Peer
from rig import PATIENCE, Service

CLIENT = Client(token="load", secret=b"0123456789abcdef")
SPARE_DESCRIPTORS = 200
SETTLED = 0.3  # seconds in which a peer closes what its clients left, and writes its log


def may_open(connections):
    """Can this process, and can those it starts, hold so many? Raises what may be raised."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard == resource.RLIM_INFINITY or hard >= connections + SPARE_DESCRIPTORS


def answered(connection):
    """Sends one sealed message and waits for its answer, which stays below one segment."""
    connection.sendall(CLIENT.request("/", {"hello": "world"}))
    answer = connection.recv(4096)
    if not answer.startswith(b"HTTP/1.1 200 "):
        raise SystemExit(f"an idle connection's request was answered with {answer[:60]!r}")


def settled_memory(peer):
    select.select([], [], [], SETTLED)
    return peer.memory()


def memory_of(peer, counts):
    """Bytes at rest, and for each idle connection at these counts; each connection was used once."""
    at_rest = settled_memory(peer)
    with contextlib.closing(peer.connect()) as connection:
        for _ in range(100):  # what the first requests need, no connection is to blame for
            answered(connection)
    base, idle, connections = settled_memory(peer), {}, []
    try:
        for count in sorted(counts):
            while len(connections) < count:
                connections.append(peer.connect())
                answered(connections[-1])
            idle[str(count)] = round((settled_memory(peer) - base) / count)
    finally:
        for connection in connections:
            connection.close()
    return {"at_rest": at_rest, "per_idle_connection": idle}


def memory(names, counts, tell):
    """{name: what memory_of() gave}. One peer at a time, for each has all descriptors."""
    found = {}
    for name in names:
        tell(f"memory: {name}")
        with started([name]) as peers:
            found[name] = memory_of(peers[name], counts)
    return found


def start(name, port):
    """Milliseconds from just before the process is made until a sealed message was forwarded and answered."""
    request = CLIENT.request("/", {"hello": "world"})
    with Peer(name, port) as peer, contextlib.closing(peer.connect()) as connection:
        connection.settimeout(PATIENCE)
        connection.sendall(request)
        connection.recv(4096)
        return (time.monotonic_ns() - peer.started_ns) / 1e6


def starts(names, count, tell):
    """{name: [ms]} and their medians, all peers in turn."""
    tell("start-up")
    with Service() as service:
        taken = {name: [] for name in names}
        for _ in range(count):
            for name, of_peer in taken.items():
                of_peer.append(round(start(name, service.port), 2))
    return {name: {"ms": statistics.median(of_peer), "all": of_peer} for name, of_peer in taken.items()}
