#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Whoever is not let in is not told why: one answer, to the byte."""

import base64
import unittest

from laravel import Client, seal
from payloads import b64, members_of, payload_of, with_mac
from talk import Refusals, without_its_name

CLIENT = Client()
CONFIG = """
listen: 127.0.0.1:0
admin: 127.0.0.1:0
workers: 1
clients:
  billing: {{token: my_key, secret: 0123456789abcdef}}
  gcm: {{secret: hex:000102030405060708090a0b0c0d0e0f, cipher: AES-128-GCM}}
  disabled: {{secret: "hex:101112131415161718191a1b1c1d1e1f", enabled: false}}
  expired: {{secrets: [{{id: old, value: "hex:202122232425262728292a2b2c2d2e2f", until: 2020-01-01}}]}}
  early: {{secrets: [{{id: new, value: "hex:303132333435363738393a3b3c3d3e3f", from: 2200-01-01}}]}}
  elsewhere: {{secret: "hex:404142434445464748494a4b4c4d4e4f", schemes: [second]}}
schemes:
  second: {{preset: laravel}}
upstreams:
  orders: {upstream}
routes:
  - {{path: /api/, scheme: laravel, upstream: orders}}
  - {{path: /second/, scheme: second, upstream: orders}}
  - {{path: /sealed/, scheme: laravel, upstream: orders, reply: {{sign: true, seal: true}}}}
"""


def strangers():
    """(what, the client that asks, its payload if that is not its own)."""
    for name, first in (("disabled", 0x10), ("expired", 0x20), ("early", 0x30), ("elsewhere", 0x40)):
        yield name, Client(name, bytes(range(first, first + 16))), None
    yield "an unknown token", Client("nobody"), None
    yield "an unknown token in another case", Client("MY_KEY"), None
    yield "the client's id, not its token", Client("billing"), None
    yield "a wrong secret", Client(secret=b"fedcba9876543210"), None
    yield "a wrong secret of a disabled client", Client("disabled"), None
    yield "another client's secret", Client("my_key", bytes(range(16))), None
    good = members_of(CLIENT.payload({"id": 7}))
    value = base64.b64decode(good["value"])
    yield "a wrong MAC", CLIENT, payload_of({**good, "mac": "0" * 64})
    yield "a wrong padding", CLIENT, payload_of(with_mac({**good, "value": b64(value[:-16])}, CLIENT.secret))
    yield "half a block", CLIENT, payload_of(with_mac({**good, "value": b64(value[:-8])}, CLIENT.secret))
    yield "another key", CLIENT, seal(b'{"id":7}', b"fedcba9876543210")
    yield "no base64", CLIENT, "***"
    yield "no JSON", CLIENT, b64(b"hello")
    gcm = Client("gcm", bytes(range(16)), "AES-128-GCM")
    yield "a wrong tag", gcm, payload_of({**members_of(gcm.payload({"id": 7})), "tag": b64(bytes(16))})
    yield "another cipher", CLIENT, gcm.payload({"id": 7})


class SameAnswers(Refusals):
    def config(self, upstream):
        return CONFIG.format(upstream=upstream)

    def test_answers_to_strangers_are_the_same_to_the_byte(self):
        for path in ("/api/orders", "/sealed/orders"):
            answers = {}
            for what, client, payload in strangers():
                answer = self.refused(client.request(path=path, payload=payload), what, 401, "unauthenticated")
                answers.setdefault(without_its_name(answer), []).append(what)
                self.assertEqual(answer.field("Cache-Control"), "no-store")
            self.assertEqual(len(answers), 1, answers)
        self.assertEqual(self.service.connections, 0)

    def test_the_log_tells_them_apart(self):
        ids = [self.refused(client.request(payload=payload), what).field("X-Request-Id")
               for what, client, payload in strangers()]
        records = [self.gateway.next_log_line() for _ in ids]
        self.assertEqual([record["request_id"] for record in records], ids)
        reasons = {record["reason"] for record in records}
        self.assertEqual(reasons, {"unknown_client", "client_disabled", "no_secret_in_force", "bad_signature",
                                   "bad_payload", "bad_mac", "decrypt_failed"})

    def test_each_would_pass_with_what_is_right(self):
        self.passes(CLIENT.request())
        self.passes(Client("gcm", bytes(range(16)), "AES-128-GCM").request())
        self.passes(Client("elsewhere", bytes(range(0x40, 0x50))).request(path="/second/x"))


if __name__ == "__main__":
    unittest.main()
