#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Under load every message is forwarded exactly once, everything that counts agrees, and nothing is left behind."""

import json
import os
import tempfile
import unittest
from time import monotonic

from gateway import PATIENCE, Gateway, basic
from load import Service, load

REQUESTS = 3000
CONNECTIONS = 32

MORE = """
access_log: {{path: {log}}}
limits: {{idle_timeout: {idle}s}}
"""


def configuration(url, workers, folder):
    return basic(url, workers=workers, more=MORE.format(log=os.path.join(folder, "access.log"), idle=int(PATIENCE * 4)))


def sum_of(metrics, name, *labels):
    return sum(value for series, value in metrics.items()
               if series.split("{")[0] == name and all(label in series for label in labels))


def descriptors(gateway):
    """What each descriptor of the process is."""
    folder = f"/proc/{gateway.process.pid}/fd"
    found = []
    for name in os.listdir(folder):
        try:
            found.append(os.readlink(os.path.join(folder, name)))
        except FileNotFoundError:  # closed meanwhile
            pass
    return found


def sockets(gateway):
    return sum(link.startswith("socket:") for link in descriptors(gateway))


class ShortLoad(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def client(self, gateway, client, path="/api/orders"):
        return gateway.url + path, "-c", gateway.config, "--client", client

    def until(self, what, expected):
        """What `what` gives once it is as expected, or after a long time."""
        end = monotonic() + PATIENCE
        while (found := what()) != expected and monotonic() < end:
            pass
        self.assertEqual(found, expected)

    def run_load(self, *options):
        status, found = load(*options)
        self.assertEqual(status, 0, found)
        self.assertEqual(found["errors"]["total"], 0, found)
        return found

    def test_each_request_is_forwarded_exactly_once_and_nothing_is_left_behind(self):
        with Service("--echo", "--distinct") as service:
            with Gateway(configuration(service.url, 2, self.folder.name), ["--dumpable"]) as gateway:
                listeners = sockets(gateway)
                others = set()
                for client in ("billing", "warehouse"):
                    found = self.run_load(*self.client(gateway, client), "--requests", str(REQUESTS // 2), "--seconds",
                                          "600", "--connections", str(CONNECTIONS), "--body", "echo", "--size", "1KiB")
                    self.assertEqual((found["requests"], found["answers"], found["statuses"]),
                                     (REQUESTS // 2, REQUESTS // 2, {"200": REQUESTS // 2}))
                    self.until(lambda: sum_of(gateway.metrics(), "countersign_connections"), 0)
                    others.add(sum(not link.startswith("socket:") for link in descriptors(gateway)))
                self.check_metrics(gateway.metrics())
                kept = int(sum_of(gateway.metrics(), "countersign_upstream_connections"))
                self.until(lambda: sockets(gateway), listeners + kept)
                self.assertEqual(len(others), 1, others)
            self.check_log()
        self.assertEqual((service.counts["requests"], service.counts["repeated"], service.counts["malformed"]),
                         (REQUESTS, 0, 0))

    def check_metrics(self, metrics):
        for client in ("billing", "warehouse"):
            self.assertEqual(sum_of(metrics, "countersign_requests_total", f'client="{client}"', 'status="200"'),
                             REQUESTS // 2)
            self.assertEqual(sum_of(metrics, "countersign_client_requests_total", f'client="{client}"'), REQUESTS // 2)
        for name in ("countersign_requests_total", "countersign_upstream_requests_total", "countersign_replay_marks",
                     "countersign_transfer_delay_seconds_count", "countersign_request_duration_seconds_count"):
            self.assertEqual(sum_of(metrics, name), REQUESTS, name)
        for name in ("countersign_refusals_total", "countersign_requests_in_flight"):
            self.assertEqual(sum_of(metrics, name), 0, name)

    def check_log(self):
        with open(os.path.join(self.folder.name, "access.log"), encoding="utf-8") as stream:
            lines = [json.loads(line) for line in stream]
        self.assertEqual(len({line["request_id"] for line in lines}), REQUESTS)
        self.assertEqual({line["status"] for line in lines}, {200})
        self.assertEqual(len(lines), REQUESTS)

    def test_signed_and_sealed_replies_are_proven_and_opened(self):
        route = "routes:\n  - {path: /sealed/, scheme: laravel, upstream: orders, reply: {sign: true, seal: true}}"
        with Service("--echo") as service:
            config = configuration(service.url, 1, self.folder.name).replace("routes:", route)
            with Gateway(config) as gateway:
                for client in ("billing", "warehouse"):
                    self.run_load(*self.client(gateway, client, "/sealed/"), "--requests", "300", "--seconds", "600",
                                  "--connections", "8", "--body", "echo", "--size", "64KiB")
        self.assertEqual(service.counts["requests"], 600)

    def test_a_fixed_rate_sends_all_that_was_due(self):
        with Service() as service:
            with Gateway(configuration(service.url, 1, self.folder.name)) as gateway:
                found = self.run_load(*self.client(gateway, "billing"), "--requests", "200", "--rate", "200",
                                      "--seconds", "600", "--connections", "8", "--threads", "2")
                plain = self.run_load(gateway.url + "/open/", "--plain", "--requests", "100", "--connections", "4")
        self.assertEqual((found["answers"], plain["answers"]), (200, 100))
        self.assertEqual(service.counts["requests"], 300)

    def test_what_is_spoiled_on_purpose_is_refused_for_that_and_nothing_else(self):
        route = "routes:\n  - {path: /sealed/, scheme: laravel, upstream: orders, reply: {sign: true, seal: true}}"
        with Service() as service:
            config = configuration(service.url, 1, self.folder.name).replace("routes:", route)
            with Gateway(config) as gateway:
                for spoil, path in (("signature", "/api/"), ("token", "/sealed/")):
                    found = self.run_load(*self.client(gateway, "billing", path), "--spoil", spoil, "--requests", "50",
                                          "--connections", "2")
                    self.assertEqual((found["statuses"], found["reconnects"]), ({"401": 50}, 0))
                metrics = gateway.metrics()
                for reason, client in (("bad_signature", "billing"), ("unknown_client", "-")):
                    self.assertEqual(sum_of(metrics, "countersign_refusals_total", f'reason="{reason}"',
                                            f'client="{client}"'), 50, reason)
        self.assertEqual(service.counts["requests"], 0)

    def test_clients_that_are_drawn_all_come_to_speak(self):
        with Service("--distinct") as service:
            with Gateway(configuration(service.url, 1, self.folder.name)) as gateway:
                self.run_load(gateway.url + "/api/", "-c", gateway.config, "--drawn", "--requests", "200",
                              "--connections", "4")
                metrics = gateway.metrics()
                for client in ("billing", "warehouse"):
                    self.assertGreater(sum_of(metrics, "countersign_requests_total", f'client="{client}"'), 50, client)
        self.assertEqual((service.counts["requests"], service.counts["repeated"]), (200, 0))

    def test_whatever_goes_wrong_is_counted_under_its_name_and_fails_the_run(self):
        with Service() as service:
            with Gateway(configuration(service.url, 1, self.folder.name)) as gateway:
                wrong_secret = ("--token", "my_key", "--secret", "fedcba9876543210")
                for kind, count, options in (
                        ("status", 20, (gateway.url + "/api/", *wrong_secret)),
                        ("body", 20, (*self.client(gateway, "billing"), "--body", "echo")),
                        ("status", 20, (*self.client(gateway, "billing"), "--status", "201"))):
                    status, found = load(*options, "--requests", "20", "--connections", "2")
                    self.assertEqual((status, found["errors"][kind], found["errors"]["total"], found["answers"]),
                                     (1, count, count, 0), kind)
                    self.assertEqual(found["latency_us"]["max"], 0)
                gone = gateway.url
            status, found = load(gone + "/", "--plain", "--requests", "20", "--connections", "2")
            self.assertEqual((status, found["errors"]["connect"], found["errors"]["total"]), (1, 6, 6))

    def test_no_other_machine_is_ever_loaded(self):
        status, said = load("http://192.0.2.1:80/", "--plain")
        self.assertEqual(status, 64)
        self.assertIn("not a loopback address", said)


if __name__ == "__main__":
    unittest.main()
