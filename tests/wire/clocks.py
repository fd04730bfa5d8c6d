#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""How long messages take and how far clients' clocks are off shows in the metrics, for each client."""

import time
import unittest

from laravel import Client
from talk import Refusals

BILLING = Client()
WAREHOUSE = Client("wh-7", bytes(range(32)), "AES-256-GCM")
DELAY = "countersign_transfer_delay_seconds"
OFFSET = 'countersign_client_clock_offset_seconds{client="%s"}'


def ago(client, seconds, **more):
    return client.request(timestamp=int(time.time()) - seconds, **more)


class Clocks(Refusals):
    def delays(self, metrics, client):
        """(how many, their sum) in the histogram."""
        return tuple(metrics.get(f'{DELAY}_{what}{{client="{client}"}}', 0) for what in ("count", "sum"))

    def near(self, value, wanted, slack=2):
        self.assertTrue(wanted <= value <= wanted + slack, (value, wanted))  # while we asked, time went on

    def test_each_client_has_its_own_delays(self):
        for seconds in (0, 100, 200):
            self.passes(ago(BILLING, seconds))
        self.passes(ago(WAREHOUSE, 50))
        metrics = self.settled_metrics()
        count, total = self.delays(metrics, "billing")
        self.assertEqual(count, 3)
        self.near(total, 300, 6)
        count, total = self.delays(metrics, "warehouse")
        self.assertEqual(count, 1)
        self.near(total, 50)

    def test_the_histogram_has_buckets(self):
        self.passes(ago(BILLING, 100))
        metrics = self.settled_metrics()
        bounds = {float(name.split('le="')[1][:-2].replace("+Inf", "inf")): value for name, value in metrics.items()
                  if name.startswith(DELAY + "_bucket{")}
        self.assertGreater(len(bounds), 5)
        for bound, value in bounds.items():
            if not 100 <= bound < 103:
                self.assertEqual(value, 1 if bound > 100 else 0, bound)

    def test_a_clock_ahead_counts_as_no_delay_and_shows_as_an_offset_below_zero(self):
        self.passes(ago(BILLING, -30))
        metrics = self.settled_metrics()
        self.assertEqual(self.delays(metrics, "billing"), (1, 0))
        self.near(metrics[OFFSET % "billing"], -30)

    def test_a_stale_but_genuine_message_sets_the_offset_alone(self):
        for seconds in (1000, -1000):
            self.refused(ago(BILLING, seconds), seconds, 401, "stale")
            metrics = self.settled_metrics()
            self.near(metrics[OFFSET % "billing"], seconds)
            self.assertEqual(self.delays(metrics, "billing"), (0, 0))
        self.assertEqual(self.service.connections, 0)

    def test_the_newest_message_tells_the_offset(self):
        self.passes(ago(BILLING, 200))
        self.passes(ago(BILLING, 20))
        self.near(self.settled_metrics()[OFFSET % "billing"], 20)

    def test_strangers_and_copies_tell_nothing(self):
        message = ago(BILLING, 10)
        self.passes(message)
        self.refused(ago(Client(secret=b"fedcba9876543210"), 100))
        self.refused(ago(Client(secret=b"fedcba9876543210"), 1000))
        self.refused(ago(Client("nobody"), 100))
        before = self.settled_metrics()
        self.refused(message, "", 401, "replayed")
        after = self.settled_metrics()
        for metrics in (before, after):
            self.near(metrics[OFFSET % "billing"], 10)
            self.assertEqual(self.delays(metrics, "billing")[0], 1)
            self.assertEqual([name for name in metrics if name.startswith("countersign_client_clock_offset")],
                             [OFFSET % "billing"])

    def test_the_log_tells_the_delay_of_each(self):
        for seconds in (40, 1000):
            self.talk.ask(ago(BILLING, seconds))
            delay = self.gateway.next_log_line()["delay_ms"]
            self.near(delay, seconds * 1000, 3000)


if __name__ == "__main__":
    unittest.main()
