#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Services that answer badly, late or not at all: the client is told, nobody else suffers, nothing is sent twice."""

import json
import signal
import socket
import struct
import threading
import unittest

from gateway import Gateway, basic
from laravel import Client
from upstream import OK, Service, Upstream, read_request, reserved_port
from wire import PATIENCE, Connection, exchange

HEAD = b"HTTP/1.1 200 OK\r\n"
IMPATIENT = """
listen: 127.0.0.1:0
admin: 127.0.0.1:0
workers: 1
clients: {{billing: {{token: my_key, secret: 0123456789abcdef}}}}
upstreams: {{orders: {{endpoints: [{endpoints}], timeouts: {{connect: 500ms, response: 300ms}}}}}}
routes: [{{path: /api/, scheme: laravel, upstream: orders}}]
"""


def reset(peer):
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


class Bad(unittest.TestCase):
    def told(self, script, path="/api/x"):
        """(status, reason in the log) of a request to a service that does this; then another one must be served."""
        done = threading.Event()

        def first_bad(peer, _):
            if done.is_set():
                while read_request(peer)[0]:
                    peer.sendall(OK)
                return
            read_request(peer)
            script(peer)

        with Service(first_bad) as service:
            with Gateway(IMPATIENT.format(endpoints=service.url)) as gateway:
                with Connection(gateway.address) as connection:
                    connection.send(Client().request(path))
                    try:
                        status = connection.answer().status
                    except EOFError:
                        status = None  # an answer that had begun can only be cut
                reason = gateway.next_log_line().get("reason")
                done.set()
                self.assertEqual(exchange(gateway.address, Client().request()).status, 200)
                return status, reason

    def test_what_is_no_answer_is_502(self):
        for said in (b"", b"nonsense\r\n\r\n", b"HTTP/2 200 OK\r\n\r\n", b"HTTP/1.1 200", b"HTTP/1.1 99 X\r\n\r\n",
                     HEAD + b"Content-Length: 1\r\nContent-Length: 1\r\n\r\nx", HEAD + b"Content-Length: +1\r\n\r\nx",
                     HEAD + b"Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n",
                     HEAD + b"Transfer-Encoding: gzip\r\n\r\n", HEAD + b"Transfer-Encoding: chunked, identity\r\n\r\n",
                     HEAD + b"X: a\r\n b\r\n\r\n", HEAD + b"no colon\r\n\r\n",
                     HEAD + b"X: " + b"x" * 20000 + b"\r\n\r\n",
                     HEAD + b"".join(b"X-%d: y\r\n" % n for n in range(200)) + b"\r\n",
                     b"HTTP/1.1 101 Switching Protocols\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n" * 20):
            with self.subTest(said=said[:60]):
                self.assertEqual(self.told(lambda peer: peer.sendall(said)), (502, "upstream_invalid"))

    def test_a_reset_is_502(self):
        self.assertEqual(self.told(reset), (502, "upstream_invalid"))

    def test_silence_is_504(self):
        self.assertEqual(self.told(lambda peer: peer.recv(1)), (504, "upstream_timeout"))
        self.assertEqual(self.told(lambda peer: (peer.sendall(HEAD), peer.recv(1))), (504, "upstream_timeout"))

    def test_an_answer_that_breaks_off_is_cut_and_never_looks_whole(self):
        for said in (HEAD + b"Content-Length: 10\r\n\r\nhello",
                     HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
                     HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhel"):
            with self.subTest(said=said):
                self.assertEqual(self.told(lambda peer: peer.sendall(said)), (None, "upstream_invalid"))
        stalls = lambda peer: (peer.sendall(HEAD + b"Content-Length: 10\r\n\r\nhello"), peer.recv(1))
        self.assertEqual(self.told(stalls), (None, "upstream_timeout"))

    def test_a_chunk_that_lies_is_cut(self):
        for said in (b"Z\r\nhello\r\n", b"5\r\nhelloXX\r\n", b"-1\r\n", b"5\nhello\n"):
            lie = HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + said
            self.assertEqual(self.told(lambda peer: peer.sendall(lie))[1],
                             "upstream_invalid", said)

    def test_interim_answers_are_skipped(self):
        said = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + OK
        self.assertEqual(self.told(lambda peer: peer.sendall(said)), (200, None))

    def test_what_follows_an_answer_is_nobody_elses(self):
        for said in (OK + b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged", OK + b"x",
                     b"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello", b"HTTP/1.1 304 X\r\n\r\nbody"):
            with self.subTest(said=said):
                def script(peer, _):
                    while True:
                        received, rest = read_request(peer)
                        if received is None:
                            return
                        peer.sendall(said if "first" in received.line else OK)

                with Service(script) as service, Gateway(basic(service.url)) as gateway:
                    with Connection(gateway.address) as connection:
                        connection.send(Client().request("/api/first"))
                        self.assertLess(connection.answer().status, 400)
                        for _ in range(3):
                            connection.send(Client().request("/api/second"))
                            answer = connection.answer()
                            self.assertEqual((answer.status, answer.body), (200, b'{"ok":true}'))


class Kept(unittest.TestCase):
    def test_an_answer_before_the_body_was_read_reaches_the_client(self):
        def hasty(peer, _):
            peer.recv(1)
            peer.sendall(b"HTTP/1.1 413 Too Much\r\nConnection: close\r\nContent-Length: 4\r\n\r\nmuch")
            peer.shutdown(socket.SHUT_WR)
            while peer.recv(65536):
                pass

        with Service(hasty) as service, Gateway(basic(service.url, more="limits: {body_bytes: 16MiB}\n")) as gateway:
            body = b"x" * (8 << 20)
            request = b"POST /open/x HTTP/1.1\r\nHost: g\r\nContent-Length: %d\r\n\r\n" % len(body) + body
            answer = exchange(gateway.address, request)
            self.assertEqual((answer.status, answer.body), (413, b"much"))

    def test_a_kept_connection_that_the_service_closed_is_not_used(self):
        closed = threading.Semaphore(0)

        def once(peer, _):
            read_request(peer)
            peer.sendall(OK)
            peer.shutdown(socket.SHUT_RDWR)
            closed.release()

        with Service(once) as service, Gateway(basic(service.url)) as gateway:
            for number in range(1, 6):
                self.assertEqual(exchange(gateway.address, Client().request()).status, 200)
                self.assertTrue(closed.acquire(timeout=PATIENCE))
                gateway.admin_get("/livez")
                self.assertEqual(service.connections, number)

    def test_one_of_two_endpoints_that_is_down_costs_nobody_a_request(self):
        down = reserved_port()
        with Upstream() as service:
            gone = "http://127.0.0.1:%d" % down.getsockname()[1]
            with Gateway(IMPATIENT.format(endpoints=f"{gone}, {service.url}")) as gateway:
                for _ in range(10):
                    self.assertEqual(exchange(gateway.address, Client().request()).status, 200)
                self.assertEqual(len(service.requests), 10)
                figures = gateway.metrics()
                up = 'countersign_upstream_up{upstream="orders",endpoint="%s"}'
                self.assertEqual(figures[up % service.url], 1)
                self.assertEqual(figures[up % gone], 0)
        down.close()

    def test_where_every_endpoint_is_down_the_message_was_not_said(self):
        down = [reserved_port(), reserved_port()]
        urls = ["http://127.0.0.1:%d" % port.getsockname()[1] for port in down]
        request = Client().request()
        with Gateway(IMPATIENT.format(endpoints=", ".join(urls))) as gateway:
            self.assertEqual(json.loads(exchange(gateway.address, request).body)["code"], "upstream_unreachable")
            with Upstream(listener=down[1]) as service:
                self.assertEqual(exchange(gateway.address, request).status, 200)
                self.assertEqual(len(service.requests), 1)
        down[0].close()

    def test_why_a_service_is_not_reached_is_told_once_a_minute(self):
        down = reserved_port()
        self.addCleanup(down.close)
        url = "http://127.0.0.1:%d" % down.getsockname()[1]
        with Gateway(IMPATIENT.format(endpoints=url)) as gateway:
            for _ in range(3):
                self.assertEqual(exchange(gateway.address, Client().request()).status, 502)
            why = f"upstream orders: connecting to {url} failed: Connection refused"
            gateway.wait_for_diagnostic(why)
            gateway.signal(signal.SIGTERM)
            self.assertEqual(gateway.wait(), 0)
            self.assertEqual(sum(why in line for line in gateway.diagnostics), 1)

    def test_an_answer_to_head_that_has_a_body_ends_the_connection(self):
        def wordy(peer, _):
            buffered = b""
            while True:
                received, buffered = read_request(peer, buffered)
                if received is None:
                    return
                peer.sendall(OK)  # with its body, whatever was asked

        with Service(wordy) as service, Gateway(basic(service.url)) as gateway:
            with Connection(gateway.address) as connection:
                for number in range(1, 4):
                    connection.send(b"HEAD /open/x HTTP/1.1\r\nHost: g\r\n\r\n")
                    answer = connection.answer("HEAD")
                    self.assertEqual((answer.status, answer.field("Content-Length")), (200, "11"))
                    self.assertEqual(service.connections, number)
                connection.send(b"GET /open/x HTTP/1.1\r\nHost: g\r\n\r\n")
                self.assertEqual(connection.answer("GET").body, b'{"ok":true}')

    def test_a_client_that_leaves_an_endless_answer_ends_it(self):
        ended = threading.Event()

        def endless(peer, _):
            read_request(peer)
            peer.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % (10 << 30))
            try:
                while True:
                    peer.sendall(b"x" * 65536)
            except OSError:
                ended.set()

        with Service(endless) as service, Gateway(basic(service.url)) as gateway:
            with Connection(gateway.address) as connection:
                connection.send(Client().request())
                connection.head()
            self.assertTrue(ended.wait(PATIENCE))
            self.assertEqual(gateway.next_log_line()["reason"], "client_closed")
            self.assertEqual(gateway.metrics()["countersign_requests_in_flight"], 0)

    def test_a_problem_of_ours_names_the_request_and_nothing_else(self):
        with Service(lambda peer, _: reset(peer)) as service, Gateway(basic(service.url)) as gateway:
            answer = exchange(gateway.address, Client().request())
            document = json.loads(answer.body)
            self.assertEqual(set(document), {"type", "title", "status", "code", "request_id"})
            self.assertNotIn(str(service.port), answer.body.decode())


if __name__ == "__main__":
    unittest.main()
