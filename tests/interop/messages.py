#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Guzzle and Illuminate's Encrypter say all that PHP can say; services in PHP and behind nginx get it as JSON."""

import base64
import json
import os
import unittest

from foreign import FOLDER, Nginx, PhpServer, run_php
from gateway import Gateway

SECRETS = {"AES-128-CBC": b"0123456789abcdef", "AES-256-CBC": b"0123456789abcdef0123456789ABCDEF",
           "AES-128-GCM": bytes(range(240, 256)), "AES-256-GCM": bytes(range(32))}
BARE = {name: name for name in ("timestamp", "version", "token", "signature")}
NAMED = {"timestamp": "X-Time", "version": "X-App-Version", "token": "X-Partner", "signature": "X-Proof"}
FEW = ["word", "UTF-8", "nested", "empty string"]

CONFIG = """
listen: 127.0.0.1:0
admin: 127.0.0.1:0
workers: 2
clients:
{clients}
schemes:
  text: {{preset: laravel, string_as: json_text}}
  quoted: {{preset: laravel, plaintext: raw, string_as: json_string}}
  a2: {{preset: laravel, construction: A2}}
  a3: {{preset: laravel, construction: A3, allow_weak: true}}
  named:
    preset: laravel
    headers: {{timestamp: X-Time, version: X-App-Version, token: X-Partner, signature: X-Proof}}
upstreams:
  service: {upstream}
routes:
  - {{path: /api/, scheme: laravel, upstream: service}}
  - {{path: /text/, scheme: text, upstream: service}}
  - {{path: /quoted/, scheme: quoted, upstream: service}}
  - {{path: /a2/, scheme: a2, upstream: service}}
  - {{path: /a3/, scheme: a3, upstream: service}}
  - {{path: /named/, scheme: named, upstream: service}}
"""


def config(upstream):
    clients = "\n".join(f"  {cipher}: {{secret: \"hex:{secret.hex()}\", cipher: {cipher}}}"
                        for cipher, secret in SECRETS.items())
    return CONFIG.format(clients=clients, upstream=upstream)


def run(gateway, cipher, path, says, form="form", construction="A1", fields=None, messages=None):
    """What client.php is to do once for each message."""
    wanted = {"url": gateway.url + path, "cipher": cipher, "token": cipher, "version": "1.2.3",
              "secret": base64.b64encode(SECRETS[cipher]).decode(), "says": says, "form": form,
              "construction": construction, "fields": fields or BARE}
    return {**wanted, "messages": messages} if messages else wanted


def all_runs(gateway):
    for cipher in SECRETS:
        for form in ("form", "json", "raw"):
            yield run(gateway, cipher, "/text/x", "encrypt(json)", form)
            yield run(gateway, cipher, "/api/x", "encryptString(json)", form)
            yield run(gateway, cipher, "/api/x", "encrypt(value)", form)
            yield run(gateway, cipher, "/quoted/x", "encryptString(value)", form)
        yield run(gateway, cipher, "/a2/x", "encrypt(value)", construction="A2", messages=FEW)
        yield run(gateway, cipher, "/a3/x", "encrypt(value)", construction="A3", messages=FEW)
        yield run(gateway, cipher, "/named/x", "encrypt(value)", fields=NAMED, messages=FEW)


class Messages(unittest.TestCase):
    def converse(self, service):
        with service, Gateway(config(service.url)) as gateway:
            script = os.path.join(FOLDER, "client.php")
            told = []
            for one in all_runs(gateway):
                lines = run_php(script, json.dumps([one]).encode()).splitlines()
                self.assertGreaterEqual(len(lines), 4)
                told += [(one, json.loads(line)) for line in lines]
            got = service.stop()
            self.assertGreater(len(told), 1000)
            self.assertEqual(len(got), len(told))
            for one, line in told:
                self.compare(one, line, got.get(line["request_id"]))

    def compare(self, one, line, got):
        what = (one["cipher"], one["form"], one["url"], one["says"], line["said"])
        self.assertEqual((line["status"], base64.b64decode(line["answer"])), (200, b'{"ok":true}'), what)
        expected = base64.b64decode(line["expected"])
        if line["said"] == "control characters":  # JSON has several escapes for one of these
            self.assertEqual(json.loads(got["body"]), json.loads(expected), what)
        else:
            self.assertEqual(got["body"], expected, what)
        fields = got["fields"]
        self.assertEqual((fields["x-client-id"], fields["x-client-version"]), (one["cipher"], "1.2.3"), what)
        self.assertEqual((fields["content-type"], fields["content-length"]),
                         ("application/json", str(len(got["body"]))), what)
        for name in one["fields"].values():
            self.assertNotIn(name.lower(), fields, what)

    def test_a_service_in_php_gets_what_was_said(self):
        self.converse(PhpServer())

    def test_a_service_behind_nginx_gets_what_was_said(self):
        self.converse(Nginx())


if __name__ == "__main__":
    unittest.main()
