#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Every client signs and seals the published vectors to the byte, and takes no reply but a genuine one. What answers
them here is a recorder and no gateway, so that stamp, nonce, iv and name of the host can be those of the vectors."""

import json
import os
import re
import socket
import unittest
from urllib.parse import parse_qs

import laravel
import standards
from reference import LANGUAGES, SCHEMES, Clients, algorithm, source
from upstream import Upstream

VECTORS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "vectors")
CLIENT, SECRET, HOST, NONCE = "client-1", bytes(range(32)), "api.example.com", "AAECAwQFBgcICQoLDA0ODw"
TARGET, BODY, CREATED, ANSWER = "/v1/orders?b=2&a=%7E1", b'{"hello":"world"}', 1700000000, b'{"ok":true}'
KEY16, REPLY16 = b"0123456789abcdef", laravel.reply_key(b"0123456789abcdef")
FIXED = {"CREATED": str(CREATED), "NONCE": NONCE, "AUTHORITY": HOST}
IVS = {"A256GCM": bytes(range(16, 28)).hex(), "A128CBC-HS256": bytes(range(16, 32)).hex()}
# Agreed by four clients, as those of rfc9421.json.
GW1 = "225521912530e9b15d80aa11eb858e1716676486652274694d9d34351f5b6847"
JSON, JOSE = "application/json", "application/jose"


def vectors(name):
    with open(os.path.join(VECTORS, name), encoding="utf-8") as stream:
        return json.load(stream)


def answer(status, fields, body, reason="OK"):
    lines = [f"HTTP/1.1 {status} {reason}", *(f"{name}: {value}" for name, value in fields.items()),
             f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def reply_9421(received, status=200, body=ANSWER, kind=JSON, tag="gw-response", nonce=NONCE, without=None, path=None):
    """The fields of a genuine reply to this request, but for what the arguments change, which is then signed too."""
    target = path or received.line.split(" ")[1]
    request = standards.request_values(HOST, target, received.body, received.field("content-type"))
    values = standards.reply_values(status, body, request, kind)
    values.pop(without, None)
    text = standards.params(values, CREATED + 1, CLIENT, nonce, tag)
    key = standards.keys(SECRET, CLIENT)["REPLY_KEY"]
    return {"Content-Type": kind, "Content-Digest": standards.content_digest(body),
            **standards.signed(values, key, text)}


def reply_gw1(_, status=200, body=ANSWER, kind=JSON, nonce=NONCE):
    text = standards.gw1_reply_text(CLIENT, nonce, CREATED + 1, status, body)
    return {"Content-Type": kind, "X-Auth-Timestamp": CREATED + 1, "X-Auth-Nonce": nonce, "X-Auth-Token": CLIENT,
            "X-Auth-Signature": standards.mac(standards.keys(SECRET, CLIENT)["REPLY_KEY"], text).hexdigest()}


def reply_laravel(received, status=200, body=ANSWER, kind=JSON, mark=None):
    data = parse_qs(received.body.decode(), strict_parsing=True)["data"][0]
    mark = mark or json.loads(laravel.base64.b64decode(data))["mac"]
    return {"Content-Type": kind, "timestamp": CREATED + 1, "version": "1.0.0", "token": "my_key",
            "signature": laravel.sign_reply(CREATED + 1, status, mark, body, KEY16)}


REPLIES = {"rfc9421": reply_9421, "gw1": reply_gw1, "laravel": reply_laravel}


def environment(language, scheme, seals=False, opens=False):
    if scheme == "laravel":
        return {"SECRET": KEY16.hex(), "CREATED": str(CREATED), "IV": bytes(range(0xa0, 0xb0)).hex(),
                **({"OPEN_KEY": REPLY16.hex()} if opens else {})}
    given = standards.keys(SECRET, CLIENT, algorithm(language))
    for name, wanted in (("SEAL_KEY", seals), ("OPEN_KEY", opens)):
        if not wanted:
            del given[name]
    return {**given, **FIXED, "IV": IVS[algorithm(language)]}


class Vectors:
    """The tests of one language."""

    @classmethod
    def setUpClass(cls):
        cls.clients = cls.enterClassContext(Clients())
        named = {one["name"]: one for one in vectors("rfc9421.json")["rfc9421"]}
        cls.request, cls.response = named["default profile, hmac-sha256"], named["default profile, response"]
        cls.tokens = {one["enc"]: one["token"] for one in vectors("encryption.json")["jwe"]
                      if one["key_hex"] == standards.keys(SECRET, CLIENT, one["enc"])["SEAL_KEY"]}
        # Made by illuminate/encryption itself, of `hello`.
        cls.payload = vectors("laravel.json")["laravel_payload"][0]["payload"]
        cls.stamped = vectors("laravel.json")["laravel_signature"][0]["signature_hex"]

    def setUp(self):
        self.service = self.enterContext(Upstream())

    def converse(self, scheme, reply, seals=False, opens=False, body=BODY):
        """(exit status, output, errors) of the client, and what it sent. `reply` is a function of that."""
        def say(received, peer):  # and closes, which a client asks for that knows no other end of a reply
            peer.sendall(reply(received))
            peer.shutdown(socket.SHUT_WR)

        self.service.reply = say
        client = "my_key" if scheme == "laravel" else CLIENT
        done = self.clients.run(self.language, scheme, self.service.url + TARGET, client, body.decode(),
                                environment(self.language, scheme, seals, opens))
        return done, self.service.requests[-1]

    def genuine(self, scheme, **changed):
        return lambda received: answer(200, REPLIES[scheme](received, **changed), changed.get("body", ANSWER))

    def test_the_default_profile_is_signed_as_published(self):
        request, response = self.request, self.response
        headers = {**dict(response["message"]["headers"]), "Signature-Input": "sig=" + response["signature_input"],
                   "Signature": f"sig=:{response['signature']}:"}
        for scheme in ("rfc9421",):
            done, got = self.converse(scheme, lambda _: answer(200, headers, ANSWER))
            self.assertEqual((got.line, got.body), (f"POST {TARGET} HTTP/1.1", BODY))
            for name, value in request["message"]["headers"]:
                if (self.language, name) != ("node", "Host"):  # fetch() names the host itself
                    self.assertEqual(got.field(name), value)
            self.assertEqual(got.field("signature-input"), "sig=" + request["signature_input"])
            self.assertEqual(got.field("signature"), f"sig=:{request['signature']}:")
            self.assertEqual(done[:2], (0, ANSWER), done)

    def test_gw1_is_signed_as_published(self):
        for scheme in ("gw1",):
            done, got = self.converse(scheme, self.genuine(scheme))
            self.assertEqual((got.line, got.body), (f"POST {TARGET} HTTP/1.1", BODY))
            fields = [got.field(f"x-auth-{name}") for name in ("token", "version", "timestamp", "nonce", "signature")]
            self.assertEqual(fields, [CLIENT, "1.4.0", str(CREATED), NONCE, GW1])
            self.assertEqual(done[:2], (0, ANSWER), done)

    def test_laravel_is_signed_and_sealed_as_its_own_package_does(self):
        for scheme in ("laravel",):
            done, got = self.converse(scheme, self.genuine(scheme), body=b"hello")
            self.assertEqual(got.field("content-type").split(";")[0], "application/x-www-form-urlencoded")
            self.assertEqual(parse_qs(got.body.decode(), strict_parsing=True),
                             {"data": [self.payload]})
            self.assertEqual([got.field(name) for name in ("timestamp", "version", "token", "signature")],
                             [str(CREATED), "1.0.0", "my_key", self.stamped])
            self.assertEqual(done[:2], (0, ANSWER), done)

    def test_bodies_are_sealed_as_published(self):
        for scheme in ("rfc9421", "gw1"):
            done, got = self.converse(scheme, self.genuine(scheme), seals=True)
            self.assertEqual(got.body.decode(), self.tokens[algorithm(self.language)])
            self.assertEqual(got.field("content-type"), JOSE)
            if scheme == "rfc9421":
                values = standards.request_values(HOST, TARGET, got.body, JOSE)
                text = standards.params(values, CREATED, CLIENT, NONCE)
                expected = standards.signed(values, environment(self.language, scheme)["SIGN_KEY"], text)
                self.assertEqual({name: got.field(name) for name in expected}, expected)
            else:
                text = standards.gw1_text(CLIENT, "1.4.0", CREATED, NONCE, "POST", HOST, TARGET, got.body)
                key = environment(self.language, scheme)["SIGN_KEY"]
                self.assertEqual(got.field("x-auth-signature"), standards.mac(key, text).hexdigest())
            self.assertEqual(done[:2], (0, ANSWER), done)

    def test_sealed_replies_are_opened(self):
        for scheme in SCHEMES:
            for plaintext in (ANSWER, '{"Zoë":"\\"; a,b\\n"}'.encode(), b'"' + b"long" * 5000 + b'"'):
                sealed, kind = self.sealed(scheme, plaintext)
                done, _ = self.converse(scheme, self.genuine(scheme, body=sealed, kind=kind), opens=True)
                self.assertEqual(done[:2], (0, plaintext), done)

    def sealed(self, scheme, plaintext):
        if scheme == "laravel":
            payload = laravel.seal(laravel.serialize(plaintext.decode()), REPLY16)
            return json.dumps({"data": payload}, separators=(",", ":")).encode(), JSON
        key = environment(self.language, scheme, opens=True)["OPEN_KEY"]
        return standards.seal(plaintext, key, CLIENT, algorithm(self.language)), JOSE

    def refused(self, scheme, reply, what, opens=False):
        done, _ = self.converse(scheme, reply, opens=opens)
        self.assertNotEqual(done[0], 0, (what, done))
        self.assertEqual(done[1], b"", (what, done))

    def test_a_reply_changed_anywhere_is_refused(self):
        body = b'{"ok":trUe}'
        for scheme in SCHEMES:
            names = [name for name in REPLIES[scheme](self.sample(scheme)) if name not in ("version", "token")]
            for name in names:
                if scheme != "rfc9421" and name in ("Content-Type", "X-Auth-Nonce", "X-Auth-Token"):
                    continue  # not signed, and not read: the client signs with its own nonce and token
                self.refused(scheme, lambda got: self.altered(got, scheme, name), name)
                self.refused(scheme, lambda got: self.altered(got, scheme, name, drop=True), f"no {name}")
            self.refused(scheme, lambda got: answer(200, REPLIES[scheme](got), body), "body")
            self.refused(scheme, lambda got: answer(201, REPLIES[scheme](got), ANSWER), "status")
            self.refused(scheme, lambda _: answer(401, {"Content-Type": "application/problem+json"}, b"{}"),
                         "a refusal without a signature")

    def sample(self, scheme):
        self.converse(scheme, self.genuine(scheme))
        return self.service.requests[-1]

    def altered(self, received, scheme, name, drop=False):
        """A genuine reply with one field changed, in the middle of its value, or without it."""
        fields = {n: str(value) for n, value in REPLIES[scheme](received).items()}
        text = fields.pop(name)
        at = len(text) // 2
        return answer(200, fields if drop else
                      {**fields, name: text[:at] + ("a" if text[at] != "a" else "b") + text[at + 1:]}, ANSWER)

    def test_a_reply_to_another_request_is_refused(self):
        other = "f" * 32
        for scheme in SCHEMES:
            changed = {"mark": other} if scheme == "laravel" else {"nonce": other}
            self.refused(scheme, self.genuine(scheme, **changed), changed)
        for scheme in ("rfc9421",):
            self.refused(scheme, self.genuine(scheme, path="/v1/other?b=2&a=%7E1"), "another path")

    def test_a_reply_that_signs_too_little_is_refused(self):
        values = standards.reply_values(200, ANSWER, standards.request_values(HOST, TARGET, BODY))
        for scheme in ("rfc9421",):
            self.refused(scheme, self.genuine(scheme, tag="gw"), "signed as a request")
            for name in values:
                self.refused(scheme, self.genuine(scheme, without=name), name)

    def test_a_sealed_reply_that_does_not_open_is_refused(self):
        for scheme in ("rfc9421", "gw1"):
            sealed, kind = self.sealed(scheme, ANSWER)
            parts = sealed.split(b".")
            for number, part in enumerate(parts):
                if part:
                    changed = [*parts]
                    changed[number] = (b"A" if part[:1] != b"A" else b"B") + part[1:]
                    self.refused(scheme, self.genuine(scheme, body=b".".join(changed), kind=kind),
                                 f"part {number}", opens=True)
            self.refused(scheme, self.genuine(scheme), "not sealed at all", opens=True)

    def test_a_new_client_signs_in_under_twenty_lines(self):
        for scheme in SCHEMES:
            with open(source(self.language, scheme), encoding="utf-8") as stream:
                text = re.search(r"Sign and send\.\n(.*?)\n\s*(?:#|//) Prove", stream.read(), re.S).group(1)
            self.assertLess(len([line for line in text.splitlines() if line.strip()]), 20)


for each in LANGUAGES:
    globals()[each.title()] = type(each.title(), (Vectors, unittest.TestCase), {"language": each})

if __name__ == "__main__":
    unittest.main()
