#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Several secrets of one client at once: each while it is in force, with its own keys alone, and who used which."""

import time
import unittest

from laravel import Client, seal, serialize
from payloads import mac_of, members_of, payload_of
from talk import Refusals

OLD, NEW, PAST, COMING = (bytes(range(first, first + 16)) for first in (0x10, 0x20, 0x30, 0x40))
CONFIG = """
listen: 127.0.0.1:0
admin: 127.0.0.1:0
workers: 1
clients:
  billing:
    token: my_key
    secrets:
      - {{id: new, value: "hex:{new}", from: 2020-01-01}}
      - {{id: old, value: "hex:{old}", until: 2200-01-01}}
      - {{id: past, value: "hex:{past}", until: 2020-01-01}}
      - {{id: coming, value: "hex:{coming}", from: 2200-01-01}}
  brief:
    secrets:
      - {{id: ending, value: "hex:505152535455565758595a5b5c5d5e5f", until: {edge}}}
      - {{id: beginning, value: "hex:606162636465666768696a6b6c6d6e6f", from: {edge}}}
  sealer:
    cipher: AES-256-GCM
    secrets:
      - {{id: a, value: "hex:{a}"}}
      - {{id: b, value: "hex:{b}"}}
upstreams:
  orders: {upstream}
routes:
  - {{path: /api/, scheme: laravel, upstream: orders}}
"""
A, B = bytes(range(32)), bytes(range(32, 64))
ENDING, BEGINNING = bytes(range(0x50, 0x60)), bytes(range(0x60, 0x70))


class SecretsInForce(Refusals):
    def config(self, upstream):
        self.edge = int(time.time()) + 2
        return CONFIG.format(upstream=upstream, new=NEW.hex(), old=OLD.hex(), past=PAST.hex(), coming=COMING.hex(),
                             a=A.hex(), b=B.hex(),
                             edge=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.edge)))

    def test_all_in_force_prove_and_no_other(self):
        for secret in (NEW, OLD):
            self.passes(Client(secret=secret).request())
        for secret in (PAST, COMING):
            self.refused(Client(secret=secret).request(), secret, 401, "unauthenticated")

    def test_log_and_metrics_name_the_one_that_matched(self):
        before = time.time()
        for secret, name in ((NEW, "new"), (OLD, "old")):
            self.passes(Client(secret=secret).request())
            self.assertEqual(self.gateway.next_log_line()["secret"], name)
        self.refused(Client(secret=PAST).request())
        self.assertNotIn("secret", self.gateway.next_log_line())
        metrics = self.settled_metrics()
        used = 'countersign_secret_last_used_timestamp_seconds{client="billing",secret="%s"}'
        for name in ("new", "old"):
            self.assertTrue(before - 0.001 <= metrics[used % name] <= time.time() + 0.001, name)
        for name in ("past", "coming"):
            self.assertNotIn(used % name, metrics)
        expiry = 'countersign_secret_expiry_timestamp_seconds{client="billing",secret="%s"}'
        self.assertEqual((metrics[expiry % "old"], metrics[expiry % "past"]), (7258118400, 1577836800))
        self.assertNotIn(expiry % "new", metrics)

    def test_a_signature_and_a_payload_are_of_one_secret(self):
        # V19: Laravel 11.0 to 11.3 tried keys and MACs apart.
        for signing, sealing in ((OLD, NEW), (NEW, OLD)):
            payload = seal(serialize('{"id":7}'), sealing)
            self.refused(Client(secret=signing).request(payload=payload), "", 401, "unauthenticated")
        for signing, sealing in ((A, B), (B, A)):
            payload = seal(serialize('{"id":7}'), sealing, "AES-256-GCM")
            self.refused(Client("sealer", signing).request(payload=payload), "", 401, "unauthenticated")
        for secret in (A, B):
            self.passes(Client("sealer", secret, "AES-256-GCM").request())

    def test_a_mac_of_one_secret_opens_nothing_for_another(self):
        # V19: MAC by one, cipher by the other, whichever signed the head.
        for signing in (OLD, NEW):
            for mac_key, cipher_key in ((OLD, NEW), (NEW, OLD)):
                for n in range(8):
                    members = members_of(seal(serialize('{"id":7}'), cipher_key, iv=bytes([n]) * 16))
                    payload = payload_of({**members, "mac": mac_of(mac_key, members["iv"], members["value"])})
                    self.refused(Client(secret=signing).request(payload=payload), (signing == OLD, mac_key == OLD, n))
        self.assertEqual(self.service.connections, 0)

    def test_one_secret_ends_and_the_other_begins_in_the_same_second(self):
        # Half-open: until then the one, from then on the other. Asked until both have changed sides, which takes as
        # long as the clock needs to the next second.
        changed = {ENDING: False, BEGINNING: False}
        while not all(changed.values()):
            for secret, is_first in ((ENDING, True), (BEGINNING, False)):
                before = int(time.time())
                status = self.talk.ask(Client("brief", secret).request()).status
                after = int(time.time())
                self.assertIn(status, (200, 401))
                if before == after:
                    self.assertEqual(status == 200, is_first == (before < self.edge), (before, self.edge))
                changed[secret] = changed[secret] or (before >= self.edge and before == after)
                self.assertLess(before, self.edge + 20)


if __name__ == "__main__":
    unittest.main()
