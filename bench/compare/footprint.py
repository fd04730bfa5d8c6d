# SPDX-License-Identifier: Apache-2.0
"""What a peer needs besides CPU: memory at rest and for each idle connection, time to start."""

import contextlib
import resource
import select
import statistics
import threading
import time

from laravel import Client
from measure import started
from peers import Peer
from rig import PATIENCE, Service as Answering
from upstream import OK, Service, read_request

CLIENT = Client(token="load", secret=b"0123456789abcdef")
BURST_MESSAGE = {"pad": "x" * 1000}
SPARE_DESCRIPTORS = 200
SETTLED = 0.3  # seconds in which a peer closes what its clients left, and writes its log


def may_open(connections):
    """Can this process, and can those it starts, hold so many? Raises what may be raised."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard == resource.RLIM_INFINITY or hard >= connections + SPARE_DESCRIPTORS


def take_answer(connection):
    """An answer stays below one segment."""
    connection.settimeout(PATIENCE)
    answer = connection.recv(4096)
    if not answer.startswith(b"HTTP/1.1 200 "):
        raise SystemExit(f"a proper message was answered with {answer[:60]!r}")


def use(connection):
    """Sends one sealed message and waits for its answer."""
    connection.sendall(CLIENT.request("/", {"hello": "world"}))
    take_answer(connection)


def settled_memory(peer):
    select.select([], [], [], SETTLED)
    return peer.memory()


def memory_of(peer, counts):
    """Bytes at rest, and for each idle connection at these counts; each connection was used once."""
    at_rest = settled_memory(peer)
    with contextlib.closing(peer.connect()) as connection:
        for _ in range(100):  # what the first requests need, no connection is to blame for
            use(connection)
    base, idle, connections = settled_memory(peer), {}, []
    try:
        for count in sorted(counts):
            while len(connections) < count:
                connections.append(peer.connect())
                use(connections[-1])
            idle[str(count)] = round((settled_memory(peer) - base) / count)
    finally:
        for connection in connections:
            connection.close()
    return {"at_rest": at_rest, "per_idle_connection": idle}


class Held:
    """A service that keeps everybody waiting until so many requests have come, so that all are in flight at once."""

    def __init__(self, count):
        self._missing, self._guard, self._all_came = count, threading.Lock(), threading.Event()
        self.service = Service(self._serve)

    def _serve(self, peer, _):
        buffered = b""
        while True:
            received, buffered = read_request(peer, buffered)
            if received is None:
                return
            with self._guard:
                self._missing -= 1
                if self._missing == 0:
                    self._all_came.set()
            self._all_came.wait(PATIENCE)
            peer.sendall(OK)


def memory_after_burst(name, count):
    """Bytes for each of so many connections that are idle again after all of them had a request in flight at once:
    what a peer took for the peak and does not give back."""
    held = Held(count)
    with held.service, Peer(name, held.service.port) as peer:
        base, connections = settled_memory(peer), []
        try:
            for _ in range(count):
                connections.append(peer.connect())
            for connection in connections:
                connection.sendall(CLIENT.request("/", BURST_MESSAGE))
            for connection in connections:
                take_answer(connection)
            return round((settled_memory(peer) - base) / count)
        finally:
            for connection in connections:
                connection.close()


def memory(names, counts, burst, tell):
    """{name: what memory_of() gave, and what was measured after a burst}. One peer at a time: each has all
    descriptors."""
    found = {}
    for name in names:
        tell(f"memory: {name}")
        with started([name]) as peers:
            found[name] = memory_of(peers[name], counts)
        found[name]["per_connection_after_burst"] = memory_after_burst(name, burst)
    return found


def start(name, port):
    """Milliseconds from just before the process is made until a sealed message was forwarded and answered."""
    with Peer(name, port) as peer, contextlib.closing(peer.connect()) as connection:
        use(connection)
        return (time.monotonic_ns() - peer.started_ns) / 1e6


def starts(names, count, tell):
    """{name: [ms]} and their medians, all peers in turn."""
    tell("start-up")
    with Answering() as service:
        taken = {name: [] for name in names}
        for _ in range(count):
            for name, of_peer in taken.items():
                of_peer.append(round(start(name, service.port), 2))
    return {name: {"ms": statistics.median(of_peer), "all": of_peer} for name, of_peer in taken.items()}
