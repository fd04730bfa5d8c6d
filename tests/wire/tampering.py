#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Whichever bit of a message is turned, it is refused, and the service hears nothing of it."""

import base64
import json
import unittest
from urllib.parse import quote_from_bytes

from laravel import Client
from payloads import b64, flips, members_of, payload_of
from talk import Refusals

CBC = Client()
GCM = Client("wh-7", bytes(range(32)), "AES-256-GCM")


def form(payload):
    return b"data=" + quote_from_bytes(payload, safe="").encode()


def raw_request(client, payload):
    """The payload as the body itself, so that no form encoding stands between."""
    request = client.request(body=payload)
    return request.replace(b"Content-Type: application/x-www-form-urlencoded", b"Content-Type: text/plain")


class Tampering(Refusals):
    """V1: a bit turned in any field."""

    def each_refused(self, requests):
        for count, (what, data) in enumerate(requests, 1):
            self.refused(data, what)
        self.assertEqual(self.service.connections, 0)
        return count

    def in_field(self, client, name):
        good = client.fields()
        for position, bit, text in flips(good[name].encode()):
            # A turned bit may make a byte that is no character, so it goes in after the rest is bytes.
            head, tail = client.request(fields={**good, name: "HERE"}).split(b"HERE")
            yield (name, position, bit), head + text + tail

    def test_a_bit_of_the_timestamp(self):
        self.assertEqual(self.each_refused(self.in_field(CBC, "timestamp")), 80)

    def test_a_bit_of_the_token(self):
        self.assertEqual(self.each_refused(self.in_field(CBC, "token")), 48)

    def test_a_bit_of_the_signature(self):
        self.assertEqual(self.each_refused(self.in_field(CBC, "signature")), 512)

    def test_a_bit_of_the_version_is_refused_unless_it_is_another_version(self):
        # The scheme's signature does not cover it, so another version passes as what it says.
        allowed = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._+-"
        others = 0
        for (_, position, bit), data in self.in_field(CBC, "version"):
            changed = bytearray(CBC.version.encode())
            changed[position] ^= 1 << bit
            blank_at_an_end = changed[position] in b" \t" and position in (0, len(changed) - 1)
            if changed[position] in allowed or blank_at_an_end:
                self.assertEqual(self.passes(data).field("X-Client-Version"), changed.decode().strip())
                others += 1
            else:
                self.refused(data, changed, 400, "malformed")
        self.assertIn(others, range(1, 8 * len(CBC.version)))

    def test_a_bit_of_the_payload_as_a_form_field(self):
        for client in (CBC, GCM):
            payload = client.payload({"id": 7}).encode()
            self.each_refused(((client.cipher, position, bit), client.request(body=form(changed)))
                              for position, bit, changed in flips(payload))

    def test_a_bit_of_the_payload_as_the_body(self):
        for client in (CBC, GCM):
            payload = client.payload({"id": 7}).encode()
            self.each_refused(((client.cipher, position, bit), raw_request(client, changed))
                              for position, bit, changed in flips(payload))

    def test_a_bit_of_the_payloads_json(self):
        for client in (CBC, GCM):
            text = base64.b64decode(client.payload({"id": 7}))
            self.each_refused(((client.cipher, position, bit), raw_request(client, base64.b64encode(changed)))
                              for position, bit, changed in flips(text))

    def test_a_bit_of_what_iv_value_and_tag_decode_to(self):
        for client in (CBC, GCM):
            members = members_of(client.payload({"id": 7}))
            for name in ("iv", "value", "tag"):
                self.each_refused_if_any(client, members, name)

    def each_refused_if_any(self, client, members, name):
        bytes_ = base64.b64decode(members[name])
        self.assertTrue(bytes_ or (client is CBC and name == "tag"))
        for position, bit, changed in flips(bytes_):
            payload = payload_of({**members, name: b64(changed)}).encode()
            self.refused(raw_request(client, payload), (client.cipher, name, position, bit), 401, "unauthenticated")
        self.assertEqual(self.service.connections, 0)

    def test_a_bit_of_the_mac(self):
        members = members_of(CBC.payload({"id": 7}))
        for position, bit, changed in flips(bytes.fromhex(members["mac"])):
            payload = payload_of({**members, "mac": changed.hex()}).encode()
            self.refused(raw_request(CBC, payload), (position, bit), 401, "unauthenticated")
        self.assertEqual(self.service.connections, 0)

    def test_without_a_turned_bit_each_passes(self):
        for client in (CBC, GCM):
            payload = client.payload({"id": 7}).encode()
            self.assertEqual(json.loads(self.passes(raw_request(client, payload)).body), {"id": 7})
            self.assertEqual(json.loads(self.passes(client.request()).body), {"id": 7})


if __name__ == "__main__":
    unittest.main()
