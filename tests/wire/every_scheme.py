#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What no verifier may take, of every scheme and envelope, over the wire: a new scheme gets it all by being listed."""

import itertools
import json
import os
import tempfile
import threading
import unittest

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from command import run
from gateway import Gateway
from upstream import Upstream
from wire import Connection, exchange

PEM = Ed25519PrivateKey.from_private_bytes(bytes(range(32))).private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())

CONFIG = """
listen: 127.0.0.1:0
workers: 2
clients:
  billing: {{schemes: [laravel], secret: 0123456789abcdef}}
  client-1: {{secret: "hex:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", cipher: AES-256-GCM}}
  robot: {{public_key: MCowBQYDK2VwAyEAA6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=}}
  shop: {{secret: whsec_0123456789abcdef0123456789abcdef}}
  code: {{secret: It's a Secret to Everybody}}
  chat: {{secret: 8f742231b10e8888abcd99yyyzzz85a5}}
  cart: {{secret: hush-hush-hush-hush}}
  hooks: {{secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw}}
upstreams: {{orders: {upstream}}}
schemes:
  mac512:
    type: template
    algorithm: hmac-sha512
    fields:
      token: {{header: X-Partner, charset: "[a-z0-9-]{{1,64}}"}}
      timestamp: {{header: X-Time}}
      nonce: {{header: X-Nonce, charset: "[0-9a-f]{{16,64}}"}}
    signature: {{header: X-Mac, encoding: base64}}
    string_to_sign: "{{token}}.{{timestamp}}.{{nonce}}.{{method}}.{{target}}.{{body|sha256|hex}}"
routes:
{routes}
"""


NUMBERS = itertools.count()


class Kind:
    """A scheme with an envelope. `proven`: the fields that the signature covers or that hold it; `whole`: does it cover
    method, path and query too? `host`: and the host?"""

    def __init__(self, scheme, client, proven, envelope="none", bound=False, whole=True, host=True):
        self.name = f"{scheme}-{envelope}-{client}".lower()
        self.path = f"/s{next(NUMBERS)}/"  # in which no client's name stands
        self.scheme, self.client, self.envelope, self.bound = scheme, client, envelope, bound
        self.proven, self.whole, self.host = [name.lower() for name in proven], whole, whole and host

    @property
    def route(self):
        return (f"  - {{name: {self.name}, path: {self.path}, scheme: {self.scheme}, envelope: {self.envelope}, "
                f"upstream: orders{f', client: {self.client}' if self.bound else ''}}}")


SIGNATURES = ("Content-Digest", "Signature-Input", "Signature", "Client-Version")
GW1 = tuple(f"X-Auth-{name}" for name in ("Token", "Version", "Timestamp", "Nonce", "Signature"))
KINDS = (
    Kind("laravel", "billing", ("timestamp", "token", "signature"), "laravel", whole=False),
    Kind("laravel", "client-1", ("timestamp", "token", "signature"), "laravel", whole=False),
    *(Kind("rfc9421", client, SIGNATURES, envelope) for client, envelope in (
        ("client-1", "none"), ("client-1", "jwe"), ("client-1", "aes128gcm"), ("client-1", "laravel"),
        ("robot", "none"))),
    *(Kind("gw1", "client-1", GW1, envelope) for envelope in ("none", "jwe", "aes128gcm")),
    Kind("mac512", "client-1", ("X-Partner", "X-Time", "X-Nonce", "X-Mac"), host=False),
    Kind("stripe", "shop", ("Stripe-Signature",), bound=True, whole=False),
    Kind("github", "code", ("X-Hub-Signature-256",), bound=True, whole=False),
    Kind("slack", "chat", ("X-Slack-Request-Timestamp", "X-Slack-Signature"), bound=True, whole=False),
    Kind("shopify", "cart", ("X-Shopify-Hmac-Sha256",), bound=True, whole=False),
    Kind("standard-webhooks", "hooks", ("webhook-id", "webhook-timestamp", "webhook-signature"), bound=True,
         whole=False),
)

NAMED = [kind for kind in KINDS if not kind.bound]  # whose messages say who speaks
COPIES = 20


