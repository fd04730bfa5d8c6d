#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Every client converses with the real gateway: the service gets what was said, the client what was answered, and
neither takes a message that was changed on its way."""

import re
import unittest

import laravel
import standards
from reference import LANGUAGES, Clients, algorithm
from gateway import Gateway
from upstream import Service, Upstream, read_request
from wire import Connection

BODY, ANSWER = '{"Zoë":[1,{}],"text":"\\"\\\\ \\n"}'.encode(), '{"ok":true,"said":"Zoë \\" ; }"}'.encode()
SECRETS = {"client-1": bytes(range(32)), "client-2": bytes(range(32, 64))}
TOKEN, KEY16 = "my_key", b"0123456789abcdef"
# The client of each JWE algorithm, and what a route of each scheme is called in the two ways of it.
CLIENTS = {"A256GCM": "client-1", "A128CBC-HS256": "client-2"}
ROUTES = {
    "laravel": {"signed": "{scheme: laravel, reply: {sign: true}}",
                "sealed": "{scheme: laravel, reply: {sign: true, seal: true}}"},
    "rfc9421": {"signed": "{scheme: rfc9421, envelope: none, reply: {sign: true}}",
                "sealed": "{scheme: rfc9421, envelope: jwe, reply: {sign: true, seal: true}}"},
    "gw1": {"signed": "{scheme: gw1, envelope: none, reply: {sign: true}}",
            "sealed": "{scheme: gw1, envelope: jwe, reply: {sign: true, seal: true}}"},
}
CREDENTIALS = ("signature", "signature-input", "content-digest", "timestamp", "token", "version", "x-auth-token",
               "x-auth-version", "x-auth-timestamp", "x-auth-nonce", "x-auth-signature")

CONFIG = """
listen: 127.0.0.1:0
admin: 127.0.0.1:0
workers: 1
external: {{scheme: http}}
clients:
  billing: {{token: my_key, secret: 0123456789abcdef}}
{clients}
upstreams:
  service: {upstream}
routes:
{routes}
"""


def config(upstream):
    named = set(CLIENTS.values()) if "rfc9421" in ROUTES else ()
    clients = "\n".join(f"  {client}: {{secret: \"hex:{SECRETS[client].hex()}\", schemes: [rfc9421, gw1], "
                        f"jwe: {{alg: dir, enc: {enc}}}}}"
                        for enc, client in CLIENTS.items() if client in named)
    routes = "\n".join(f"  - {{path: /{scheme}/{way}/, upstream: service, {route[1:]}"
                       for scheme, ways in ROUTES.items() for way, route in ways.items())
    return CONFIG.format(clients=clients, routes=routes, upstream=upstream)


def answered(received, _=None):
    status = "404 Not Found" if "missing" in received.line else "200 OK"
    return (f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(ANSWER)}\r\n\r\n"
            .encode() + ANSWER)


class Between(Service):
    """Passes requests to the gateway and its answers back, each through a function of (head, body) in bytes."""

    def __init__(self, gateway):
        self.request = self.answer = lambda head, body: (head, body)
        self._gateway = gateway
        super().__init__(self._pass_on)

    def _pass_on(self, peer, _):
        received, _ = read_request(peer)
        if received is None:
            return
        lines = [received.line, *(f"{name}: {value}" for name, value in received.fields)]
        with Connection(self._gateway) as connection:
            head, body = self.request("\r\n".join(lines).encode("latin-1"), received.body)
            connection.send(head + b"\r\n\r\n" + body)
            said = connection.answer()
        head, body = self.answer(said.raw.encode("latin-1").rstrip(b"\r\n"), said.body)
        peer.sendall(head + b"\r\n\r\n" + body)


def field(name, change):
    """A function that changes one field's value, or takes it out where `change` gives None."""
    def altered(head, body):
        lines = head.split(b"\r\n")
        at = next(n for n, line in enumerate(lines) if line.lower().startswith(name.lower().encode() + b":"))
        value = change(lines[at].split(b":", 1)[1].strip())
        lines[at:at + 1] = [] if value is None else [name.encode() + b": " + value]
        return b"\r\n".join(lines), body
    return altered


def flip(value):
    """With one character in its middle replaced by another of its kind."""
    at = len(value) // 2
    return value[:at] + (b"1" if value[at:at + 1] != b"1" else b"2") + value[at + 1:]


