#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The number of series depends on the configuration, never on what strangers send."""

import unittest

from laravel import Client
from talk import Refusals


class Series(Refusals):
    def invented(self, n):
        """Requests with names that nobody configured, in every place where there could be one."""
        yield Client(f"token-{n}", version=f"9.{n}").request(host=f"host-{n}.example", path=f"/api/{n}?q={n}")
        yield Client(secret=b"fedcba9876543210", version=f"8.{n}").request(path=f"/api/{n}")
        yield Client(f"token-{n}").request(path=f"/nowhere-{n}/")
        yield f"INVENT{n} /api/x HTTP/1.1\r\nHost: gateway\r\n\r\n".encode()

    def test_invented_names_add_no_series(self):
        # V32: APISIX #13228
        for data in self.invented(0):
            self.talk.ask(data)
        before = self.settled_metrics()
        for n in range(1, 2001):
            requests = list(self.invented(n))
            for data in requests if n % 20 == 0 else requests[:1]:  # the tokens are what the others only accompany
                self.talk.ask(data)
        after = self.settled_metrics()
        self.assertEqual(set(after), set(before))
        unknown = 'countersign_refusals_total{route="api",client="-",reason="unknown_client"}'
        self.assertEqual(after[unknown] - before[unknown], 2000)
        self.assertEqual(self.service.connections, 0)

    def test_labels_come_from_the_configuration(self):
        self.passes(Client().request())
        for data in self.invented(7):
            self.talk.ask(data)
        names = " ".join(self.settled_metrics())
        for invented in ("token-7", "9.7", "8.7", "host-7", "nowhere-7", "INVENT7"):
            self.assertNotIn(invented, names)
        self.assertIn('client="billing"', names)


if __name__ == "__main__":
    unittest.main()
