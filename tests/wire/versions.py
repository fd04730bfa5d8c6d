#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A client's version routes, retires, warns, and is seen in the metrics."""

import time
import unittest

from laravel import Client
from talk import Refusals, code
from upstream import Upstream

CONFIG = """
listen: 127.0.0.1:0
admin: 127.0.0.1:0
workers: 1
clients:
  billing:
    token: my_key
    secret: 0123456789abcdef
    versions: {{minimum: 1.0.0, deprecated_below: 1.2.0, deprecated_since: 2026-06-30, sunset: 2027-06-30}}
  quiet:
    secret: hex:000102030405060708090a0b0c0d0e0f
    versions: {{deprecated_below: 1.2.0}}
upstreams:
  current: {current}
  former: {former}
routes:
  - {{name: current, path: /api/, client_version: ">=2.0.0", scheme: laravel, upstream: current}}
  - {{name: former, path: /api/, client_version: "<2.0.0", scheme: laravel, upstream: former}}
  - {{name: only, path: /only/, client_version: ">=2.0.0", methods: [POST], scheme: laravel, upstream: current}}
  - {{name: all, path: /all/, scheme: laravel, upstream: current}}
  - {{name: signed, path: /signed/, scheme: laravel, upstream: current, reply: {{sign: true}}}}
"""


def client(version, token="my_key", secret=b"0123456789abcdef"):
    return Client(token, secret, version=version)


