#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Clients that leave while a service works for them: it hears of it, and others get what they held."""

import shutil
import tempfile
import threading
import unittest

from certificates import Authority
from gateway import PATIENCE, Gateway, basic
from laravel import Client
from secure import Secure, client, secured
from upstream import OK, Service, Upstream
from wire import Connection, exchange

GET = b"GET /open/x HTTP/1.1\r\nHost: gateway\r\n\r\n"
BEGUN = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"


class Leaving(unittest.TestCase):
    def setUp(self):
        self.asked = threading.Semaphore(0)
        self.left = threading.Semaphore(0)
        self.first = None  # what is said before the service falls silent

    def silent(self, received, peer):
        """Says nothing more until whoever asked has gone."""
        if received.line.startswith("GET /open/quick"):
            return OK
        if self.first:
            peer.sendall(self.first)
        self.asked.release()
        try:
            while peer.recv(4096):
                pass
        except OSError:
            pass
        self.left.release()
        raise ConnectionAbortedError("nobody is there")

    def start(self, upstream="%s", more=""):
        self.service = self.enterContext(Upstream(self.silent))
        self.gateway = self.enterContext(Gateway(basic(upstream % self.service.url, more=more)))

    def working(self, request=GET):
        """A connection for which the service is at work."""
        connection = self.enterContext(Connection(self.gateway.address))
        connection.send(request)
        self.assertTrue(self.asked.acquire(timeout=PATIENCE))
        return connection

    def gone(self, status=None):
        self.assertTrue(self.left.acquire(timeout=PATIENCE))
        record = self.gateway.next_log_line()
        self.assertEqual((record.get("status"), record["reason"]), (status, "client_closed"))

    def test_before_the_answer(self):
        for leave in (lambda connection: connection.close(), lambda connection: connection.finish()):
            with self.subTest(leave=leave):
                self.start()
                leave(self.working())
                self.gone()

    def test_in_the_middle_of_an_answer(self):
        self.first = BEGUN
        self.start()
        connection = self.working()
        self.assertEqual(connection.head().status, 200)
        self.assertEqual(connection.piece(), b"hello")
        connection.close()
        self.gone(200)

    def test_before_the_service_has_taken_all_of_it(self):
        asked, over = threading.Event(), threading.Event()
        self.addCleanup(over.set)

        def take_nothing(peer, _):
            asked.set()
            over.wait(PATIENCE)

        service = self.enterContext(Service(take_nothing))
        upstream = f"{{endpoints: {service.url}, timeouts: {{response: 10m}}}}"
        self.gateway = self.enterContext(Gateway(basic(upstream, more="limits: {body_bytes: 32MiB}\n")))
        with Connection(self.gateway.address) as connection:
            connection.send(b"POST /open/x HTTP/1.1\r\nHost: g\r\nContent-Length: 16777216\r\n\r\n" + bytes(1 << 24))
            self.assertTrue(asked.wait(PATIENCE))
        record = self.gateway.next_log_line()
        self.assertEqual((record.get("status"), record["reason"]), (None, "client_closed"))

    def test_over_tls(self):
        folder = tempfile.mkdtemp(prefix="countersign-tls-")
        self.addCleanup(shutil.rmtree, folder)
        authority = Authority(folder)
        pair = authority.sign("gateway", ["gateway.example"])
        service = self.enterContext(Upstream(self.silent))
        for leave in (lambda connection: connection.finish(), lambda connection: connection.socket.unwrap()):
            self.gateway = self.enterContext(Gateway(secured(service.url, pair.tls)))
            connection = self.enterContext(Secure(self.gateway.address, client(authority)))
            connection.send(GET)
            self.assertTrue(self.asked.acquire(timeout=PATIENCE))
            leave(connection)
            self.gone()

    def test_others_get_its_place(self):
        self.start("{endpoints: %s, max_requests: 1, max_pending: 0}")
        connection = self.working()
        self.assertEqual(exchange(self.gateway.address, GET, "GET").status, 503)
        connection.close()
        self.assertTrue(self.left.acquire(timeout=PATIENCE))
        while exchange(self.gateway.address, GET.replace(b"/x", b"/quick"), "GET").status != 200:
            pass

    def test_its_message_was_one(self):
        """The service has had it: who left may not send it again."""
        self.start()
        request = Client().request()
        self.working(request).close()
        self.gone()
        self.assertEqual(exchange(self.gateway.address, request).status, 401)
        self.assertEqual(len(self.service.requests), 1)


if __name__ == "__main__":
    unittest.main()
