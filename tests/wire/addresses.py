#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What one address may do: so many connections, and so many refusals before nothing of it is proven for a while."""

import socket
import time
import unittest

from gateway import Gateway
from laravel import Client
from talk import code
from upstream import OK, Upstream
from wire import PATIENCE, Connection, exchange

CONFIG = """
listen: 127.0.0.1:0
admin: 127.0.0.1:0
workers: {workers}
limits: {{per_address: {{{limits}}}}}
{top}
clients:
  billing: {{token: my_key, secret: 0123456789abcdef}}
  away: {{secret: fedcba9876543210, addresses: [192.0.2.0/24]}}
upstreams: {{orders: {url}}}
routes:
  - {{path: /api/, scheme: laravel, upstream: orders}}
  - {{path: /trial/, scheme: laravel, upstream: orders, mode: observe}}
  - {{path: /open/, scheme: none, upstream: orders}}
"""
FORGER = Client(secret=b"0" * 16)
LIMITED = ("address_limited", 429, "rate_limited")
REFUSED = 'countersign_refusals_total{route="%s",client="-",reason="address_limited"}'


class From(Connection):
    """From another address of this machine."""

    def __init__(self, address, source):
        super().__init__(address)
        self.socket.close()
        self.socket = socket.create_connection(address, PATIENCE, (source, 0))


def get(path, *fields):
    return "\r\n".join((f"GET {path} HTTP/1.1", "Host: gateway", *fields, "", "")).encode()


class Limited(unittest.TestCase):
    def start(self, limits, top="", workers=1):
        self.service = self.enterContext(Upstream(OK))
        self.limits = limits
        self.text = CONFIG.format(url=self.service.url, limits=limits, top=top, workers=workers)
        self.gateway = self.enterContext(Gateway(self.text))
        self.address = self.gateway.address

    def ask(self, request):
        """(internal reason, status, public code)."""
        answer = exchange(self.address, request)
        record = self.gateway.next_log_line()
        return record.get("reason"), answer.status, code(answer)

    def forge(self, times, more=()):
        for _ in range(times):
            self.assertEqual(self.ask(FORGER.request(more=more))[:2], ("bad_signature", 401))


