#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Where a client may call from, how often and how much at once, and whose word counts about it."""

import json
import threading
import time
import unittest

from gateway import Gateway
from laravel import Client
from upstream import OK, Upstream
from wire import PATIENCE, Connection, exchange

CONFIGURATION = """
listen: 127.0.0.1:0
admin: 127.0.0.1:0
workers: {workers}
{top}
clients:
  billing: {{token: my_key, secret: 0123456789abcdef{settings}}}
  shop: {{secret: fedcba9876543210}}
upstreams: {{orders: {url}}}
routes:
  - {{path: /api/, scheme: laravel, upstream: orders}}
  - {{path: /open/, scheme: none, upstream: orders}}
"""
SHOP = Client("shop", b"fedcba9876543210")


class Allowed(unittest.TestCase):
    def gateway(self, settings="", top="", workers=1, reply=OK):
        self.service = self.enterContext(Upstream(reply))
        return self.enterContext(Gateway(CONFIGURATION.format(
            url=self.service.url, settings=settings and ", " + settings, top=top, workers=workers)))

    def refused(self, answer, status, code):
        self.assertEqual((answer.status, json.loads(answer.body)["code"]), (status, code))


class Addresses(Allowed):
    def test_from_elsewhere_a_proven_client_gets_403(self):
        gateway = self.gateway("addresses: [10.0.0.0/8]")
        self.refused(exchange(gateway.address, Client().request()), 403, "forbidden")
        self.assertEqual(gateway.next_log_line()["reason"], "address_forbidden")
        # Nobody's word counts.
        self.refused(exchange(gateway.address, Client().request(more=["X-Forwarded-For: 10.1.2.3"])), 403, "forbidden")
        self.assertEqual(gateway.next_log_line()["client_address"], "127.0.0.1")
        # A stranger doesn't learn that there is such a client.
        self.refused(exchange(gateway.address, Client(secret=b"0" * 16).request()), 401, "unauthenticated")
        self.assertEqual(self.service.requests, [])

    def test_from_there_it_passes(self):
        gateway = self.gateway("addresses: 127.0.0.0/8")
        self.assertEqual(exchange(gateway.address, Client().request()).status, 200)


class Proxies(Allowed):
    def test_the_word_of_a_trusted_proxy_counts(self):
        gateway = self.gateway("addresses: [10.0.0.0/8]", "trusted_proxies: [127.0.0.1, 192.0.2.0/24]")
        more = ["X-Forwarded-For: 203.0.113.9, 10.1.2.3", "X-Forwarded-For: 192.0.2.8", "X-Request-Id: edge-7.1",
                "X-Forwarded-Proto: https", "X-Forwarded-Host: shop.example.com"]
        answer = exchange(gateway.address, Client().request(more=more))
        self.assertEqual((answer.status, answer.field("X-Request-Id")), (200, "edge-7.1"))
        got = self.service.requests[0]
        self.assertEqual(got.field("X-Forwarded-For"), "203.0.113.9, 10.1.2.3, 192.0.2.8, 127.0.0.1")
        self.assertEqual((got.field("X-Forwarded-Proto"), got.field("X-Forwarded-Host")),
                         ("https", "shop.example.com"))
        self.assertEqual(got.field("X-Request-Id"), "edge-7.1")
        record = gateway.next_log_line()
        self.assertEqual((record["client_address"], record["request_id"]), ("10.1.2.3", "edge-7.1"))
        # What its client made up stands further left.
        self.refused(exchange(gateway.address, Client().request(more=["X-Forwarded-For: 10.1.2.3, 203.0.113.9"])),
                     403, "forbidden")
        self.assertEqual(gateway.next_log_line()["client_address"], "203.0.113.9")

    def test_a_trace_is_called_as_the_proxy_calls_the_request_if_it_can_be(self):
        gateway = self.gateway(top="trusted_proxies: [127.0.0.1]")
        given = "4bf92f3577b34da6a3ce929d0e0e4736"
        for said, trace in ((given, given), (given.upper(), "[0-9a-f]{32}"), ("0" * 32, "(?!0{32})[0-9a-f]{32}")):
            self.assertEqual(exchange(gateway.address, Client().request(more=[f"X-Request-Id: {said}"])).status, 200)
            got = self.service.requests[-1]
            self.assertEqual(got.field("X-Request-Id"), said)
            self.assertRegex(got.field("traceparent"), f"^00-{trace}-[0-9a-f]{{16}}-01$")

    def test_who_cannot_be_told_is_not_the_proxy(self):
        gateway = self.gateway("addresses: [127.0.0.0/8]", "trusted_proxies: [127.0.0.1]")
        for said in ("unknown", "_hidden", "127.0.0.1, unknown", "fe80::1%x - billing"):
            answer = exchange(gateway.address, Client().request(more=[f"X-Forwarded-For: {said}"]))
            self.refused(answer, 403, "forbidden")
            self.assertNotIn("client_address", gateway.next_log_line())
        self.assertEqual(exchange(gateway.address, Client().request()).status, 200)

    def test_from_anybody_else_all_begins_anew(self):
        gateway = self.gateway(top="trusted_proxies: [192.0.2.0/24]")
        more = ["X-Forwarded-For: 10.1.2.3", "X-Request-Id: edge-7.1", "X-Forwarded-Proto: https"]
        answer = exchange(gateway.address, Client().request(more=more))
        self.assertRegex(answer.field("X-Request-Id"), "^[0-9a-f]{32}$")
        got = self.service.requests[0]
        self.assertEqual((got.field("X-Forwarded-For"), got.field("X-Forwarded-Proto")), ("127.0.0.1", "http"))
        self.assertEqual(got.field("X-Request-Id"), answer.field("X-Request-Id"))


