#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Each limit answers with its status before anything is buffered past it; each wait ends."""

import json
import socket
import threading
import unittest

from gateway import Gateway, basic
from laravel import Client, serialize, seal
from upstream import Upstream, read_request, Service
from wire import PATIENCE, Connection, exchange

MIB = 1 << 20
SMALL = """
  - {path: /small/, scheme: laravel, upstream: orders, body_bytes: 1KiB}
limits: {%s}
"""


def code(answer):
    return json.loads(answer.body)["code"]


def head(*lines, first="POST /open/x HTTP/1.1"):
    return "\r\n".join([first, "Host: gateway", *lines, "", ""]).encode()


class Limited(unittest.TestCase):
    def gateway(self, limits="", reply=None, workers=1):
        self.service = self.enterContext(Upstream(reply) if reply else Upstream())
        return self.enterContext(Gateway(basic(self.service.url, workers=workers, more=SMALL % limits)))


class Sizes(Limited):
    def test_a_head_over_its_limit_gets_431(self):
        gateway = self.gateway("header_bytes: 2KiB")
        for more in (["X: " + "x" * 2048], [f"X-{n}: y" for n in range(101)]):
            answer = exchange(gateway.address, head(*more))
            self.assertEqual((answer.status, code(answer)), (431, "headers_too_large"))
        # One that never ends is answered when the limit is reached, not when it ends.
        with Connection(gateway.address) as connection:
            connection.send(head("X: " + "x" * 4096)[:-4])
            self.assertEqual(connection.answer().status, 431)
            self.assertTrue(connection.closed())
        self.assertEqual(exchange(gateway.address, head("X: " + "x" * 1900, "Content-Length: 0")).status, 200)
        self.assertEqual(len(self.service.requests), 1)

    def test_a_target_over_its_limit_gets_414(self):
        gateway = self.gateway("target_bytes: 64B")
        path = "/open/" + "x" * 58
        self.assertEqual(exchange(gateway.address, head(first=f"GET {path} HTTP/1.1"), "GET").status, 200)
        answer = exchange(gateway.address, head(first=f"GET {path}y HTTP/1.1"), "GET")
        self.assertEqual((answer.status, code(answer)), (414, "target_too_long"))

    def test_a_declared_body_over_its_limit_gets_413_before_it_is_sent(self):
        # V30
        gateway = self.gateway()
        for length in (MIB + 1, 1 << 40, (1 << 63) - 1):
            for more in ([], ["Expect: 100-continue"]):
                with Connection(gateway.address) as connection:
                    connection.send(head(f"Content-Length: {length}", *more))
                    answer = connection.answer()
                    self.assertEqual((answer.status, code(answer)), (413, "too_large"))
                    self.assertEqual(answer.field("Connection"), "close")
        self.assertEqual(self.service.connections, 0)

    def test_a_chunked_body_over_its_limit_gets_413_and_takes_no_memory_beyond_it(self):
        # V30
        gateway = self.gateway()
        self.assertEqual(exchange(gateway.address, Client().request()).status, 200)
        before = gateway.resident_bytes()
        for _ in range(5):
            with Connection(gateway.address) as connection:
                connection.send(head("Transfer-Encoding: chunked"))
                chunk = b"8000\r\n" + b"x" * 0x8000 + b"\r\n"
                try:
                    for _ in range(64 * MIB // 0x8000):
                        connection.send(chunk)
                except OSError:
                    pass  # it has stopped reading
                self.assertEqual(connection.answer().status, 413)
        self.assertLess(gateway.resident_bytes() - before, 32 * MIB)  # sanitizers keep what was freed
        self.assertEqual(len(self.service.requests), 1)

    def test_a_body_of_exactly_the_limit_passes(self):
        gateway = self.gateway("body_bytes: 64KiB")
        body = b"x" * (64 * 1024)
        self.assertEqual(exchange(gateway.address, head(f"Content-Length: {len(body)}") + body).status, 200)
        chunked = head("Transfer-Encoding: chunked") + b"10000\r\n" + body + b"\r\n0\r\n\r\n"
        self.assertEqual(exchange(gateway.address, chunked).status, 200)
        self.assertEqual([len(r.body) for r in self.service.requests], [len(body)] * 2)

    def test_a_route_may_have_a_limit_of_its_own(self):
        gateway = self.gateway()
        client = Client()
        self.assertEqual(exchange(gateway.address, client.request("/small/x")).status, 200)
        large = client.request("/small/x", message={"text": "x" * 1024})
        self.assertEqual(exchange(gateway.address, large).status, 413)
        self.assertEqual(exchange(gateway.address, client.request("/api/x", message={"text": "x" * 1024})).status, 200)

    def test_who_is_not_proven_has_no_body_read(self):
        # V30
        gateway = self.gateway()
        with Connection(gateway.address) as connection:
            fields = Client("nobody").fields()
            lines = [f"{name}: {value}" for name, value in fields.items()]
            connection.send(head("Content-Length: 1000000", "Expect: 100-continue", *lines,
                                 first="POST /api/x HTTP/1.1"))
            answer = connection.answer()  # no 100 before it
            self.assertEqual((answer.status, code(answer)), (401, "unauthenticated"))
            self.assertTrue(connection.closed())

    def test_connections_over_the_limit_get_503(self):
        gateway = self.gateway("connections: 3", workers=2)
        held = [Connection(gateway.address) for _ in range(3)]
        for connection in held:
            connection.send(Client().request())
            self.assertEqual(connection.answer().status, 200)
        with Connection(gateway.address) as one_more:
            answer = one_more.answer()
            self.assertEqual((answer.status, code(answer)), (503, "unavailable"))
            self.assertGreater(int(answer.field("Retry-After")), 0)
            self.assertTrue(one_more.closed())
        self.assertEqual(gateway.metrics()['countersign_refusals_total{route="-",client="-",reason="overloaded"}'], 1)
        for connection in held:
            connection.send(Client().request())
            self.assertEqual(connection.answer().status, 200)
            connection.close()

    def test_a_reply_to_be_sealed_over_its_limit_is_not_sent(self):
        large = b"HTTP/1.1 200 OK\r\nContent-Length: 8192\r\n\r\n" + b"x" * 8192
        chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1000\r\n%s\r\n" % (b"x" * 4096) * 2

        def until_close(_, peer):
            peer.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 8192)
            peer.shutdown(socket.SHUT_WR)

        for reply in (large, chunked + b"0\r\n\r\n", until_close):
            service = self.enterContext(Upstream(reply))
            more = "  - {path: /sealed/, scheme: laravel, upstream: orders, reply: {sign: true, seal: true}}\n" \
                   "limits: {reply_bytes: 4KiB}\n"
            gateway = self.enterContext(Gateway(basic(service.url, more=more)))
            request = Client().request("/sealed/x")
            self.assertEqual(exchange(gateway.address, request).status, 502)
            self.assertEqual(gateway.next_log_line()["reason"], "reply_too_large")
            # The service has had it: the same bytes are a replay.
            self.assertEqual(exchange(gateway.address, request).status, 401)
            self.assertEqual(gateway.next_log_line()["reason"], "replay")
            self.assertEqual(len(exchange(gateway.address, Client().request("/api/x")).body), 8192)