class Failures(Limited):
    def test_who_fails_too_often_is_not_listened_to_for_a_while(self):
        self.start("failures: 3, per: 60s")
        self.forge(3)
        for request in (Client().request(), FORGER.request(), Client().request("/trial/x")):
            answer = exchange(self.address, request)
            self.assertEqual((answer.status, code(answer)), (429, "rate_limited"))
            self.assertIn(int(answer.field("Retry-After")), range(15, 21))
            self.assertEqual((answer.field("RateLimit"), answer.field("WWW-Authenticate")), (None, None))
            record = self.gateway.next_log_line()
            self.assertEqual(record["reason"], "address_limited")
            self.assertNotIn("client", record)  # nothing of it was read
        self.assertEqual((self.service.requests, self.service.connections), ([], 0))
        metrics = self.gateway.metrics()
        self.assertEqual((metrics[REFUSED % "api"], metrics[REFUSED % "trial"]), (2, 1))
        # What needs no proof goes on, and so does everybody else.
        self.assertEqual(self.ask(get("/open/"))[:2], (None, 200))
        with From(self.address, "127.0.0.2") as other:
            other.send(Client().request())
            self.assertEqual(other.answer().status, 200)

    def test_it_passes_and_asking_on_makes_it_no_longer(self):
        self.start("failures: 4, per: 1s")
        until = time.monotonic() + PATIENCE
        while self.ask(FORGER.request()) != LIMITED and time.monotonic() < until:
            pass
        message, found = Client().request(), []
        while (None, 200, None) not in found and time.monotonic() < until:
            found.append(self.ask(message))
        self.assertEqual(set(found) - {LIMITED}, {(None, 200, None)})

    def test_what_counts_is_what_a_forger_gets(self):
        self.start("failures: 3, per: 1h")
        away = Client("away", b"fedcba9876543210")
        bodyless = "POST /api/x HTTP/1.1\r\nHost: gateway\r\ntoken: my_key\r\nContent-Length: 0\r\n\r\n".encode()
        for request, status in ((get("/nowhere"), 404), (b"GET /open/ HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n", 417),
                                (b"TRACE /open/ HTTP/1.1\r\nHost: a\r\n\r\n", 501), (Client().request(), 200),
                                (away.request(), 403), (bodyless, 400), (FORGER.request(), 401)):
            self.assertEqual(self.ask(request)[1], status)
        self.assertEqual(self.ask(Client().request()), LIMITED)

    def test_what_was_let_pass_has_not_failed(self):
        self.start("failures: 2, per: 1h")
        for _ in range(5):
            self.assertEqual(self.ask(FORGER.request("/trial/x"))[:2], ("bad_signature", 200))
        self.assertEqual(self.ask(Client().request())[1], 200)

    def test_all_workers_count_together(self):
        self.start("failures: 10, per: 1h", workers=4)
        self.assertEqual([exchange(self.address, FORGER.request()).status for _ in range(20)], [401] * 10 + [429] * 10)

    def test_it_is_the_one_behind_a_trusted_proxy(self):
        self.start("failures: 2, per: 1h", "trusted_proxies: [127.0.0.1]")
        behind = lambda address: [f"X-Forwarded-For: {address}"]
        self.forge(2, behind("203.0.113.9"))
        self.assertEqual(self.ask(Client().request(more=behind("203.0.113.9"))), LIMITED)
        self.assertEqual(self.ask(Client().request(more=behind("203.0.113.8")))[1], 200)
        # 64 bits of IPv6 are one customer's.
        self.forge(2, behind("2001:db8::1"))
        self.assertEqual(self.ask(Client().request(more=behind("2001:db8::2:3:4:5"))), LIMITED)
        self.assertEqual(self.ask(Client().request(more=behind("2001:db8:0:1::1")))[1], 200)
        # Whose word can't be taken is nobody, and the proxy speaks for many.
        for _ in range(4):
            self.forge(1, behind("unknown"))
            self.forge(1)
        self.assertEqual(self.ask(Client().request())[1], 200)

    def test_nobody_can_say_that_they_are_somebody_else(self):
        self.start("failures: 2, per: 1h")
        self.forge(1, ["X-Forwarded-For: 203.0.113.9"])
        self.forge(1, ["X-Forwarded-For: 203.0.113.8"])
        self.assertEqual(self.ask(Client().request(more=["X-Forwarded-For: 203.0.113.7"])), LIMITED)

    def test_a_reload_forgets_it_only_where_the_limit_is_another(self):
        self.start("failures: 2, per: 1h")
        self.forge(2)
        self.assertTrue(self.gateway.reload())
        self.assertEqual(self.ask(Client().request()), LIMITED)
        self.assertTrue(self.gateway.reload(self.text.replace(self.limits, "failures: 3, per: 1h")))
        self.forge(3)
        self.assertEqual(self.ask(Client().request()), LIMITED)
        self.assertTrue(self.gateway.reload(self.text.replace(self.limits, "connections: 100")))
        self.assertEqual(self.ask(Client().request())[1], 200)


class Connections(Limited):
    COUNT = "countersign_address_connections_refused_total"

    def served(self, connection):
        connection.send(get("/open/"))
        self.assertEqual(connection.answer("GET").status, 200)

    def test_beyond_its_number_an_address_is_hung_up_on(self):
        self.start("connections: 2", workers=2)
        held = [self.enterContext(Connection(self.address)) for _ in range(2)]
        for connection in held:
            self.served(connection)
        for n in (1, 2, 3):
            with Connection(self.address) as more:
                self.assertTrue(more.closed())
            self.assertEqual(self.gateway.metrics()[self.COUNT], n)
        with From(self.address, "127.0.0.2") as other:
            self.served(other)
        for connection in held:
            self.served(connection)
        held[0].close()
        until, answered = time.monotonic() + PATIENCE, False
        while not answered and time.monotonic() < until:
            with Connection(self.address) as again:
                again.send(get("/open/"))
                try:
                    answered = again.answer("GET").status == 200
                except (EOFError, OSError):
                    pass
        self.assertTrue(answered)

    def test_a_trusted_proxy_has_those_of_all_who_are_behind_it(self):
        self.start("connections: 1", "trusted_proxies: [127.0.0.1]")
        for connection in [self.enterContext(Connection(self.address)) for _ in range(5)]:
            self.served(connection)
        self.assertEqual(self.gateway.metrics()[self.COUNT], 0)

    def test_a_reload_counts_what_begins_from_then_on(self):
        self.start("failures: 1000")
        before = [self.enterContext(Connection(self.address)) for _ in range(3)]
        for connection in before:
            self.served(connection)
        self.assertTrue(self.gateway.reload(self.text.replace(self.limits, "connections: 1")))
        self.served(self.enterContext(Connection(self.address)))
        with Connection(self.address) as more:
            self.assertTrue(more.closed())
        for connection in before:
            self.served(connection)


if __name__ == "__main__":
    unittest.main()