class Rates(Allowed):
    def test_beyond_its_rate_a_client_gets_429_and_is_told_when_to_come_again(self):
        gateway = self.gateway("rate: {requests: 1, per: 60s, burst: 2}")
        for left, whole in (("1", "60"), ("0", "120")):
            answer = exchange(gateway.address, Client().request())
            self.assertEqual(answer.status, 200)
            self.assertEqual(answer.field("RateLimit-Policy"), '"client";q=2;w=120')
            self.assertEqual(answer.field("RateLimit"), f'"client";r={left};t={whole}')
        answer = exchange(gateway.address, Client().request())
        self.refused(answer, 429, "rate_limited")
        self.assertIn(int(answer.field("Retry-After")), range(50, 61))
        self.assertEqual(answer.field("RateLimit-Policy"), '"client";q=2;w=120')
        self.assertEqual([gateway.next_log_line().get("reason") for _ in range(3)], [None, None, "rate_limited"])
        self.assertEqual(len(self.service.requests), 2)
        # It is this client's alone, and nobody is told who isn't proven.
        for request in (SHOP.request(), b"GET /open/ HTTP/1.1\r\nHost: gateway\r\n\r\n"):
            answer = exchange(gateway.address, request)
            self.assertEqual((answer.status, answer.field("RateLimit")), (200, None))
        answer = exchange(gateway.address, Client(secret=b"0" * 16).request())
        self.assertEqual((answer.status, answer.field("RateLimit")), (401, None))

    def test_what_was_refused_may_be_sent_again_as_it_is(self):
        gateway = self.gateway("rate: {requests: 4, per: 1s, burst: 1}")
        self.assertEqual(exchange(gateway.address, Client().request()).status, 200)
        message, until = Client().request(), time.monotonic() + PATIENCE
        answers = [exchange(gateway.address, message).status]
        while answers[-1] != 200 and time.monotonic() < until:
            answers.append(exchange(gateway.address, message).status)
        self.assertEqual(set(answers[:-1]) | {answers[-1]}, {429, 200})
        self.assertEqual(len(self.service.requests), 2)

    def test_strangers_use_up_nothing(self):
        gateway = self.gateway("rate: {requests: 1, per: 60s, burst: 1}")
        for _ in range(5):
            self.assertEqual(exchange(gateway.address, Client(secret=b"0" * 16).request()).status, 401)
        self.assertEqual(exchange(gateway.address, Client().request()).status, 200)

    def test_whoever_repeats_a_message_uses_up_nothing_and_learns_nothing(self):
        gateway = self.gateway("rate: {requests: 1, per: 60s, burst: 2}, concurrency: 5")
        message = Client().request()
        self.assertEqual(exchange(gateway.address, message).status, 200)
        for _ in range(4):
            answer = exchange(gateway.address, message)
            self.refused(answer, 401, "replayed")
            self.assertEqual((answer.field("RateLimit"), answer.field("RateLimit-Policy")), (None, None))
        self.assertEqual(exchange(gateway.address, Client().request()).status, 200)

    def test_all_workers_count_together(self):
        gateway = self.gateway("rate: {requests: 1, per: 1d, burst: 10}", workers=4)
        found = [exchange(gateway.address, Client().request()).status for _ in range(30)]
        self.assertEqual((found.count(200), found.count(429)), (10, 20))

    def test_the_services_own_fields_of_these_names_do_not_pass(self):
        reply = OK.replace(b"\r\n\r\n", b"\r\nRateLimit: \"x\";r=1\r\nratelimit-policy: \"x\";q=1\r\n\r\n")
        gateway = self.gateway("rate: {requests: 5}", reply=reply)
        self.assertEqual(exchange(gateway.address, Client().request()).field("RateLimit-Policy"), '"client";q=5;w=1')
        self.assertEqual(exchange(gateway.address, SHOP.request()).field("RateLimit"), '"x";r=1')


class AtOnce(Allowed):
    def test_no_more_than_its_number_are_at_work(self):
        arrived, go_on = threading.Semaphore(0), threading.Event()

        def reply(_, peer):
            arrived.release()
            go_on.wait(PATIENCE)
            return OK

        gateway = self.gateway("concurrency: 2", workers=2, reply=reply)
        waiting = [self.enterContext(Connection(gateway.address)) for _ in range(2)]
        for connection in waiting:
            connection.send(Client().request())
            self.assertTrue(arrived.acquire(timeout=PATIENCE))
        answer = exchange(gateway.address, Client().request())
        self.refused(answer, 429, "rate_limited")
        self.assertEqual((answer.field("Retry-After"), answer.field("RateLimit")), ("1", None))
        self.assertEqual(gateway.next_log_line()["reason"], "concurrency_limited")
        go_on.set()
        self.assertEqual(exchange(gateway.address, SHOP.request()).status, 200)
        for connection in waiting:
            self.assertEqual(connection.answer().status, 200)
            connection.send(Client().request())
            self.assertEqual(connection.answer().status, 200)


if __name__ == "__main__":
    unittest.main()
