#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Under load over TLS, kept alive and with a handshake for each request, every message is forwarded exactly once, and
nothing is left behind."""

import os
import tempfile
import unittest
from time import monotonic

from certificates import Authority
from gateway import PATIENCE, Gateway
from load import Service, load
from secure import secured

REQUESTS = 2000


class ShortLoad(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.pair = Authority(self.folder.name).sign("gateway", ["gateway.example"])
        self.more = f"access_log: {{path: {os.path.join(self.folder.name, 'access.log')}}}\n"

    def run_load(self, workers, *options):
        """The gateway's metrics after a load that went well and has left."""
        with Service() as service:
            with Gateway(secured(service.url, self.pair.tls, self.more, workers)) as gateway:
                url = "https://%s:%d/api/orders" % gateway.address
                status, found = load(url, "-c", gateway.config, "--client", "billing", "--requests", str(REQUESTS),
                                     "--connections", "16", "--seconds", "100", *options)
                self.assertEqual(status, 0, found)
                self.assertEqual(found["answers"], REQUESTS)
                end = monotonic() + PATIENCE
                while (metrics := gateway.metrics())["countersign_connections"] and monotonic() < end:
                    pass
                self.assertEqual(metrics["countersign_connections"], 0)
        self.assertEqual(service.counts["requests"], REQUESTS)
        return metrics

    def handshakes(self, metrics):
        return sum(value for name, value in metrics.items() if name.startswith("countersign_tls_handshakes_total"))

    def test_connections_that_are_kept(self):
        for size in ("1KiB", "64KiB"):
            metrics = self.run_load(2, "--size", size)
            self.assertEqual(self.handshakes(metrics), 16)

    def test_a_handshake_for_each(self):
        metrics = self.run_load(2, "--reconnect")
        self.assertGreaterEqual(self.handshakes(metrics), REQUESTS)
        failed = [name for name in metrics if name.startswith("countersign_tls_handshake_failures_total")]
        self.assertEqual(failed, [])


if __name__ == "__main__":
    unittest.main()