class Waits(Limited):
    def test_a_head_that_does_not_come_gets_408(self):
        gateway = self.gateway("header_timeout: 200ms")
        for beginning in (b"P", head()[:-2]):
            with Connection(gateway.address) as connection:
                connection.send(beginning)
                answer = connection.answer()
                self.assertEqual((answer.status, code(answer)), (408, "timeout"))
                self.assertTrue(connection.closed())

    def trickle(self, connection, data):
        """A byte as often as the peer takes one, until it answers."""
        connection.socket.settimeout(0.05)
        for byte in data * 1000:
            try:
                connection.send(bytes([byte]))
                connection.buffered += connection.socket.recv(4096)
                break
            except TimeoutError:
                continue
        connection.socket.settimeout(PATIENCE)

    def test_a_head_that_trickles_gets_408(self):
        gateway = self.gateway("header_timeout: 300ms")
        with Connection(gateway.address) as connection:
            connection.send(b"POST /open/x HTTP/1.1\r\nX: ")
            self.trickle(connection, b"x")
            self.assertEqual(connection.answer().status, 408)

    def test_a_body_that_does_not_come_or_trickles_gets_408(self):
        gateway = self.gateway("body_timeout: 300ms")
        for framing in ("Content-Length: 1000", "Transfer-Encoding: chunked"):
            with Connection(gateway.address) as connection:
                connection.send(head(framing))
                self.assertEqual(connection.answer().status, 408)
            with Connection(gateway.address) as connection:
                connection.send(head(framing) + (b"3e8\r\n" if "chunked" in framing else b""))
                self.trickle(connection, b"x")
                self.assertEqual(connection.answer().status, 408)
        self.assertEqual(self.service.connections, 0)

    def test_an_idle_connection_is_closed_without_a_word(self):
        gateway = self.gateway("idle_timeout: 200ms")
        with Connection(gateway.address) as fresh, Connection(gateway.address) as used:
            used.send(Client().request())
            self.assertEqual(used.answer().status, 200)
            self.assertTrue(used.closed())
            self.assertTrue(fresh.closed())
        self.assertEqual([gateway.next_log_line()["status"]], [200])

    def test_who_does_not_read_the_answer_is_cut(self):
        gone = threading.Event()

        def endless(peer, _):
            read_request(peer)
            peer.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            try:
                while True:
                    peer.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")
            except OSError:
                gone.set()

        service = self.enterContext(Service(endless))
        gateway = self.enterContext(Gateway(basic(service.url, more="limits: {idle_timeout: 300ms}\n")))
        with Connection(gateway.address) as connection:
            connection.send(Client().request())
            self.assertTrue(gone.wait(PATIENCE))
            self.assertEqual(gateway.next_log_line()["reason"], "client_closed")
            self.assertLess(gateway.peak_bytes(), 200 * MIB)


class Opening(Limited):
    def test_a_large_message_is_opened_whole(self):
        gateway = self.gateway("body_bytes: 4MiB")
        text = "x" * (1500 * 1024)
        payload = seal(serialize(json.dumps({"text": text})), b"0123456789abcdef")
        self.assertEqual(exchange(gateway.address, Client().request(payload=payload)).status, 200)
        self.assertEqual(json.loads(self.service.requests[0].body), {"text": text})


if __name__ == "__main__":
    unittest.main()
