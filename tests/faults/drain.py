#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""SIGTERM lets what is in flight finish; the other signals do what the contract says."""

import json
import os
import select
import signal
import socket
import unittest

from gateway import Gateway, basic
from laravel import Client
from upstream import Held, Service, Upstream, read_request
from wire import PATIENCE, Connection, exchange


def refused(address):
    try:
        socket.create_connection(address, PATIENCE).close()
        return False
    except ConnectionRefusedError:
        return True


class Drain(unittest.TestCase):
    def test_what_is_in_flight_finishes(self):
        with Held() as held, Gateway(basic(held.service.url, workers=2)) as gateway:
            with Connection(gateway.address) as idle, Connection(gateway.address) as busy:
                busy.send(Client().request())
                self.assertTrue(held.arrived.acquire(timeout=PATIENCE))
                self.assertEqual(gateway.admin_get("/readyz"), (200, "ok\n"))
                gateway.signal(signal.SIGTERM)
                gateway.wait_for_diagnostic("draining: ")
                self.assertTrue(idle.closed())
                self.assertEqual(gateway.admin_get("/readyz"), (503, "draining\n"))
                self.assertEqual(gateway.admin_get("/livez")[0], 200)
                # Each worker closes its own duplicate of the listener; the last one decides. It refuses while it
                # drains, and not because it has ended.
                while not refused(gateway.address):
                    self.assertEqual(gateway.admin_get("/readyz"), (503, "draining\n"))
                self.assertEqual(gateway.admin_get("/readyz"), (503, "draining\n"))
                self.assertEqual(select.select([busy.socket], [], [], 0)[0], [])
                held.go.set()
                answer = busy.answer()
                self.assertEqual((answer.status, answer.field("Connection")), (200, "close"))
                self.assertTrue(busy.closed())
            self.assertEqual(gateway.wait(), 0)
            self.assertIn("stopped", gateway.diagnostics[-1])
            self.assertEqual([line["status"] for line in gateway.log if line.get("path") == "/api/orders"], [200])

    def test_connections_are_taken_until_it_is_known_that_it_drains(self):
        """A balancer needs a look at /readyz before it sends nobody any more."""
        with Upstream() as service, Gateway(basic(service.url, more="limits: {drain_delay: 1h}\n")) as gateway:
            with Connection(gateway.address) as kept:
                gateway.signal(signal.SIGTERM)
                gateway.wait_for_diagnostic("draining: connections are taken for another 3600000 ms")
                self.assertEqual(gateway.admin_get("/readyz"), (503, "draining\n"))
                for _ in range(2):
                    kept.send(Client().request())
                    self.assertEqual(kept.answer().status, 200)
                self.assertEqual(exchange(gateway.address, Client().request()).status, 200)
            gateway.signal(signal.SIGTERM)  # who is in a hurry says so again
            self.assertEqual(gateway.wait(), 0)

    def test_then_they_are_not(self):
        with Upstream() as service, Gateway(basic(service.url, more="limits: {drain_delay: 100ms}\n")) as gateway:
            with Connection(gateway.address) as idle:
                gateway.signal(signal.SIGTERM)
                gateway.wait_for_diagnostic("draining: 1 connections")
                self.assertTrue(idle.closed())
            self.assertEqual(gateway.wait(), 0)

    def told(self, connection):
        answer = connection.answer()
        self.assertEqual((answer.status, json.loads(answer.body)["code"]), (503, "unavailable"))
        self.assertEqual((answer.field("Connection"), answer.field("Retry-After")), ("close", "1"))
        self.assertTrue(connection.closed())

    def test_drain_time_ends_the_patience(self):
        more = "limits: {drain_time: 200ms}\n"
        with Held() as held, Gateway(basic(held.service.url, more=more)) as gateway:
            with Connection(gateway.address) as busy:
                busy.send(Client().request())
                self.assertTrue(held.arrived.acquire(timeout=PATIENCE))
                gateway.signal(signal.SIGTERM)
                self.assertEqual(gateway.wait(), 0)
                self.told(busy)
            self.assertTrue(any("drain time is over: 1 connections are cut" in line for line in gateway.diagnostics))

    def test_what_the_gateway_cuts_off_is_not_the_services_fault(self):
        """One that waits for an answer, one that has a part of it, and one that has a part of its request sent."""
        def begin(peer, _):
            while read_request(peer) is not None:
                peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbegun")

        more = "limits: {drain_time: 100ms}\n"
        with Held() as held, Service(begin) as service:
            more = "  - {path: /begun, scheme: none, upstream: begun, content: any}\n" + more
            config = basic(held.service.url, more=more).replace("upstreams:", "upstreams:\n  begun: " + service.url)
            with Gateway(config) as gateway:
                with Connection(gateway.address) as begun, Connection(gateway.address) as waiting, \
                        Connection(gateway.address) as speaking:
                    begun.send(b"GET /begun HTTP/1.1\r\nHost: g\r\n\r\n")
                    self.assertEqual(begun.head().status, 200)
                    waiting.send(b"GET /open/waiting HTTP/1.1\r\nHost: g\r\n\r\n")
                    self.assertTrue(held.arrived.acquire(timeout=PATIENCE))
                    speaking.send(b"POST /open/speaking HTTP/1.1\r\nHost: g\r\nContent-Length: 9\r\n\r\nbegun")
                    while gateway.metrics()["countersign_requests_in_flight"] != 3:
                        pass
                    gateway.signal(signal.SIGTERM)
                    self.assertEqual(gateway.wait(), 0)
                    self.told(waiting)
                    self.told(speaking)
                    self.assertTrue(begun.exactly(5) == b"begun" and begun.closed())
                said = {line["path"]: (line.get("status"), line.get("reason")) for line in gateway.log}
                self.assertEqual(said, {"/begun": (200, "draining"), "/open/waiting": (503, "draining"),
                                        "/open/speaking": (503, "draining")})

    def test_told_twice_it_ends_at_once(self):
        with Held() as held, Gateway(basic(held.service.url)) as gateway:
            with Connection(gateway.address) as busy:
                busy.send(Client().request())
                self.assertTrue(held.arrived.acquire(timeout=PATIENCE))
                gateway.signal(signal.SIGINT)
                gateway.wait_for_diagnostic("draining: ")
                gateway.signal(signal.SIGTERM)
                self.assertEqual(gateway.wait(), 0)
                self.told(busy)

    def test_a_client_that_the_kernel_has_accepted_is_served(self):
        """Fifty requests have been sent when the signal comes; wherever each of them stands, it is answered."""
        with Upstream() as service, Gateway(basic(service.url, workers=2)) as gateway:
            queued = [Connection(gateway.address) for _ in range(50)]
            for connection in queued:
                connection.send(Client().request())
            gateway.signal(signal.SIGTERM)
            said = []
            for connection in queued:
                try:
                    said.append(connection.answer().status)
                except (EOFError, ConnectionResetError) as ended:
                    said.append(ended)
                connection.close()
            self.assertEqual(said, [200] * 50)
            self.assertEqual(gateway.wait(), 0)


