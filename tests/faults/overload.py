#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""More is asked of a service than it takes: it gets `max_requests` at once, of all workers together, and no more; the
others wait their turn or are told at once, and whoever was refused may send the same bytes again."""

import datetime
import json
import queue
import signal
import threading
import time
import unittest

from gateway import Gateway
from laravel import Client
from upstream import OK, Upstream, reserved_port
from wire import PATIENCE, Connection, exchange

CONFIGURATION = """
listen: 127.0.0.1:0
admin: 127.0.0.1:0
workers: {workers}
clients: {{billing: {{token: my_key, secret: 0123456789abcdef}}}}
upstreams:
  orders: {{endpoints: [{url}], max_requests: {places}, max_pending: {room}, timeouts: {{connect: {connect}}}}}
routes:
  - {{path: /api/, scheme: laravel, upstream: orders}}
  - {{path: /open/, scheme: none, upstream: orders, content: any}}
{more}
"""
LATE = "1h"  # nothing ends by itself


def configuration(service, places, room, workers=1, connect=LATE, more=""):
    return CONFIGURATION.format(url=service.url, places=places, room=room, workers=workers, connect=connect, more=more)


def get(path):
    return f"GET /open/{path} HTTP/1.1\r\nHost: g\r\n\r\n".encode()


class Holding(Upstream):
    """Each request waits until it is let go; `order` has their targets as they came, `most` how many there were at
    once."""

    def __init__(self, listener=None):
        self.order, self.arrived = [], queue.Queue()
        self.now = self.most = 0
        self._counting, self._go = threading.Lock(), threading.Semaphore(0)
        super().__init__(self._hold, listener)

    def _hold(self, received, _):
        with self._counting:
            self.order.append(received.line.split(" ")[1].rsplit("/", 1)[1])
            self.now += 1
            self.most = max(self.most, self.now)
        self.arrived.put(received)
        self._go.acquire(timeout=PATIENCE)
        with self._counting:
            self.now -= 1
        return OK

    def wait_for(self, count):
        for _ in range(count):
            self.arrived.get(timeout=PATIENCE)

    def let_go(self, count=1):
        self._go.release(count)

    def __exit__(self, *_):
        self.let_go(1000)
        self.close()


class Overload(unittest.TestCase):
    def figures(self, gateway):
        """(in flight, pending) of the upstream."""
        metrics = gateway.metrics()
        return tuple(metrics['countersign_upstream_requests_%s{upstream="orders"}' % what]
                     for what in ("in_flight", "pending"))

    def until(self, gateway, in_flight, pending):
        end = time.monotonic() + PATIENCE
        while (found := self.figures(gateway)) != (in_flight, pending) and time.monotonic() < end:
            pass
        self.assertEqual(found, (in_flight, pending))

    def check_refusals(self, gateway, reason, count):
        """A refusal is counted once its answer is under way."""
        series = 'countersign_upstream_refusals_total{upstream="orders",reason="%s"}' % reason
        end = time.monotonic() + PATIENCE
        while (found := gateway.metrics()[series]) != count and time.monotonic() < end:
            pass
        self.assertEqual(found, count)

    def ask(self, gateway, data):
        connection = Connection(gateway.address)
        self.addCleanup(connection.close)
        connection.send(data)
        return connection

    def line_up(self, gateway, names, in_flight):
        """So many requests, each once the one before stands in the line."""
        connections = []
        for number, name in enumerate(names, 1):
            connections.append(self.ask(gateway, get(name)))
            self.until(gateway, in_flight, number)
        return connections

    def check_refused(self, answer):
        self.assertEqual((answer.status, json.loads(answer.body)["code"]), (503, "unavailable"))
        self.assertEqual(answer.field("Retry-After"), "1")
        self.assertNotEqual(answer.field("Connection"), "close")

    def test_the_limit_is_a_total_of_all_workers(self):
        with Holding() as service, Gateway(configuration(service, 5, 40, workers=2)) as gateway:
            asked = [self.ask(gateway, get(str(number))) for number in range(45)]
            service.wait_for(5)
            self.until(gateway, 5, 40)
            self.check_refused(exchange(gateway.address, get("more"), "GET"))
            self.assertEqual(self.figures(gateway), (5, 40))
            self.assertEqual(service.now, 5)
            for left in range(40, 0, -1):
                service.let_go()
                service.wait_for(1)
                self.until(gateway, 5, left - 1)
            service.let_go(5)
            self.assertEqual([connection.answer("GET").status for connection in asked], [200] * 45)
            self.until(gateway, 0, 0)
            self.assertEqual(service.most, 5)
            self.assertEqual(sorted(service.order, key=int), [str(number) for number in range(45)])
            self.check_refusals(gateway, "upstream_busy", 1)

    def test_no_worker_starves_the_other(self):
        """Connections without a pause on both workers, far more than places: each is served, and none is refused."""
        with Upstream() as service, Gateway(configuration(service, 1, 100, workers=2)) as gateway:
            failures = []

            def client():
                with Connection(gateway.address) as connection:
                    for _ in range(40):
                        connection.send(get("x"))
                        if connection.answer("GET").status != 200:
                            failures.append(1)

            threads = [threading.Thread(target=client) for _ in range(16)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assertEqual((len(failures), len(service.requests)), (0, 640))
            self.until(gateway, 0, 0)

    def test_the_line_is_served_in_its_order(self):
        names = [str(number) for number in range(8)]
        with Holding() as service, Gateway(configuration(service, 1, 8, workers=2)) as gateway:
            first = self.ask(gateway, get("first"))
            service.wait_for(1)
            line = self.line_up(gateway, names, 1)
            for _ in range(9):
                service.let_go()
            self.assertEqual({connection.answer("GET").status for connection in (first, *line)}, {200})
            self.assertEqual(service.order, ["first", *names])

    def test_whoever_was_refused_may_send_the_same_bytes_on_the_same_connection(self):
        for room, connect, reason in ((0, LATE, "upstream_busy"), (1, "100ms", "upstream_queue_timeout")):
            with self.subTest(reason), Holding() as service:
                with Gateway(configuration(service, 1, room, connect=connect)) as gateway:
                    busy = self.ask(gateway, get("busy"))
                    service.wait_for(1)
                    request = Client().request("/api/again")
                    again = self.ask(gateway, request)
                    for _ in range(3):
                        self.check_refused(again.answer())
                        line = gateway.next_log_line()
                        self.assertEqual((line["status"], line["reason"], line["upstream"]), (503, reason, "orders"))
                        again.send(request)
                    self.check_refused(again.answer())
                    self.check_refusals(gateway, reason, 4)
                    self.until(gateway, 1, 0)
                    service.let_go()
                    self.assertEqual(busy.answer("GET").status, 200)
                    self.until(gateway, 0, 0)
                    again.send(request)
                    service.wait_for(1)
                    service.let_go()
                    self.assertEqual(again.answer().status, 200)
                    again.send(request)
                    answer = again.answer()
                    self.assertEqual((answer.status, json.loads(answer.body)["code"]), (401, "replayed"))
                    self.assertEqual(service.order, ["busy", "again"])

    def test_who_was_sent_ahead_begins_when_it_is_its_turn(self):
        with Holding() as service, Gateway(configuration(service, 1, 1, connect="100ms")) as gateway:
            self.ask(gateway, get("busy"))
            service.wait_for(1)
            ahead = self.ask(gateway, get("first") + get("second"))
            for _ in range(2):
                self.check_refused(ahead.answer("GET"))
            first, second = gateway.next_log_line(), gateway.next_log_line()
            service.let_go()
            begun, later = (datetime.datetime.fromisoformat(line["time"]) for line in (first, second))
            self.assertGreaterEqual(later - begun, datetime.timedelta(milliseconds=100))

    def test_a_message_that_waits_can_not_be_repeated_and_a_repeated_one_does_not_wait(self):
        with Holding() as service, Gateway(configuration(service, 1, 8)) as gateway:
            busy = self.ask(gateway, get("busy"))
            service.wait_for(1)
            request = Client().request("/api/once")
            waits = self.ask(gateway, request)
            self.until(gateway, 1, 1)
            for _ in range(3):
                self.assertEqual(exchange(gateway.address, request).status, 401)
            self.assertEqual(self.figures(gateway), (1, 1))
            service.let_go(2)
            self.assertEqual((busy.answer("GET").status, waits.answer().status), (200, 200))

    def test_a_client_that_hangs_up_loses_its_turn(self):
        with Holding() as service, Gateway(configuration(service, 1, 2)) as gateway:
            busy = self.ask(gateway, get("busy"))
            service.wait_for(1)
            leaver, patient = self.line_up(gateway, ["leaver", "patient"], 1)
            leaver.close()
            self.until(gateway, 1, 1)
            line = gateway.next_log_line()
            self.assertEqual((line["path"], line["reason"]), ("/open/leaver", "client_closed"))
            self.assertNotIn("status", line)
            newcomer = self.ask(gateway, get("newcomer"))
            self.until(gateway, 1, 2)
            service.let_go(3)
            self.assertEqual([c.answer("GET").status for c in (busy, patient, newcomer)], [200] * 3)
            self.assertEqual(service.order, ["busy", "patient", "newcomer"])

    def test_a_client_that_speaks_on_while_it_waits_keeps_its_turn(self):
        with Holding() as service, Gateway(configuration(service, 1, 2)) as gateway:
            busy = self.ask(gateway, get("busy"))
            service.wait_for(1)
            eager = self.ask(gateway, get("eager") + get("next"))
            leaver = self.ask(gateway, get("leaver"))
            self.until(gateway, 1, 2)
            leaver.close()
            self.until(gateway, 1, 1)  # the wheel has turned, and both were looked at
            service.let_go(3)
            self.assertEqual(busy.answer("GET").status, 200)
            self.assertEqual([eager.answer("GET").status for _ in range(2)], [200, 200])
            self.assertEqual(service.order, ["busy", "eager", "next"])

    def test_a_place_is_held_to_the_last_byte_of_the_answer(self):
        begun, go = threading.Event(), threading.Event()

        def slow(received, peer):
            if "slow" not in received.line:
                return OK
            peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello")
            begun.set()
            go.wait(PATIENCE)
            return b"world"

        with Upstream(slow) as service, Gateway(configuration(service, 1, 1)) as gateway:
            streamed = self.ask(gateway, get("slow"))
            self.assertTrue(begun.wait(PATIENCE))
            self.assertEqual((streamed.head().status, streamed.exactly(5)), (200, b"hello"))
            waits, = self.line_up(gateway, ["waits"], 1)
            self.assertEqual(len(service.requests), 1)
            go.set()
            self.assertEqual(streamed.exactly(5), b"world")
            self.assertEqual(waits.answer("GET").status, 200)
            self.until(gateway, 0, 0)

    def test_whatever_ends_a_request_gives_its_place_back(self):
        more = "limits: {reply_bytes: 1KiB}\n"
        endings = {
            "close": lambda peer: b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
            "nonsense": lambda peer: b"nonsense\r\n\r\n",
            "cut": lambda peer: b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\nConnection: close\r\n\r\nhello",
            "silent": lambda peer: None,
        }

        def ends(received, peer):
            name = received.line.split(" ")[1].rsplit("/", 1)[1]
            answer = endings[name](peer)
            if name == "cut":
                peer.sendall(answer)
                peer.shutdown(1)
                return None
            return answer

        with Upstream(ends) as service:
            config = configuration(service, 1, 0, more=more).replace("connect: 1h", "connect: 1h, response: 100ms")
            with Gateway(config) as gateway:
                for name in endings:
                    self.assertTrue(self.ask(gateway, get(name)).some())
                    self.until(gateway, 0, 0)

    def test_a_service_that_is_down_takes_no_places(self):
        down = reserved_port()
        service = type("Down", (), {"url": "http://127.0.0.1:%d" % down.getsockname()[1]})
        with Gateway(configuration(service, 1, 0)) as gateway:
            for _ in range(3):
                self.assertEqual(exchange(gateway.address, get("x"), "GET").status, 502)
            self.until(gateway, 0, 0)
        down.close()

    def test_what_waits_when_the_gateway_drains_is_served(self):
        with Holding() as service, Gateway(configuration(service, 1, 4, workers=2)) as gateway:
            busy = self.ask(gateway, get("busy"))
            service.wait_for(1)
            line = self.line_up(gateway, ["a", "b"], 1)
            gateway.signal(signal.SIGTERM)
            gateway.wait_for_diagnostic("draining: ")
            service.let_go(3)
            self.assertEqual([connection.answer("GET").status for connection in (busy, *line)], [200] * 3)
            self.assertEqual(gateway.wait(), 0)

    def test_the_end_of_drain_time_ends_those_who_wait(self):
        more = "limits: {drain_time: 200ms}\n"
        for workers in (1, 2):
            with Holding() as service:
                with Gateway(configuration(service, 1, 4, workers=workers, more=more)) as gateway:
                    busy = self.ask(gateway, get("busy"))
                    service.wait_for(1)
                    line = self.line_up(gateway, ["a", "b"], 1)
                    gateway.signal(signal.SIGTERM)
                    self.assertEqual(gateway.wait(), 0)
                    self.assertEqual([connection.answer("GET").status for connection in (busy, *line)], [503] * 3)
                    # One worker may end before the other is told to; its places are the other's for that moment.
                    if workers == 1:
                        self.assertEqual(service.order, ["busy"])


if __name__ == "__main__":
    unittest.main()
