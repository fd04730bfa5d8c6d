#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Under signed load the configuration is exchanged again and again, each second time for a broken one: all pass."""

import itertools
import os
import shutil
import unittest
from time import monotonic

from gateway import PATIENCE, Gateway, basic
from laravel import Client
from load import Load, Service
from wire import exchange

# A hundred take half a minute on an idle machine.
RELOADS = int(os.environ.get("COUNTERSIGN_RELOADS", "24"))

OPEN = "  - {path: /open/, scheme: none, upstream: orders, content: any}\n"
BILLING = "secret: 0123456789abcdef}"
WAREHOUSE = "secret: base64:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


def variants(config):
    """Configurations that all of `billing`'s requests to /api/ pass in, for ever. Every second one is broken."""
    secrets = ("secrets: [{id: new, value: fedcba9876543210}, {id: old, value: 0123456789abcdef}]}")
    for number in itertools.count():
        text = config
        if number % 3 == 0:
            text = text.replace(OPEN, f"  - {{path: /open-{number}/, scheme: none, upstream: orders, content: any}}\n")
        if number % 3 == 1:
            text = text.replace(BILLING, secrets).replace(WAREHOUSE, "secret: ABCDEF9876543210ABCDEF9876543210")
        if number % 2 == 0:
            text = text.replace("listen: 127.0.0.1:0", "listen: [127.0.0.1:0, 127.0.0.1:0]")
        if number % 4 == 2:
            text = text.replace("upstreams:\n", "upstreams:\n  stock: http://127.0.0.1:9\n").replace(
                OPEN, OPEN.replace("orders", "stock"))
        yield True, text + f"limits: {{connections: {5000 + number}}}\n"
        yield False, text.replace("scheme: laravel", "scheme: laravle")


def descriptors(gateway):
    """Without those of connections that are counted."""
    metrics = gateway.metrics()
    counted = sum(value for name, value in metrics.items()
                  if name.split("{")[0] in ("countersign_connections", "countersign_upstream_connections"))
    return metrics["process_open_fds"] - counted


class ReloadUnderLoad(unittest.TestCase):
    def test_no_request_fails(self):
        with Service("--distinct") as service:
            config = basic(service.url, workers=2, more="access_log: {path: 'off'}\n")
            with Gateway(config) as gateway:
                known = os.path.join(gateway.folder, "of-the-load.yaml")  # the other one changes
                shutil.copy(gateway.config, known)
                before, texts, done = descriptors(gateway), variants(config), 0
                while done < RELOADS:
                    load = Load(gateway.url + "/api/", "-c", known, "--client", "billing", "--connections", "16",
                                "--seconds", "600", "--requests", "3000")
                    while load.running(0) and done < RELOADS:
                        good, text = next(texts)
                        self.assertEqual(gateway.reload(text), good, "\n".join([text, *gateway.diagnostics[-9:]]))
                        done += 1
                    status, found = load.result()
                    self.assertEqual((status, found["errors"]["total"], found["statuses"]), (0, 0, {"200": 3000}))
                self.assertTrue(gateway.reload(config))
                self.assertEqual(exchange(gateway.address, Client().request("/open/")).status, 200)
                metrics = gateway.metrics()
                failed = {name: value for name, value in metrics.items()
                          if name.startswith("countersign_refusals_total") or
                          (name.startswith("countersign_requests_total") and 'status="200"' not in name)}
                self.assertEqual(failed, {})
                # No listener and no connection of an earlier configuration is left.
                end = monotonic() + PATIENCE
                while (left := descriptors(gateway)) != before and monotonic() < end:
                    pass
                self.assertEqual(left, before)
        self.assertEqual((service.counts["repeated"], service.counts["malformed"]), (0, 0))


if __name__ == "__main__":
    unittest.main()
