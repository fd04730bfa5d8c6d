#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Descriptors run out, and come back; none is lost."""

import json
import os
import re
import resource
import signal
import subprocess
import tempfile
import threading
import unittest
from time import monotonic

from gateway import BINARY, Gateway, basic
from laravel import Client
from upstream import Upstream
from wire import PATIENCE, Connection, exchange

ERRORS = "countersign_accept_errors_total"
INSPECTED = ["--dumpable"]  # else its descriptors are for root alone to count


class Descriptors(unittest.TestCase):
    def test_an_accept_that_fails_is_counted_and_the_next_ones_succeed(self):
        with Upstream() as service, Gateway(basic(service.url), INSPECTED) as gateway:
            self.assertEqual(exchange(gateway.address, Client().request()).status, 200)
            # A connection that stands already needs no descriptor to be asked.
            with Connection(gateway.admin) as admin:
                self.assertEqual(self.accept_errors(admin), 0)
                few = gateway.descriptors() + 8
                resource.prlimit(gateway.process.pid, resource.RLIMIT_NOFILE, (few, few))
                waiting = [Connection(gateway.address) for _ in range(20)]
                while self.accept_errors(admin) == 0:
                    pass
                for connection in waiting:
                    connection.close()
            # Descriptors are free again: whoever comes now is served, in this process.
            self.assertEqual(exchange(gateway.address, Client().request()).status, 200)
            self.assertGreater(gateway.metrics()[ERRORS], 0)

    def test_an_accept_that_fails_is_tried_again_ten_times_a_second_and_not_more(self):
        with Upstream() as service, Gateway(basic(service.url), INSPECTED) as gateway:
            with Connection(gateway.admin) as admin:
                self.assertEqual(self.accept_errors(admin), 0)
                few = gateway.descriptors() + 2
                resource.prlimit(gateway.process.pid, resource.RLIMIT_NOFILE, (few, few))
                waiting = [Connection(gateway.address) for _ in range(5)]
                while self.accept_errors(admin) == 0:
                    pass
                begun, before = monotonic(), self.accept_errors(admin)
                while (tried := self.accept_errors(admin) - before) < 10:
                    self.assertLess(monotonic() - begun, PATIENCE)
                # One more than there are tenths: the first may have been about to come.
                self.assertLessEqual(tried, 10 * (monotonic() - begun) + 1)
                for connection in waiting:
                    connection.close()

    def test_without_a_descriptor_for_the_service_the_message_was_not_said(self):
        request = Client().request()
        with Upstream() as service, Gateway(basic(service.url), INSPECTED) as gateway:
            with Connection(gateway.address) as connection:
                connection.send(Client().request("/nowhere"))
                self.assertEqual(connection.answer().status, 404)
                few = gateway.descriptors()
                before = resource.prlimit(gateway.process.pid, resource.RLIMIT_NOFILE, (few, 1024))
                connection.send(request)
                answer = connection.answer()
                self.assertEqual((answer.status, json.loads(answer.body)["code"]), (502, "upstream_unreachable"))
                resource.prlimit(gateway.process.pid, resource.RLIMIT_NOFILE, (min(1024, before[0]), 1024))
                connection.send(request)
                self.assertEqual(connection.answer().status, 200)
            self.assertEqual(len(service.requests), 1)

    def test_with_however_few_it_says_what_is_missing_or_runs_and_ends_when_told(self):
        folder = self.enterContext(tempfile.TemporaryDirectory(prefix="countersign-"))
        config = os.path.join(folder, "gateway.yaml")
        with open(config, "w", encoding="utf-8") as stream:
            stream.write(basic("http://127.0.0.1:9"))
        ran = []
        for few in range(4, 32):
            with self.subTest(few=few), subprocess.Popen(
                    ["prlimit", f"--nofile={few}", BINARY, "serve", "-c", config], text=True,
                    stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
                watchdog = threading.Timer(PATIENCE, process.kill)
                watchdog.start()
                try:
                    said = []
                    for line in process.stderr:
                        said.append(line)
                        if "admin on" in line:
                            ran.append(few)
                            process.send_signal(signal.SIGTERM)
                    # It ends by itself: with a sentence, or because it was told to.
                    status = process.wait(PATIENCE)
                    self.assertTrue(said)
                    if few in ran:
                        self.assertEqual(status, 0, said)
                    else:
                        self.assertGreater(status, 0, said)
                finally:
                    watchdog.cancel()
                    process.kill()
        self.assertIn(31, ran)
        self.assertNotIn(4, ran)

    @staticmethod
    def accept_errors(admin):
        admin.send(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
        return int(re.search(rf"^{ERRORS} (\d+)$", admin.answer().body.decode(), re.M).group(1))

    def test_after_two_thousand_requests_of_all_outcomes_as_many_are_open_as_before(self):
        client = Client()
        with Upstream() as service, Gateway(basic(service.url, workers=2), INSPECTED) as gateway:
            kinds = [lambda: client.request(), lambda: client.request("/nowhere"),
                     lambda: client.request(fields=client.fields(signature="0" * 64)),
                     lambda: client.request(payload="AAAA"), lambda: b"GET / HTTP/1.1\r\n\r\n",
                     lambda: b"nonsense\r\n\r\n", lambda: client.request("/open/x")]

            def round_of(count):
                for number in range(count):
                    exchange(gateway.address, kinds[number % len(kinds)]())

            round_of(200)
            self.settle(gateway)
            before = gateway.descriptors()
            round_of(2000)
            self.settle(gateway)
            self.assertLessEqual(gateway.descriptors(), before + 2)  # a kept connection to the service more a worker
            figures = gateway.metrics()
            self.assertEqual(figures["countersign_requests_in_flight"], 0)

    @staticmethod
    def settle(gateway):
        """Until the gateway has noticed that its clients are gone."""
        while gateway.metrics()["countersign_connections"] != 0:
            pass


if __name__ == "__main__":
    unittest.main()
