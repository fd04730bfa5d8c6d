#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A worker never waits for one connection: whoever is silent or slow keeps nobody else waiting."""

import socket
import threading
import unittest

from gateway import Gateway, basic
from laravel import Client
from upstream import OK, Upstream
from wire import PATIENCE, Connection, exchange

LARGE = 64 << 20  # more than the kernel holds for a peer that does not read


class Large:
    """Answers /api/large with much, and tells when nobody took any more of it for a second."""

    def __init__(self):
        self.full = threading.Event()

    def __call__(self, received, peer):
        if received.line.split()[1] != "/api/large":
            return OK
        left = memoryview(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % LARGE + b"x" * LARGE)
        peer.settimeout(1)
        try:
            while left:
                left = left[peer.send(left[:65536]):]
        except TimeoutError:
            self.full.set()
        peer.settimeout(PATIENCE)
        peer.sendall(left)
        return None


def read_to_end(connection):
    """How many bytes the body has."""
    data = bytearray()
    while piece := connection.socket.recv(1 << 20):
        data += piece
    return len(data) - data.index(b"\r\n\r\n") - 4


class Patience(unittest.TestCase):
    def test_a_kept_upstream_connection_that_was_silent_for_long_is_used_again(self):
        with Upstream() as service, Gateway(basic(service.url, more="limits: {idle_timeout: 2s}")) as gateway:
            with Connection(gateway.address) as first:
                first.send(Client().request())
                self.assertEqual(first.answer().status, 200)
                self.assertTrue(first.closed())  # idle for as long as the upstream's connection was
            self.assertEqual(exchange(gateway.address, Client().request()).status, 200)
            self.assertEqual(service.connections, 1)

    def test_a_client_that_does_not_read_keeps_nobody_waiting(self):
        large = Large()
        with Upstream(large) as service, Gateway(basic(service.url)) as gateway:
            with Connection(gateway.address) as slow:
                slow.send(Client().request(path="/api/large", more=("Connection: close",)))
                self.assertTrue(large.full.wait(PATIENCE))
                self.assertEqual(exchange(gateway.address, Client().request()).status, 200)
                self.assertEqual(read_to_end(slow), LARGE)

    def test_an_upstream_that_does_not_read_keeps_nobody_waiting(self):
        with Upstream() as service, Stuck() as stuck, Gateway(stuck.configuration(service.url)) as gateway:
            with Connection(gateway.address) as slow:
                body = b"x" * (8 << 20)
                slow.send(b"POST /stuck/ HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
                stuck.accept()
                self.assertEqual(exchange(gateway.address, Client().request()).status, 200)
                stuck.hang_up()
                self.assertEqual(slow.answer().status, 502)


class Stuck:
    """An upstream that takes a connection and reads nothing."""

    def __init__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._peer = None

    def configuration(self, other):
        return basic(other, more="limits: {body_bytes: 16MiB}").replace(
            "upstreams:", "upstreams:\n  stuck: http://127.0.0.1:%d" % self._listener.getsockname()[1]).replace(
            "routes:", "routes:\n  - {path: /stuck/, scheme: none, upstream: stuck, content: any}")

    def accept(self):
        self._peer, _ = self._listener.accept()

    def hang_up(self):
        if self._peer:
            self._peer.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.hang_up()
        self._listener.close()


if __name__ == "__main__":
    unittest.main()