class Versions(Refusals):
    def config(self, upstream):
        self.former = self.enterContext(Upstream())
        return CONFIG.format(current=upstream, former=self.former.url)

    def test_one_path_serves_old_and_new_clients(self):
        for version in ("2.0.0", "2.0", "2", "10.0.0", "2.1.0-rc.1"):
            self.passes(client(version).request(), version)
        self.assertEqual(self.former.connections, 0)
        reached = len(self.service.requests)
        for count, version in enumerate(("1.9.9", "1.0.0", "1.99", "2.0.0-rc.1"), 1):
            self.assertEqual(self.talk.ask(client(version).request()).status, 200, version)
            self.assertEqual(self.former.requests[-1].field("X-Client-Version"), version)
            self.assertEqual((len(self.former.requests), len(self.service.requests)), (count, reached))

    def test_a_version_that_no_route_takes_is_retired(self):
        self.refused(client("1.9.9").request(path="/only/x"), "", 403, "version_retired")
        self.refused(client("1.9.9").request(path="/only/x", method="PUT"), "", 403, "version_retired")
        self.refused(client("2.0.0").request(path="/only/x", method="PUT"), "", 405, "method_not_allowed")
        self.passes(client("2.0.0").request(path="/only/x"))

    def test_only_who_is_proven_learns_that_no_route_takes_a_version_and_is_counted_with_it(self):
        stranger = client("1.9.9", secret=b"fedcba9876543210")
        self.refused(stranger.request(path="/only/x"), "", 401, "unauthenticated")
        self.refused(b"GET /only/x HTTP/1.1\r\nHost: g\r\nversion: 1.9.9\r\n\r\n", "", 400, "malformed")
        self.refused(client("1.9.7").request(path="/only/x"), "", 403, "version_retired")
        self.assertTrue(any('version="1.9.7"' in series and "last_seen" in series
                            for series in self.settled_metrics()))

    def test_a_version_below_the_minimum_is_retired(self):
        for version in ("0.9.9", "0", "1.0.0-rc.1", "1.0.0beta", "0.99.99+x"):
            self.refused(client(version).request(path="/all/x"), version, 403, "version_retired")
        for version in ("1.0.0", "1", "1.0", "1.0.0+build.7"):
            self.passes(client(version).request(path="/all/x"), version)

    def test_only_who_is_proven_learns_of_a_retirement(self):
        stranger = client("0.1.0", secret=b"fedcba9876543210")
        answer = self.refused(stranger.request(path="/all/x"), "", 401, "unauthenticated")
        for name in ("Deprecation", "Sunset"):
            self.assertIsNone(answer.field(name))

    def test_a_retired_message_may_be_sent_again_once_it_is_allowed(self):
        # It left no mark: nothing reached the service.
        payload = client("0.9.0").payload({"id": 7})
        self.refused(client("0.9.0").request(path="/all/x", payload=payload), "", 403, "version_retired")
        self.passes(client("1.0.0").request(path="/all/x", payload=payload))

    def test_deprecated_versions_pass_and_are_told(self):
        # RFC 9745, RFC 8594
        for path in ("/all/x", "/signed/x"):
            for version, deprecated in (("1.0.0", True), ("1.1.99", True), ("1.2.0-rc.1", True), ("1.2.0", False),
                                        ("3.0.0", False)):
                answer = self.talk.ask(client(version).request(path=path))
                self.assertEqual(answer.status, 200)
                told = (answer.field("Deprecation"), answer.field("Sunset"))
                wanted = ("@1782777600", "Wed, 30 Jun 2027 00:00:00 GMT") if deprecated else (None, None)
                self.assertEqual(told, wanted, version)

    def test_a_deprecation_without_dates_is_told_without_a_sunset(self):
        quiet = client("1.0.0", "quiet", bytes(range(16)))
        answer = self.talk.ask(quiet.request(path="/all/x"))
        self.assertRegex(answer.field("Deprecation"), r"^@\d{10}$")
        self.assertIsNone(answer.field("Sunset"))

    def test_the_log_names_version_and_deprecation(self):
        self.passes(client("1.1.0").request(path="/all/x"))
        self.passes(client("1.2.0").request(path="/all/x"))
        old, new = self.gateway.next_log_line(), self.gateway.next_log_line()
        self.assertEqual((old["version"], old.get("deprecated")), ("1.1.0", True))
        self.assertEqual((new["version"], new.get("deprecated")), ("1.2.0", None))

    def seen(self):
        """{version: (requests, when last)} of billing in the metrics."""
        metrics = self.settled_metrics()
        total = 'countersign_client_requests_total{client="billing",version="'
        last = 'countersign_client_last_seen_timestamp_seconds{client="billing",version="'
        return {name[len(total):-2]: (value, metrics[last + name[len(total):]])
                for name, value in metrics.items() if name.startswith(total)}

    def test_versions_and_when_they_were_last_seen_are_in_the_metrics(self):
        before = time.time()
        for version in ("1.0.0", "1.0.0", "1.5.0"):
            self.passes(client(version).request(path="/all/x"))
        self.refused(client("0.5.0").request(path="/all/x"), "", 403)  # who still sends it shows before it is retired
        seen = self.seen()
        self.assertEqual({version: count for version, (count, _) in seen.items()},
                         {"1.0.0": 2, "1.5.0": 1, "0.5.0": 1})
        for version, (_, last) in seen.items():
            self.assertTrue(before - 0.001 <= last <= time.time() + 0.001, (version, before, last))

    def test_unproven_versions_are_in_no_metric(self):
        for n in range(100):
            self.refused(client(f"7.{n}", secret=b"fedcba9876543210").request(path="/all/x"), n, 401)
        self.refused(client("1.0 0").request(path="/all/x"), "", 400)
        self.refused(client("1" * 33).request(path="/all/x"), "", 400)
        self.refused(client('1"} 7').request(path="/all/x"), "", 400)
        self.assertEqual(self.seen(), {})
        self.assertNotIn("7.1", " ".join(self.gateway.metrics()))

    def test_a_client_has_at_most_64_versions_in_the_metrics(self):
        # V32
        for n in range(200):
            self.passes(client(f"1.{n}").request(path="/all/x"))
        seen = self.seen()
        self.assertEqual(len(seen), 65)
        self.assertEqual(sum(count for count, _ in seen.values()), 200)
        self.assertEqual(seen["other"][0], 136)
        self.assertIn("1.199", seen)
        self.assertNotIn("1.0", seen)

    def test_a_version_that_is_no_version_is_malformed(self):
        for text in ("", " ", "1 0", "1,0", "1/0", "é", "1\x7f", "1" * 33, "%31", "<1>"):
            answer = self.talk.ask(client(text).request(path="/all/x"))
            self.assertEqual((answer.status, code(answer)), (400, "malformed"), text)
        self.assertEqual(self.service.connections, 0)


if __name__ == "__main__":
    unittest.main()
