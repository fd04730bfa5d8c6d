#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Where replies are sealed, so is a problem of whoever was proven, but for what is told as a stranger is told."""

import json
import unittest

from gateway import Gateway, basic
from laravel import Client, seal, sign_reply
from payloads import members_of
from upstream import Upstream
from wire import exchange

ROUTES = "  - {path: /sealed/, scheme: laravel, upstream: orders, reply: {sign: true, seal: true}}\n"
VERSIONS = ("secret: 0123456789abcdef}", "secret: 0123456789abcdef, versions: {minimum: 1.0.0}}")


class Problems(unittest.TestCase):
    def setUp(self):
        self.service = self.enterContext(Upstream())
        config = basic(self.service.url, more=ROUTES)
        assert VERSIONS[0] in config
        self.gateway = self.enterContext(Gateway(config.replace(*VERSIONS)))
        self.client = Client()

    def code_of_sealed(self, payload, answer):
        """The problem's code, once signature and seal were found right."""
        mark = members_of(payload)["mac"] if payload else ""
        signed = sign_reply(answer.field("timestamp"), answer.status, mark, answer.body, self.client.secret)
        self.assertEqual(answer.field("signature"), signed)
        self.assertEqual(answer.field("Content-Type"), "application/json")
        plain = self.client.open_reply(answer.body)
        document = json.loads(plain[plain.index(b'"') + 1:-2])
        self.assertEqual(document["status"], answer.status)
        return document["code"]

    def ask(self, payload, **more):
        return exchange(self.gateway.address, self.client.request("/sealed/x", payload=payload, **more))

    def test_what_was_opened_and_is_no_json_is_told_under_seal(self):
        for plaintext in (b"no json", b'O:8:"stdClass":0:{}', b"s:5:\"abc\";"):
            payload = seal(plaintext, self.client.secret)
            self.assertEqual(self.code_of_sealed(payload, self.ask(payload)), "not_json")

    def test_a_replay_and_a_retired_version_are_told_under_seal(self):
        payload = self.client.payload({"id": 7})
        self.assertEqual(self.ask(payload).status, 200)
        self.assertEqual(self.code_of_sealed(payload, self.ask(payload)), "replayed")
        payload = self.client.payload({"id": 8})
        old = self.client.fields(version="0.9.0")
        self.assertEqual(self.code_of_sealed(payload, self.ask(payload, fields=old)), "version_retired")

    def test_content_that_is_not_sealed_is_told_under_seal(self):
        plain = self.client.request("/sealed/x", body=b"{}", more=["Content-Encoding: gzip"])
        answer = exchange(self.gateway.address, plain)
        self.assertEqual(answer.status, 415)
        self.assertEqual(self.code_of_sealed(None, answer), "unsupported_content")
        # Tied to no payload, since none was read.
        without = exchange(self.gateway.address, self.client.request("/sealed/x", body=b""))
        self.assertEqual(without.status, 400)
        self.assertEqual(self.code_of_sealed(None, without), "malformed")

    def test_whose_body_did_not_open_gets_what_a_stranger_gets(self):
        stranger = exchange(self.gateway.address, Client("nobody").request("/sealed/x"))
        wrong = self.ask(seal(b"{}", b"fedcba9876543210"))
        for answer in (stranger, wrong):
            self.assertEqual((answer.status, answer.field("signature")), (401, None))
            self.assertEqual(answer.field("Content-Type"), "application/problem+json")
            self.assertEqual(json.loads(answer.body)["code"], "unauthenticated")


if __name__ == "__main__":
    unittest.main()