def without(request, index):
    """The request without its line of this number; 0 is the request line."""
    head, body = request.split(b"\r\n\r\n", 1)
    lines = head.split(b"\r\n")
    del lines[index]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def with_line(request, index, line):
    head, body = request.split(b"\r\n\r\n", 1)
    lines = head.split(b"\r\n")
    lines[index] = line
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def flip(data, at):
    """Another character of the same kind at this place, so that it stays well-formed as far as it can."""
    old = data[at:at + 1]
    new = (b"1" if old == b"0" else b"0") if old.isdigit() else b"b" if old.lower() == b"a" else b"a"
    return data[:at] + new + data[at + 1:]


def with_head(request, old, new):
    head, body = request.split(b"\r\n\r\n", 1)
    return head.replace(old, new) + b"\r\n\r\n" + body


def with_body(request, body):
    """The same head with another body, and a Content-Length that is true."""
    head = request.split(b"\r\n\r\n", 1)[0]
    lines = [b"Content-Length: %d" % len(body) if line.lower().startswith(b"content-length:") else line
             for line in head.split(b"\r\n")]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


class EveryScheme(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.service = cls.enterClassContext(Upstream())
        config = CONFIG.format(upstream=cls.service.url, routes="\n".join(kind.route for kind in KINDS))
        cls.gateway = cls.enterClassContext(Gateway(config))
        cls.key = os.path.join(cls.folder, "robot.pem")
        with open(cls.key, "wb") as stream:
            stream.write(PEM)

    def message(self, kind, target="a?b=2"):
        """A message that would pass and was never said, as bytes: schemes without a stamp know it by its body."""
        body = json.dumps({"hello": "world", "number": next(NUMBERS)})
        more = ["--private-key", self.key] if kind.client == "robot" else []
        made = run("sign", "-c", self.gateway.config, "--client", kind.client, "--raw", *more, "-d", body,
                   f"http://api.example.com{kind.path}{target}")
        self.assertEqual(made.status, 0, made)
        return made.raw

    def passes(self, request):
        before = len(self.service.requests)
        answer = exchange(self.gateway.address, request)
        self.assertEqual((answer.status, len(self.service.requests)), (200, before + 1), answer)

    def refused(self, request, what, statuses=(400, 401)):
        before = len(self.service.requests)
        answer = exchange(self.gateway.address, request)
        self.assertIn(answer.status, statuses, (what, answer, request))
        self.assertEqual(len(self.service.requests), before, what)
        self.assertEqual(answer.field("Cache-Control"), "no-store" if answer.status == 401 else None)

    def each(self, check, kinds=KINDS):
        for kind in kinds:
            with self.subTest(kind.name):
                check(kind, self.message(kind))

    def test_what_a_client_makes_passes_once(self):
        def check(kind, request):
            self.passes(request)
            self.refused(request, "again", (401,))
            self.passes(self.message(kind))

        self.each(check)

    def check_field(self, request, index, line):
        name, begin = line.split(b":")[0], line.index(b":") + 2
        self.refused(without(request, index), (name, "removed"))
        self.refused(with_line(request, index, line + b"\r\n" + line), (name, "twice"))
        self.refused(with_line(request, index, line[:begin]), (name, "empty"))
        self.refused(with_line(request, index, line[:-1]), (name, "cut"))
        self.refused(with_line(request, index, line + b"0"), (name, "longer"))
        for at in (begin, (begin + len(line)) // 2, len(line) - 2):
            if line[at:at + 1].isalnum():
                self.refused(with_line(request, index, flip(line, at)), (name, "changed", at))

    def test_each_proven_field_counts(self):
        def check(kind, request):
            seen = set()
            for index, line in enumerate(request.split(b"\r\n\r\n", 1)[0].split(b"\r\n")):
                name = line.split(b":")[0].decode().lower()
                if name in kind.proven:
                    seen.add(name)
                    self.check_field(request, index, line)
            self.assertEqual(seen, set(kind.proven))
            self.passes(request)

        self.each(check)

    def test_the_body_counts(self):
        def check(_, request):
            body = request.split(b"\r\n\r\n", 1)[1]
            for what, changed in (("longer", body + b" "), ("shorter", body[:-1]), ("empty", b""),
                                  ("changed", flip(body, len(body) // 2)), ("at its end", flip(body, len(body) - 2)),
                                  ("twice", body + body)):
                self.refused(with_body(request, changed), f"body {what}")
            self.passes(request)

        self.each(check)

    def test_what_is_addressed_counts_where_it_is_signed(self):
        def check(kind, request):
            line, rest = request.split(b"\r\n", 1)
            path = kind.path.encode()
            for changed in (line.replace(b"POST", b"PUT"), line.replace(b"b=2", b"b=3"), line.replace(b"?b=2", b""),
                            line.replace(b"?b=2", b"?b=2&"), line.replace(path + b"a", path + b"b"),
                            line.replace(path + b"a", path + b"%61"), line.replace(b"b=2", b"b=%32")):
                if kind.whole:
                    self.refused(changed + b"\r\n" + rest, changed)
            for changed in (line.replace(b" /", b" http://api.example.com/", 1),
                            line.replace(path + b"a", path + b"a%2Fb"), line.replace(path, path + b"/"),
                            line.replace(path, path + b"./")):
                self.refused(changed + b"\r\n" + rest, changed, (400,))
            if kind.host:
                self.refused(request.replace(b"Host: api.example.com", b"Host: api.example.org"), "another host")
            self.passes(request)

        self.each(check)

    def test_what_must_be_sealed_is_not_taken_plain(self):
        def check(_, request):
            self.refused(with_body(request, b'{"hello":"world"}'), "plain", (401, 415))

        self.each(check, [kind for kind in KINDS if kind.envelope != "none"])

    def test_one_client_is_not_another(self):
        def check(kind, request):
            for other in (b"robot", b"shop", b"nobody", b"client-2", b"billing"):
                if other != kind.client.encode():
                    self.refused(with_head(request, kind.client.encode(), other), other)
            self.passes(request)

        self.each(check, NAMED)

    def test_of_parallel_copies_one_passes(self):
        def say(request, start, statuses):
            with Connection(self.gateway.address) as connection:
                connection.send(request[:-1])
                start.wait()
                connection.send(request[-1:])
                statuses.append(connection.answer().status)

        def check(_, request):
            statuses, before, start = [], len(self.service.requests), threading.Barrier(COPIES)
            threads = [threading.Thread(target=say, args=(request, start, statuses)) for _ in range(COPIES)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assertEqual(sorted(statuses), [200] + [401] * (COPIES - 1))
            self.assertEqual(len(self.service.requests), before + 1)

        self.each(check)

    def test_unknown_and_wrong_get_one_answer(self):
        def told(request):
            answer = exchange(self.gateway.address, request)
            changing = ("x-request-id", "date")
            return (answer.status, [f for f in answer.fields if f[0].lower() not in changing],
                    answer.body.split(b'"request_id"')[0])

        def check(kind, request):
            # Of this token nobody knows; of the other the secret is another.
            unknown = told(with_head(request, kind.client.encode(), b"nobody"))
            wrong = told(request.replace(b"api.example.com", b"api.example.org")) if kind.host else unknown
            self.assertEqual(unknown[0], 401)
            self.assertEqual(unknown, wrong)

        self.each(check, NAMED)

    def test_what_was_seen_before_a_restart_is_seen(self):
        with tempfile.TemporaryDirectory() as folder, Upstream() as service:
            # The state file's name holds the addresses listened on; with port 0 it would be none.
            config = CONFIG.format(upstream=service.url, routes="\n".join(kind.route for kind in KINDS)) + \
                f"replay: {{state: {folder}/marks}}\n"
            said = {kind.name: self.message(kind) for kind in KINDS}
            for status in (200, 401):
                with Gateway(config, keep=folder) as gateway:
                    for name, request in said.items():
                        self.assertEqual(exchange(gateway.address, request).status, status, name)
            self.assertEqual(len(service.requests), len(KINDS))


if __name__ == "__main__":
    unittest.main()
