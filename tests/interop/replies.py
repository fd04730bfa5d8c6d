#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Sealed and signed replies, proven and opened by PHP with Illuminate's own Encrypter."""

import base64
import json
import os
import unittest

from foreign import FOLDER, Nginx, PhpServer, run_php
from gateway import Gateway

SECRETS = {"AES-128-CBC": b"0123456789abcdef", "AES-256-CBC": b"0123456789abcdef0123456789ABCDEF",
           "AES-128-GCM": bytes(range(240, 256)), "AES-256-GCM": bytes(range(32))}
FIELDS = {name: name for name in ("timestamp", "version", "token", "signature")}
REPLIES = {
    "object": b'{"ok":true,"id":7}',
    "nested": '{"list":[1,2.5,-3,"x\\u00e9"],"map":{"a":{"b":[]}},"7":"seven","-5":"m","08":"z","Zoë":"q \\" /",'
              '"big":9007199254740993,"nothing":null,"yes":true,"":"","one":1.0,"far":1e25}'.encode(),
    "list": b"[1,[2,[3,[]]],{\"0\":\"a\",\"1\":\"b\"}]",
    "empty": b"{}",
    "text": '"just a string: Zoë"'.encode(),
    "number": b"-0.125",
    "null": b"null",
    "large": json.dumps([{"n": n, "text": "Zoë \"q\""} for n in range(3000)]).encode(),
}

CONFIG = """
listen: 127.0.0.1:0
admin: 127.0.0.1:0
workers: 1
clients:
{clients}
upstreams:
  service: {upstream}
routes:
{routes}
"""


def config(upstream):
    clients = "\n".join(f"  {cipher}: {{secret: \"hex:{secret.hex()}\", cipher: {cipher},"
                        f" versions: {{minimum: 1.0.0}}}}" for cipher, secret in SECRETS.items())
    routes = "\n".join(
        f"  - {{path: /{plaintext}/{form}/, scheme: laravel, upstream: service,\n"
        f"     reply: {{sign: true, seal: true, plaintext: {plaintext}, form: {form}}}}}"
        for plaintext in ("string", "array", "raw") for form in ("json", "text"))
    return CONFIG.format(clients=clients, upstream=upstream, routes=routes)


def asked(gateway, cipher, plaintext, form, reply="object", version="1.2.3", times=1):
    return {"url": f"{gateway.url}/{plaintext}/{form}/x?reply={reply}", "cipher": cipher, "token": cipher,
            "version": version, "secret": base64.b64encode(SECRETS[cipher]).decode(), "says": "encrypt(json)",
            "form": "form", "construction": "A1", "fields": FIELDS, "messages": ["map"], "times": times,
            "reply": {"plaintext": plaintext, "form": form,
                      "text": base64.b64encode(REPLIES[reply]).decode()}}


def converse(runs):
    return [json.loads(line) for line in
            run_php(os.path.join(FOLDER, "client.php"), json.dumps(runs).encode()).splitlines()]


class Replies(unittest.TestCase):
    def check(self, told, cipher, form, version="1.2.3"):
        self.assertTrue(told["genuine"], told)
        self.assertIn(told["age"], range(0, 60))
        self.assertEqual(told["echoed"], [cipher, version])
        self.assertTrue(told["type"].startswith("application/json" if form == "json" else "text/plain"), told)
        self.assertFalse(told["own_key_opens"], "a reply that the request's key opens could be sent back")

    def all_forms(self, service):
        with service, Gateway(config(service.url)) as gateway:
            for cipher in SECRETS:
                for plaintext in ("string", "array", "raw"):
                    for form in ("json", "text"):
                        told = converse([asked(gateway, cipher, plaintext, form, name) for name in REPLIES])
                        self.assertEqual(len(told), len(REPLIES))
                        for name, one in zip(REPLIES, told):
                            with self.subTest(cipher=cipher, plaintext=plaintext, form=form, reply=name):
                                self.assertEqual(one["status"], 200)
                                self.check(one, cipher, form)
                                self.opened_what_was_answered(one, plaintext, REPLIES[name])

    def opened_what_was_answered(self, told, plaintext, answered):
        if plaintext == "array":
            self.assertTrue(told["same_as_json_decode"], base64.b64decode(told["opened"])[:300])
        else:
            self.assertEqual((told["opened_as"], base64.b64decode(told["opened"])), ("string", answered))

    def test_replies_of_a_service_in_php_are_opened_in_every_form(self):
        self.all_forms(PhpServer(REPLIES))

    def test_replies_of_a_service_behind_nginx_are_opened_in_every_form(self):
        self.all_forms(Nginx(REPLIES))

    def test_a_problem_for_a_proven_client_is_sealed_and_signed_too(self):
        with PhpServer(REPLIES) as service, Gateway(config(service.url)) as gateway:
            for cipher in SECRETS:
                runs = [asked(gateway, cipher, "string", "json", times=2),
                        asked(gateway, cipher, "raw", "text", version="0.9.0")]
                passed, replayed, retired = converse(runs)
                self.assertEqual([passed["status"], replayed["status"], retired["status"]], [200, 401, 403])
                self.check(replayed, cipher, "json")
                self.check(retired, cipher, "text", "0.9.0")
                for told, code in ((replayed, "replayed"), (retired, "version_retired")):
                    problem = json.loads(base64.b64decode(told["opened"]))
                    self.assertEqual((problem["code"], problem["status"], problem["request_id"]),
                                     (code, told["status"], told["request_id"]))
            self.assertEqual(len(service.stop()), len(SECRETS))


if __name__ == "__main__":
    unittest.main()
