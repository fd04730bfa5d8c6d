#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""SIGHUP puts another configuration in force, whole or not at all; what has begun ends on the one it began on."""

import os
import threading
import time
import unittest

import command
from gateway import PATIENCE, Gateway, basic
from laravel import Client
from upstream import OK, Held, Service, Upstream, read_request
from wire import Connection, exchange

SUCCESSFUL = "countersign_config_last_reload_successful"
TIME = "countersign_config_last_reload_timestamp_seconds"
BILLING = "  billing: {token: my_key, secret: 0123456789abcdef}\n"
OPEN = "  - {path: /open/, scheme: none, upstream: orders, content: any}\n"


def changed(config, old, new):
    assert old in config, old
    return config.replace(old, new)


def get(address, path):
    return exchange(address, f"GET {path} HTTP/1.1\r\nHost: gateway\r\n\r\n".encode(), "GET")


class Rules(unittest.TestCase):
    def test_routes_come_and_go(self):
        with Upstream() as service:
            config = basic(service.url, workers=2)
            more = changed(config, OPEN, OPEN + "  - {path: /new/, scheme: none, upstream: orders, content: any}\n")
            with Gateway(config) as gateway:
                self.assertEqual([get(gateway.address, path).status for path in ("/open/", "/new/")], [200, 404])
                self.assertTrue(gateway.reload(more))
                self.assertEqual([get(gateway.address, path).status for path in ("/open/", "/new/")], [200, 200])
                self.assertTrue(gateway.reload(changed(config, OPEN, "")))
                self.assertEqual([get(gateway.address, path).status for path in ("/open/", "/new/")], [404, 404])

    def test_who_is_removed_or_disabled_is_refused_from_the_next_request_on(self):
        """Also on a connection that was open before, and like anybody who is unknown."""
        with Upstream() as service:
            config = basic(service.url)
            disabled = BILLING.replace("}", ", enabled: false}")
            other_secret = BILLING.replace("0123456789abcdef", "fedcba9876543210")
            with Gateway(config) as gateway, Connection(gateway.address) as kept:
                for billing in ("", disabled, other_secret):
                    kept.send(Client().request())
                    self.assertEqual(kept.answer().status, 200)
                    self.assertTrue(gateway.reload(changed(config, BILLING, billing)))
                    kept.send(Client().request())
                    self.assertEqual(kept.answer().status, 401, billing)
                    self.assertTrue(gateway.reload(config))

    def test_secrets_are_exchanged(self):
        with Upstream() as service:
            config = basic(service.url)
            both = "  billing: {token: my_key, secrets: [{id: new, value: fedcba9876543210}, " \
                   "{id: old, value: 0123456789abcdef}]}\n"
            old, new = Client(), Client(secret=b"fedcba9876543210")
            with Gateway(config) as gateway:
                self.assertEqual([exchange(gateway.address, c.request()).status for c in (old, new)], [200, 401])
                self.assertTrue(gateway.reload(changed(config, BILLING, both)))
                self.assertEqual([exchange(gateway.address, c.request()).status for c in (old, new)], [200, 200])
                self.assertTrue(gateway.reload(changed(config, "0123456789abcdef", "fedcba9876543210")))
                self.assertEqual([exchange(gateway.address, c.request()).status for c in (old, new)], [401, 200])
                used = {name: value for name, value in gateway.metrics().items() if "secret_last_used" in name}
                self.assertEqual(len(used), 3, used)  # default, old and new: what was used stays

    def test_a_bad_file_changes_nothing_and_says_what_check_says(self):
        with Upstream() as service:
            config = basic(service.url)
            bad = changed(changed(config, OPEN, ""), "secret: 0123456789abcdef", "secret: 0123456789abcdef, rout: []")
            with Gateway(config) as gateway:
                before = gateway.metrics()
                self.assertEqual(before[SUCCESSFUL], 1)
                self.assertFalse(gateway.reload(bad))
                checked = command.run("check", "-c", gateway.config)
                self.assertEqual(checked.status, 78)
                for line in checked.err.splitlines():
                    self.assertTrue(any(said.endswith(line) for said in gateway.diagnostics), line)
                after = gateway.metrics()
                self.assertEqual((after[SUCCESSFUL], after[TIME]), (0, before[TIME]))
                self.assertEqual(get(gateway.address, "/open/").status, 200)
                self.assertEqual(exchange(gateway.address, Client().request()).status, 200)
                os.remove(gateway.config)
                self.assertFalse(gateway.reload())
                self.assertEqual(get(gateway.address, "/open/").status, 200)
                self.assertTrue(gateway.reload(config))
                after = gateway.metrics()
                self.assertEqual(after[SUCCESSFUL], 1)
                self.assertGreaterEqual(after[TIME], before[TIME])

    def test_what_is_in_flight_ends_on_the_configuration_that_it_began_on(self):
        with Held() as held:
            config = basic(held.service.url)
            without = changed(changed(config, BILLING, ""), "  - {path: /api/, scheme: laravel, upstream: orders}\n",
                              "  - {path: /else/, scheme: laravel, upstream: orders}\n")
            with Gateway(config) as gateway, Connection(gateway.address) as busy:
                busy.send(Client().request())
                self.assertTrue(held.arrived.acquire(timeout=PATIENCE))
                self.assertTrue(gateway.reload(without))
                self.assertEqual(get(gateway.address, "/api/x").status, 404)
                self.assertEqual(gateway.next_log_line()["status"], 404)
                held.go.set()
                answer = busy.answer()
                self.assertEqual((answer.status, answer.body), (200, b'{"ok":true}'))
                line = gateway.next_log_line()
                self.assertEqual((line["route"], line["client"], line["upstream"]), ("api", "billing", "orders"))
                # The connection stays, and what follows goes by what is in force.
                self.assertIsNone(answer.field("Connection"))
                busy.send(Client().request("/else/x"))
                self.assertEqual(busy.answer().status, 401)
                self.assertEqual(gateway.metrics()[
                    'countersign_requests_total{route="api",client="billing",status="200"}'], 1)

    def test_counters_go_on(self):
        with Upstream() as service:
            config = basic(service.url)
            other = changed(changed(changed(config, BILLING, ""), OPEN, ""), "orders", "stock")
            series = 'countersign_requests_total{route="%s",client="%s",status="%d"}'
            with Gateway(config) as gateway:
                def ask(*statuses):
                    for path, status in zip(("/open/", "/api/x"), statuses):
                        self.assertEqual(exchange(gateway.address, Client().request(path)).status, status)
                        gateway.next_log_line()
                ask(200, 200)
                before = gateway.metrics()
                self.assertTrue(gateway.reload(other))
                ask(404, 401)
                self.assertTrue(gateway.reload(config))
                ask(200, 200)
                after = gateway.metrics()
                for name in (series % ("open", "-", 200), series % ("api", "billing", 200)):
                    self.assertEqual((before[name], after[name]), (1, 2))
                self.assertEqual(after[series % ("api", "-", 401)], 1)
                self.assertEqual(after[series % ("-", "-", 404)], 1)
                fewer = [name for name, value in before.items() if "_total" in name and after[name] < value]
                self.assertEqual(fewer, [])

    def test_a_key_that_takes_a_restart_is_named_and_the_rest_is_in_force(self):
        with Upstream() as service:
            config = basic(service.url)
            more = changed(changed(config, OPEN, ""), "workers: 1", "workers: 2") + "replay: {capacity: 1000}\n"
            with Gateway(config) as gateway:
                self.assertTrue(gateway.reload(more))
                self.assertEqual(get(gateway.address, "/open/").status, 404)
                told = [line for line in gateway.diagnostics if "takes a restart" in line]
                self.assertEqual(len(told), 2, told)
                self.assertIn("workers is as it was", told[0])
                self.assertIn("replay.capacity is as it was", told[1])
                shown = gateway.admin_get("/config")[1]
                self.assertIn('"workers":1', shown.replace(" ", ""))
                self.assertEqual(gateway.metrics()["countersign_replay_capacity"], 4_000_000)

    def test_what_the_command_line_says_stays(self):
        with Upstream() as service:
            config = basic(service.url).replace("listen: 127.0.0.1:0", "listen: 127.0.0.1:1")
            with Gateway(config, ("--listen", "127.0.0.1:0")) as gateway:
                self.assertTrue(gateway.reload(changed(config, OPEN, "")))
                self.assertEqual(get(gateway.address, "/open/").status, 404)


