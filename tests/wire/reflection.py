#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A reply is no request: each that the gateway ever makes, sent back to it with and without its body, is refused."""

import json
import unittest

from laravel import Client
from payloads import members_of
from talk import Refusals
from upstream import OK

NAMES = ("timestamp", "version", "token", "signature")
SECRETS = {"AES-128-CBC": b"0123456789abcdef", "AES-256-CBC": b"0123456789abcdef0123456789ABCDEF",
           "AES-128-GCM": bytes(range(240, 256)), "AES-256-GCM": bytes(range(32))}
CONFIG = """
listen: 127.0.0.1:0
admin: 127.0.0.1:0
workers: 1
limits: {{reply_bytes: 4KiB}}
clients:
{clients}
schemes:
  a2: {{preset: laravel, construction: A2}}
  a3: {{preset: laravel, construction: A3, allow_weak: true}}
upstreams:
  orders: {upstream}
routes:
  - {{path: /again/, scheme: laravel, upstream: orders, bodyless: all}}
  - {{path: /again-a2/, scheme: a2, upstream: orders, bodyless: all}}
  - {{path: /again-a3/, scheme: a3, upstream: orders, bodyless: all}}
{routes}
"""
LARGE = b"HTTP/1.1 200 OK\r\nContent-Length: 8192\r\n\r\n" + b"x" * 8192
EMPTY = b"HTTP/1.1 204 No Content\r\n\r\n"


def answer_of(received, _):
    return LARGE if "large" in received.line else EMPTY if "empty" in received.line else OK


def ways():
    """(path of a route, its reply settings)."""
    for sign, seal in (("true", "true"), ("true", "false"), ("false", "true")):
        for plaintext in ("string", "array", "raw") if seal == "true" else ("string",):
            for form in ("json", "text") if seal == "true" else ("json",):
                path = f"/{sign}-{seal}-{plaintext}-{form}/"
                yield path, f"{{sign: {sign}, seal: {seal}, plaintext: {plaintext}, form: {form}}}"


class Reflection(Refusals):
    def config(self, upstream):
        clients = "\n".join(f"  {cipher}: {{secret: \"hex:{secret.hex()}\", cipher: {cipher},"
                            f" versions: {{minimum: 1.0.0}}}}" for cipher, secret in SECRETS.items())
        routes = "\n".join(f"  - {{path: {path}, scheme: laravel, upstream: orders, bodyless: all, reply: {reply}}}"
                           for path, reply in ways())
        return CONFIG.format(upstream=upstream, clients=clients, routes=routes)

    def setUp(self):
        super().setUp()
        self.service.reply = answer_of

    def replies(self, client):
        """(what, answer, the request's payload) of each kind of reply there is."""
        for path, _ in ways():
            payload = client.payload({"id": 7})
            request = client.request(path=path + "x", payload=payload)
            for status, what in ((200, "answered"), (401, "replayed")):
                answer = self.talk.ask(request)
                self.assertEqual(answer.status, status, (path, what, answer))
                yield (path, what), answer, payload
            for what, status in (("large", 502), ("empty", 204)):
                payload = client.payload({"id": 8})
                answer = self.talk.ask(client.request(path=path + what, payload=payload))
                self.assertEqual(answer.status, status, (path, what, answer))
                yield (path, what), answer, payload
            old = Client(client.token, client.secret, client.cipher, "0.9.0")
            payload = old.payload({"id": 9})
            answer = self.talk.ask(old.request(path=path + "x", payload=payload))
            self.assertEqual(answer.status, 403, (path, answer))
            yield (path, "retired"), answer, payload

    def sent_back(self, what, client, reply, request_payload):
        """Every request that can be made of a reply, and of it and what was said before."""
        said = {name: reply.field(name) for name in NAMES}
        signed = said["signature"] is not None
        self.assertEqual(signed, what[0].startswith("/true"), what)
        bodies = [reply.body, request_payload.encode()] if signed else [reply.body]
        if reply.body.startswith(b'{"data"'):
            bodies.append(json.loads(reply.body)["data"].encode())
        own = client.fields()  # a sniffed pair of stamp and signature
        for fields in ([said] if signed else []) + [own, {**own, "signature": said["signature"] or "0" * 64}]:
            for body in bodies:
                if fields == own and body == request_payload.encode():
                    continue  # that is the first request with a fresh stamp, which its mark refuses
                for kind in ("application/json", "text/plain", "application/x-www-form-urlencoded"):
                    yield "POST", fields, kind, body
            if fields != own:
                for method in ("POST", "GET", "HEAD", "DELETE"):
                    yield method, fields, None, b""

    def reflect(self, cipher, paths):
        client = Client(cipher, SECRETS[cipher], cipher, "1.0.0")
        count = 0
        for what, reply, payload in self.replies(client):
            for method, fields, kind, body in self.sent_back(what, client, reply, payload):
                for path in paths or (what[0],):
                    request = client.request(path=path + "x", method=method, fields=fields, body=body)
                    request = request.replace(b"Content-Type: application/x-www-form-urlencoded\r\n",
                                              f"Content-Type: {kind}\r\n".encode() if kind else b"")
                    if method != "POST":
                        request = request.replace(b"Content-Length: 0\r\n", b"")
                    self.refused(request, (what, method, kind, path), method=method)
                    count += 1
        self.assertGreater(count, 100)

    def test_replies_are_refused_where_they_came_from(self):
        for cipher in SECRETS:
            self.reflect(cipher, None)

    def test_replies_are_refused_on_routes_of_every_construction(self):
        for cipher in ("AES-128-CBC", "AES-256-GCM"):
            self.reflect(cipher, ("/again/", "/again-a2/", "/again-a3/"))

    def test_the_same_requests_pass_when_a_client_makes_them(self):
        # What refuses is not the form of these requests: method, kind and absence of a body are all allowed.
        client = Client("AES-128-CBC")
        self.passes(client.request(path="/again/x"))
        request = client.request(path="/again/x", method="GET", body=b"")
        self.passes(request.replace(b"Content-Type: application/x-www-form-urlencoded\r\n", b""), method="GET")

    def test_what_a_reply_holds_is_not_what_a_request_would(self):
        client = Client("AES-128-CBC")
        payload = client.payload({"id": 7})
        answer = self.talk.ask(client.request(path="/true-true-string-json/x", payload=payload))
        sealed = json.loads(answer.body)["data"]
        self.assertEqual(client.open_reply(answer.body), b's:11:"{"ok":true}";')
        self.assertNotEqual(members_of(sealed)["mac"], members_of(payload)["mac"])


if __name__ == "__main__":
    unittest.main()