class Others(unittest.TestCase):
    def test_after_rotation_lines_go_into_the_new_file(self):
        with Upstream() as service:
            config = basic(service.url, more="access_log: {path: LOG}\n")
            keep = os.path.join(os.environ.get("TMPDIR", "/tmp"), f"countersign-rotate-{os.getpid()}")
            os.makedirs(keep)
            log, moved = os.path.join(keep, "access.log"), os.path.join(keep, "access.log.1")
            try:
                with Gateway(config.replace("LOG", log), keep=keep) as gateway:
                    self.assertEqual(exchange(gateway.address, Client().request("/api/before")).status, 200)
                    self.wait_for_line(gateway, log)
                    os.rename(log, moved)
                    gateway.signal(signal.SIGUSR1)
                    while not os.path.exists(log):
                        gateway.admin_get("/livez")  # the same thread answers: a turn of its loop each time
                    self.assertEqual(exchange(gateway.address, Client().request("/api/after")).status, 200)
                    gateway.stop()
                    with open(moved, encoding="utf-8") as stream:
                        old = stream.read()
                    with open(log, encoding="utf-8") as stream:
                        new = stream.read()
                    self.assertEqual(("/api/before" in old, "/api/after" in old), (True, False))
                    self.assertEqual(("/api/before" in new, "/api/after" in new), (False, True))
            finally:
                for folder, _, names in os.walk(keep, topdown=False):
                    for name in names:
                        os.remove(os.path.join(folder, name))
                    os.rmdir(folder)

    @staticmethod
    def wait_for_line(gateway, path):
        while not os.path.getsize(path):
            gateway.admin_get("/livez")


if __name__ == "__main__":
    unittest.main()