class Windows(unittest.TestCase):
    def test_a_window_that_grows_lets_nothing_through_that_may_have_been_said_before(self):
        """Marks end with the window that they were made in, and the store may have forgotten them since."""
        with Upstream() as service:
            narrow, wide = (basic(service.url, more="replay: {window: %ds}\n" % seconds) for seconds in (60, 600))
            old = int(time.time()) - 100
            with Gateway(narrow) as gateway:
                self.assertEqual(exchange(gateway.address, Client().request(timestamp=old)).status, 401)
                self.assertTrue(gateway.reload(wide))
                self.assertEqual(exchange(gateway.address, Client().request(timestamp=old)).status, 401)
                self.assertEqual(exchange(gateway.address, Client().request()).status, 200)
                # Nor is it forgotten by the next one, which grows nothing.
                self.assertTrue(gateway.reload())
                self.assertEqual(exchange(gateway.address, Client().request(timestamp=old)).status, 401)
                reasons = [gateway.next_log_line().get("reason") for _ in range(4)]
                self.assertEqual(reasons, ["stale", "stale", None, "stale"])
            with Gateway(wide) as gateway:
                self.assertEqual(exchange(gateway.address, Client().request(timestamp=old)).status, 200)

    def test_what_was_accepted_stays_so(self):
        with Upstream() as service:
            config = basic(service.url)
            request = Client().request()
            with Gateway(config) as gateway:
                self.assertEqual(exchange(gateway.address, request).status, 200)
                for more in ("replay: {window: 600s}\n", "replay: {window: 100s}\n", ""):
                    self.assertTrue(gateway.reload(config + more))
                    self.assertEqual(exchange(gateway.address, request).status, 401)
                    self.assertEqual(exchange(gateway.address, Client().request()).status, 200)
                self.assertEqual([gateway.next_log_line().get("reason") for _ in range(3)], [None, "replay", None])


