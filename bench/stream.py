# SPDX-License-Identifier: Apache-2.0
"""An answer of 10 GiB on its way to a client that reads it slowly: all of it arrives as it was sent, the gateway's
memory stays as it is, and the service is held to the client's pace. Others are served meanwhile."""

import argparse
import os
import sys
import threading
import time

from rig import BINARY, ROOT, Gateway, arguments_of, conclude, cpu_seconds, machine

from laravel import Client  # noqa: E402: rig finds them
from upstream import OK, Service, read_request
from wire import Connection, exchange

MIB = 1 << 20
# One worker: whoever holds it holds up everybody.
CONFIGURATION = """
listen: 127.0.0.1:0
admin: 127.0.0.1:0
workers: 1
access_log: {{path: /dev/null}}
clients: {{billing: {{token: my_key, secret: 0123456789abcdef}}}}
upstreams: {{service: {url}}}
routes: [{{path: /, scheme: laravel, upstream: service}}]
"""
MOST_GROWTH = 8 * MIB
# What may be between service and client: socket buffers of the kernel, twice, and one of the gateway's.
MOST_AHEAD = 32 * MIB
# No two neighbouring blocks begin alike, so that one that is lost or sent twice shows.
BLOCKS = [os.urandom(MIB) for _ in range(3)]


class Source:
    """A service whose /large is so many MiB, with a length or in chunks; anything else is a small answer."""

    def __init__(self, size, chunked):
        self.size, self.chunked, self.sent = size, chunked, 0

    def __call__(self, peer, _):
        buffered = b""
        while True:
            received, buffered = read_request(peer, buffered)
            if received is None:
                return
            if "/large" not in received.line:
                peer.sendall(OK)
                continue
            framing = b"Transfer-Encoding: chunked" if self.chunked else b"Content-Length: %d" % (self.size * MIB)
            peer.sendall(b"HTTP/1.1 200 OK\r\n" + framing + b"\r\n\r\n")
            for number in range(self.size):
                if self.chunked:
                    peer.sendall(b"%x\r\n" % MIB)
                peer.sendall(BLOCKS[number % 3])
                if self.chunked:
                    peer.sendall(b"\r\n")
                self.sent += MIB
            if self.chunked:
                peer.sendall(b"0\r\n\r\n")


class Reader:
    """Reads the answer at `rate` MiB/s, and compares each byte with what was sent."""

    def __init__(self, address, source, rate):
        self.source, self.rate = source, rate
        self.received = self.ahead = 0
        self.wrong = None
        self.connection = Connection(address)
        self.connection.send(Client().request("/large"))
        self.answer = self.connection.head()
        self.thread = threading.Thread(target=self._read)
        self.thread.start()

    def _read(self):
        try:
            begun = time.monotonic()
            for data in self._data():
                at = self.received
                self.received += len(data)
                while data:
                    block = memoryview(BLOCKS[at // MIB % 3])[at % MIB:at % MIB + len(data)]
                    if data[:len(block)] != block:
                        self.wrong = f"MiB {at // MIB} is not as it was sent"
                        return
                    at, data = at + len(block), data[len(block):]
                self.ahead = max(self.ahead, self.source.sent - self.received)
                early = begun + self.received / MIB / self.rate - time.monotonic()
                if early > 0:
                    time.sleep(early)
        except (OSError, EOFError) as e:
            self.wrong = f"after {self.received} bytes: {e!r}"

    def _data(self):
        if not self.source.chunked:
            while self.received < self.source.size * MIB:
                yield memoryview(self.connection.exactly(min(MIB, self.source.size * MIB - self.received)))
            return
        while piece := self.connection.piece():
            yield memoryview(piece)


def run(given):
    source = Source(given.mib, given.chunked)
    with Service(source) as service, Gateway(CONFIGURATION.format(url=service.url)) as gateway:
        # What the first request takes, it takes once.
        exchange(gateway.address, Client().request("/small"))
        before, used = gateway.peak_bytes(), cpu_seconds(gateway.process.pid)
        reader = Reader(gateway.address, source, given.rate)
        begun, others, late = time.monotonic(), 0, 0.0
        with Connection(gateway.address) as other:
            while reader.thread.is_alive():
                asked = time.monotonic()
                other.send(Client().request("/small", message={"number": others}))
                if other.answer().status != 200:
                    raise SystemExit("another client was not served")
                others, late = others + 1, max(late, time.monotonic() - asked)
                reader.thread.join(given.pause)
        seconds = time.monotonic() - begun
        used = cpu_seconds(gateway.process.pid) - used
        grown = gateway.peak_bytes() - before
        with reader.connection:
            pass
    return {"machine": machine(), "asked": vars(given), "status": reader.answer.status, "wrong_byte": reader.wrong,
            "received": reader.received, "grown": grown, "ahead": reader.ahead, "seconds": round(seconds, 2),
            "gateway_cpu_seconds": round(used, 2), "others": others, "others_longest_ms": round(late * 1000, 2)}


def differences(seen):
    """Sentences on what did not arrive as it was sent."""
    if seen["status"] != 200:
        yield f"status {seen['status']}"
    if seen["wrong_byte"]:
        yield seen["wrong_byte"]
    if seen["received"] != seen["asked"]["mib"] * MIB:
        yield f"{seen['received']} bytes arrived of {seen['asked']['mib']} MiB"
    if seen["ahead"] > MOST_AHEAD:
        yield f"the service was {seen['ahead'] / MIB:.1f} MiB ahead of the client"
    if not seen["others"]:
        yield "nobody else was served"


def shortfalls(seen):
    """Sentences on what the gateway kept of it."""
    if seen["grown"] > MOST_GROWTH:
        yield f"the gateway grew by {seen['grown'] / MIB:.1f} MiB, {MOST_GROWTH // MIB} allowed"


def tell(seen):
    print(f"{seen['received'] / (1 << 30):.2f} GiB in {seen['seconds']:.1f} s: the gateway grew by "
          f"{seen['grown'] / MIB:.2f} MiB and took {seen['gateway_cpu_seconds']} s of CPU; the service was "
          f"{seen['ahead'] / MIB:.1f} MiB ahead at most")
    print(f"beside it {seen['others']} requests of another client, {seen['others_longest_ms']} ms at most")
    for sentence in seen["wrong"]:
        print("WRONG: " + sentence)


def arguments(given=None):
    parser = argparse.ArgumentParser(prog="stream.sh", description=__doc__)
    parser.add_argument("--mib", type=int, default=10240, help="how large the answer is")
    parser.add_argument("--rate", type=float, default=100, help="MiB a second that the client reads")
    parser.add_argument("--pause", type=float, default=0.1, help="seconds between two requests of the other client")
    parser.add_argument("--chunked", action="store_true", help="in chunks, instead of with a Content-Length")
    found = arguments_of(parser, given)
    if not 1 <= found.mib <= 102400 or not 0 < found.mib / found.rate <= 600:
        parser.error("--mib, --rate: 1 to 102400 MiB, in 600 s at most")
    return found


def main():
    given = arguments()
    out = vars(given).pop("out")
    print(f"{os.path.relpath(BINARY, ROOT)}, {given.mib} MiB, the client reads {given.rate:.0f} MiB/s")
    seen = run(given)
    return conclude(seen, [*differences(seen), *shortfalls(seen)], tell, out)


if __name__ == "__main__":
    sys.exit(main())
