#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The admin listener: what it shows can be parsed and holds no secret, and no web page reaches it."""

import json
import re
import unittest

from gateway import Gateway, basic
from laravel import Client
from upstream import Upstream
from wire import exchange

SERIES = re.compile(r'^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*",?)*\})? (\S+)$')


def ask(gateway, path, method="GET", host="localhost", more=""):
    return exchange(gateway.admin, f"{method} {path} HTTP/1.1\r\nHost: {host}\r\n{more}\r\n".encode(), method)


def ask_two(gateway):
    """A request that passes and one that does not, both counted: a line of the log comes after its counters."""
    for client in (Client(), Client("nobody")):
        exchange(gateway.address, client.request())
        gateway.next_log_line()


class Admin(unittest.TestCase):
    def test_metrics_are_prometheus_text(self):
        with Upstream() as service, Gateway(basic(service.url)) as gateway:
            ask_two(gateway)
            answer = ask(gateway, "/metrics")
            self.assertEqual(answer.field("Content-Type"), "text/plain; version=0.0.4; charset=utf-8")
            types, helped, seen = {}, set(), set()
            for line in answer.body.decode().splitlines():
                if line.startswith("# TYPE "):
                    _, _, name, kind = line.split(" ")
                    self.assertNotIn(name, types)
                    types[name] = kind
                elif line.startswith("# HELP "):
                    helped.add(line.split(" ")[2])
                else:
                    found = SERIES.match(line)
                    self.assertTrue(found, line)
                    name, labels, value = found.groups()
                    self.assertNotIn((name, labels), seen)
                    seen.add((name, labels))
                    float(value)
                    family = name if name in types else re.sub(r"_(?:bucket|sum|count)$", "", name)
                    self.assertIn(family, types)
                    self.assertIn(family, helped)
                    self.assertEqual(types[family] == "counter", name.endswith("_total"), line)
            self.assertIn('countersign_requests_total{route="api",client="billing",status="200"} 1',
                          answer.body.decode())
            self.assertIn('reason="unknown_client"', answer.body.decode())

    def test_the_contract_is_kept(self):
        wanted = """countersign_requests_total countersign_refusals_total countersign_transfer_delay_seconds
            countersign_client_requests_total countersign_client_last_seen_timestamp_seconds
            countersign_client_clock_offset_seconds countersign_secret_last_used_timestamp_seconds
            countersign_request_duration_seconds countersign_gateway_duration_seconds countersign_requests_in_flight
            countersign_connections countersign_upstream_requests_total countersign_upstream_up
            countersign_upstream_connections countersign_replay_marks countersign_replay_store_errors_total
            countersign_config_last_reload_successful countersign_config_last_reload_timestamp_seconds
            countersign_build_info process_cpu_seconds_total process_resident_memory_bytes process_open_fds
            process_start_time_seconds""".split()
        with Upstream() as service, Gateway(basic(service.url)) as gateway:
            ask_two(gateway)
            text = ask(gateway, "/metrics").body.decode()
            self.assertEqual([name for name in wanted if f"# TYPE {name} " not in text], [])

    def test_the_configuration_is_shown_without_secrets(self):
        with Upstream() as service, Gateway(basic(service.url)) as gateway:
            answer = ask(gateway, "/config")
            shown = json.loads(answer.body)
            self.assertEqual(answer.field("Cache-Control"), "no-store")
            self.assertIn("billing", shown["clients"])
            for secret in ("0123456789abcdef", "AAECAwQFBgc", "00010203"):
                self.assertNotIn(secret, answer.body.decode())
            self.assertIn("<redacted>", answer.body.decode())

    def test_what_is_not_there_or_not_allowed_gets_a_document(self):
        # V22: the other listener forwards nothing at all.
        with Upstream() as service, Gateway(basic(service.url)) as gateway:
            for method, path, status in (("GET", "/secrets", 404), ("POST", "/", 405), ("POST", "/metrics", 405),
                                         ("DELETE", "/config", 405)):
                answer = ask(gateway, path, method)
                self.assertEqual((answer.status, json.loads(answer.body)["status"]), (status, status))
            self.assertEqual(ask(gateway, "/metrics", "POST").field("Allow"), "GET, HEAD")
            self.assertEqual(ask(gateway, "/metrics", "HEAD").body, b"")

    def test_no_web_page_reaches_in(self):
        with Upstream() as service, Gateway(basic(service.url)) as gateway:
            for host in ("evil.example", "127.0.0.1.evil.example", "localhost.evil.example:9901"):
                for path in ("/", "/status.json", "/clients", "/metrics", "/config", "/livez"):
                    self.assertEqual(ask(gateway, path, host=host).status, 403, host + path)

    def test_nonsense_does_no_harm(self):
        with Upstream() as service, Gateway(basic(service.url)) as gateway:
            endless = b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 9000
            for data in (b"\x16\x03\x01\x00\xa5\x01\x00", b"GET /metrics\r\n\r\n", endless):
                try:
                    exchange(gateway.admin, data + b"\r\n\r\n")
                except (OSError, EOFError, AssertionError):
                    pass
            self.assertEqual(ask(gateway, "/livez").status, 200)


if __name__ == "__main__":
    unittest.main()