class Upstreams(unittest.TestCase):
    def test_connections_to_what_stays_are_kept_and_others_are_closed(self):
        ended = threading.Event()

        def serve(peer, _):
            buffered = b""
            while True:
                received, buffered = read_request(peer, buffered)
                if received is None:
                    ended.set()
                    return
                peer.sendall(OK)

        with Service(serve) as old, Upstream() as new:
            config = basic(old.url)
            both = changed(config, f"orders: {old.url}", "orders: {endpoints: [%s, %s], max_requests: 9}" %
                           (old.url, new.url))
            with Gateway(config) as gateway:
                def connections(service):
                    return gateway.metrics().get('countersign_upstream_connections{upstream="orders",endpoint="%s"}'
                                                 % service.url)
                self.assertEqual(get(gateway.address, "/open/").status, 200)
                self.assertTrue(gateway.reload(both))
                self.assertEqual([get(gateway.address, "/open/").status for _ in range(4)], [200] * 4)
                self.assertEqual((old.connections, new.connections), (1, 1))
                self.assertEqual((connections(old), connections(new)), (1, 1))
                self.assertFalse(ended.is_set())
                self.assertTrue(gateway.reload(changed(config, old.url, new.url)))
                self.assertTrue(ended.wait(PATIENCE))
                self.assertEqual((connections(old), connections(new)), (None, 1))
                self.assertEqual(get(gateway.address, "/open/").status, 200)
                self.assertEqual((old.connections, new.connections), (1, 1))

    def test_what_a_service_has_at_once_is_counted_across_configurations(self):
        with Held() as held:
            def config(most, pending, more=""):
                return changed(basic(held.service.url), f"orders: {held.service.url}",
                               "orders: {endpoints: %s, max_requests: %d, max_pending: %d}" %
                               (held.service.url, most, pending)) + more
            with Gateway(config(1, 0)) as gateway, Connection(gateway.address) as first, \
                    Connection(gateway.address) as second:
                first.send(Client().request())
                self.assertTrue(held.arrived.acquire(timeout=PATIENCE))
                self.assertTrue(gateway.reload(config(1, 0, "limits: {body_bytes: 1KiB}\n")))
                self.assertEqual(get(gateway.address, "/open/").status, 503)
                # One more place, and one to wait in line.
                self.assertTrue(gateway.reload(config(2, 0)))
                second.send(Client().request())
                self.assertTrue(held.arrived.acquire(timeout=PATIENCE))
                self.assertEqual(get(gateway.address, "/open/").status, 503)
                held.go.set()
                self.assertEqual([one.answer().status for one in (first, second)], [200, 200])


if __name__ == "__main__":
    unittest.main()