# What a stranger on the way may change of a message: {what: function of (head, body)}.
ANSWERS = {
    "body": lambda head, body: (head, flip(body)),
    "status": lambda head, body: (head.replace(b"HTTP/1.1 200", b"HTTP/1.1 201"), body),
    "signature": {"laravel": field("signature", flip), "rfc9421": field("signature", flip),
                  "gw1": field("x-auth-signature", flip)},
    "no signature": {"laravel": field("signature", lambda _: None), "rfc9421": field("signature", lambda _: None),
                     "gw1": field("x-auth-signature", lambda _: None)},
    "stamp": {"laravel": field("timestamp", flip), "gw1": field("x-auth-timestamp", flip),
              "rfc9421": field("signature-input", lambda value: re.sub(rb"created=1", b"created=2", value))},
    "nonce": {"rfc9421": field("signature-input", lambda value: re.sub(rb'nonce="..', b'nonce="zz', value))},
    "type": {"rfc9421": field("content-type", lambda _: b"text/plain")},
}
REQUESTS = {
    "body": lambda head, body: (head, flip(body)),
    "signature": ANSWERS["signature"],
    "stamp": ANSWERS["stamp"],
    "nonce": {**ANSWERS["nonce"], "gw1": field("x-auth-nonce", flip)},
    "type": ANSWERS["type"],
    "digest": {"rfc9421": field("content-digest", flip)},
    "token": {"gw1": field("x-auth-token", flip), "laravel": field("token", flip)},
    "version": {"gw1": field("x-auth-version", flip)},
    "target": {"rfc9421": lambda head, body: (head.replace(b"?a=1", b"?a=2"), body),
               "gw1": lambda head, body: (head.replace(b"?a=1", b"?a=2"), body)},
    "host": {"rfc9421": field("host", lambda _: b"other"), "gw1": field("host", lambda _: b"other")},
}


def changes(table, scheme):
    """{what: function} of those that this scheme is said to notice."""
    told = {what: change if callable(change) else change.get(scheme) for what, change in table.items()}
    return {what: change for what, change in told.items() if change}


class Conversations:
    """The tests of one language with one scheme, in both ways."""

    @classmethod
    def setUpClass(cls):
        cls.clients = cls.enterClassContext(Clients())
        cls.service = cls.enterClassContext(Upstream(answered))
        cls.gateway = cls.enterClassContext(Gateway(config(cls.service.url)))
        cls.between = cls.enterClassContext(Between(cls.gateway.address))

    def setUp(self):
        self.between.request = self.between.answer = lambda head, body: (head, body)
        del self.service.requests[:]

    def client(self):
        return TOKEN if self.scheme == "laravel" else CLIENTS[algorithm(self.language)]

    def environment(self, way):
        if self.scheme == "laravel":
            sealed = {"OPEN_KEY": laravel.reply_key(KEY16).hex()} if way == "sealed" else {}
            return {"SECRET": KEY16.hex(), **sealed}
        keys = standards.keys(SECRETS[self.client()], self.client(), algorithm(self.language))
        return {name: value for name, value in keys.items() if way == "sealed" or name in ("SIGN_KEY", "REPLY_KEY")}

    def say(self, way, base=None, name="orders"):
        """(exit status, output, errors) of the client."""
        url = f"{base or self.gateway.url}/{self.scheme}/{way}/{name}?a=1&b=%7E"
        return self.clients.run(self.language, self.scheme, url, self.client(), BODY.decode(), self.environment(way))

    def test_what_is_said_and_answered_arrives(self):
        for way in ROUTES[self.scheme]:
            status, output, errors = self.say(way)
            self.assertEqual((status, output, errors), (0, ANSWER, ""), way)
            got = self.service.requests.pop()
            self.assertEqual((got.line, got.body), (f"POST /{self.scheme}/{way}/orders?a=1&b=%7E HTTP/1.1", BODY))
            self.assertEqual(got.field("x-client-id"), "billing" if self.scheme == "laravel" else self.client())
            self.assertEqual(got.field("content-type"), "application/json")
            self.assertEqual([name for name in CREDENTIALS if got.field(name) is not None], [])

    def test_what_passes_by_a_stranger_arrives_if_it_is_left_alone(self):
        for way in ROUTES[self.scheme]:
            self.assertEqual(self.say(way, self.between.url)[:2], (0, ANSWER), way)

    def test_a_changed_answer_is_refused(self):
        for way in ROUTES[self.scheme]:
            for what, change in changes(ANSWERS, self.scheme).items():
                self.between.answer = change
                status, output, errors = self.say(way, self.between.url)
                self.assertNotEqual(status, 0, (way, what))
                self.assertEqual(output, b"", (way, what, errors))

    def test_a_changed_request_is_refused(self):
        for way in ROUTES[self.scheme]:
            for what, change in changes(REQUESTS, self.scheme).items():
                self.between.request = change
                status, output, errors = self.say(way, self.between.url)
                self.assertNotEqual(status, 0, (way, what))
                self.assertEqual(output, b"", (way, what, errors))
                self.assertEqual(self.service.requests, [], (way, what))

    def test_what_the_service_refuses_is_proven_and_printed(self):
        for way in ROUTES[self.scheme]:
            self.assertEqual(self.say(way, name="missing")[:2], (1, ANSWER), way)


for each in LANGUAGES:
    for scheme in ROUTES:
        name = each.title() + scheme.title()
        globals()[name] = type(name, (Conversations, unittest.TestCase), {"language": each, "scheme": scheme})

if __name__ == "__main__":
    unittest.main()
