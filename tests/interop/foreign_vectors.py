#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Libraries that others wrote take our published vectors, make the same ones, and refuse each with anything changed."""

import json
import os
import unittest

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

import standards
from npm import Npm, b64

VECTORS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "vectors")
NOW, BODY = 1700000000, b'{"hello":"world"}'
STRIPE = "t=1700000000,v1=86748dbec9cc87a9219f8a96632da703271bf5e85aa0afa2b310c37ba059d514"
STANDARD = {"webhook-id": "msg_1", "webhook-timestamp": "1700000000",
            "webhook-signature": "v1,HNkn2caO4INd1A7JpnFL50WigpEYa2CD5EL80IT/b90="}
STANDARD_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
# The documentation's own example, and that of the library's tests.
GITHUB = (("It's a Secret to Everybody", b"Hello, World!",
           "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"),
          ("mysecret", b'{"foo":"bar"}', "sha256=4864d2759938a15468b5df9ade20bf161da9b4f737ea61794142f3484236bda3"))


def vectors(name):
    with open(os.path.join(VECTORS, name), encoding="utf-8") as stream:
        return json.load(stream)


def changed(text, at=None):
    """With one character replaced, in the middle if not said otherwise."""
    at = len(text) // 2 if at is None else at % len(text)
    return text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1:]


def flipped(data, at):
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]


class Libraries(unittest.TestCase):
    """What the tests of all libraries share."""

    @classmethod
    def setUpClass(cls):
        cls.npm = cls.enterClassContext(Npm())

    def gives(self, expected, jobs):
        """What the libraries give; `expected` holds the same, or False for a refusal. Both are {name: …}."""
        for name, said in zip(jobs, self.npm.run(list(jobs.values()))):
            if expected[name] is False:
                self.assertTrue(said is False or isinstance(said, ValueError), (name, said))
            else:
                self.assertEqual(said, expected[name], name)


class Envelopes(Libraries):
    def test_jose_opens_what_is_published(self):
        tokens = vectors("encryption.json")["jwe"]
        jobs, expected = {}, {}
        for number, one in enumerate(tokens):
            job = {"library": "jose", "does": "open", "alg": one["alg"], "enc": one["enc"], "key": one["key_hex"]}
            parts = one["token"].split(".")
            for part in (None, *(n for n in range(5) if parts[n])):
                token = ".".join(changed(text, 0) if n == part else text for n, text in enumerate(parts))
                jobs[number, part] = {**job, "token": token}
                expected[number, part] = False if part is not None else b64(one["plaintext"].encode())
            jobs[number, "key"] = {**job, "token": one["token"], "key": changed(one["key_hex"], 0).lower()}
            expected[number, "key"] = False
        self.gives(expected, jobs)

    def test_jwcrypto_opens_what_is_published_and_what_jose_seals(self):
        seals = [{"library": "jose", "does": "seal", "plaintext": b64(BODY), "key": one["key_hex"], "kid": "client-1",
                  "alg": one["alg"], "enc": one["enc"]} for one in vectors("encryption.json")["jwe"]]
        for one, token in zip(vectors("encryption.json")["jwe"], self.npm.run(seals)):
            for sealed in (one["token"], token):
                opened = standards.unseal(sealed.encode(), one["key_hex"], one["enc"], one["alg"])
                self.assertEqual(opened, BODY)

    def test_jose_opens_what_jwcrypto_seals(self):
        jobs, expected = {}, {}
        for number, one in enumerate(vectors("encryption.json")["jwe"]):
            token = standards.seal(BODY, one["key_hex"], "client-1", one["enc"], one["alg"]).decode()
            jobs[number] = {"library": "jose", "does": "open", "alg": one["alg"], "enc": one["enc"],
                            "key": one["key_hex"], "token": token}
            expected[number] = b64(BODY)
        self.gives(expected, jobs)

    def test_http_ece_opens_what_is_published_and_seals_the_same(self):
        jobs, expected = {}, {}
        for one in vectors("encryption.json")["rfc8188"]:
            sealed, plaintext = bytes.fromhex(one["body_hex"]), b64(one["plaintext"].encode())
            job = {"library": "http_ece", "does": "open", "key": one["ikm_hex"], "keyid": one["keyid"]}
            name, end = one["name"], 21 + len(one["keyid"])
            jobs[name], expected[name] = {**job, "body": b64(sealed)}, plaintext
            if name != "RFC 8188 3.2":  # which is padded
                jobs[name, "seal"] = {**job, "does": "seal", "plaintext": plaintext, "salt": sealed[:16].hex(),
                                      "size": int.from_bytes(sealed[16:20], "big")}
                expected[name, "seal"] = b64(sealed)
            # The record size and the keyid are under no tag; but another keyid names no key.
            for what, at in (("salt", 0), ("record", end), ("tag", len(sealed) - 1), ("keyid", 21)):
                if what != "keyid" or one["keyid"]:
                    jobs[name, what], expected[name, what] = {**job, "body": b64(flipped(sealed, at))}, False
            jobs[name, "short"], expected[name, "short"] = {**job, "body": b64(sealed[:-1])}, False
        self.gives(expected, jobs)


class Webhooks(Libraries):
    def test_standardwebhooks_takes_and_makes_what_is_published(self):
        job = {"library": "standardwebhooks", "secret": STANDARD_SECRET, "now": NOW, "body": b64(BODY)}
        jobs = {"sign": {**job, "does": "sign", "id": "msg_1", "created": NOW},
                "verify": {**job, "does": "verify", "headers": STANDARD},
                "body": {**job, "does": "verify", "headers": STANDARD, "body": b64(BODY + b" ")},
                "secret": {**job, "does": "verify", "headers": STANDARD, "secret": changed(STANDARD_SECRET, -2)},
                "late": {**job, "does": "verify", "headers": STANDARD, "now": NOW + 301}}
        for name, value in STANDARD.items():
            value = "1700000001" if name == "webhook-timestamp" else changed(value)
            jobs[name] = {**job, "does": "verify", "headers": {**STANDARD, name: value}}
        self.gives({**dict.fromkeys(jobs, False), "sign": STANDARD["webhook-signature"], "verify": True}, jobs)

    def test_stripe_takes_and_makes_what_is_published(self):
        job = {"library": "stripe", "secret": "whsec_test_secret", "now": NOW, "body": b64(BODY)}
        jobs = {"sign": {**job, "does": "sign", "created": NOW},
                "verify": {**job, "does": "verify", "header": STRIPE},
                "body": {**job, "does": "verify", "header": STRIPE, "body": b64(BODY + b" ")},
                "secret": {**job, "does": "verify", "header": STRIPE, "secret": "whsec_test_secreT"},
                "stamp": {**job, "does": "verify", "header": STRIPE.replace("t=17", "t=18")},
                "signature": {**job, "does": "verify", "header": changed(STRIPE, -1)},
                "version": {**job, "does": "verify", "header": STRIPE.replace("v1", "v0")},
                "late": {**job, "does": "verify", "header": STRIPE, "now": NOW + 301}}
        self.gives({**dict.fromkeys(jobs, False), "sign": STRIPE, "verify": True}, jobs)

    def test_octokit_takes_and_makes_what_is_published(self):
        jobs, expected = {}, {}
        for secret, body, header in GITHUB:
            job = {"library": "octokit", "secret": secret, "body": b64(body)}
            for name, said, more in (("sign", header, {"does": "sign"}), ("verify", True, {}),
                                     ("body", False, {"body": b64(body + b" ")}),
                                     ("secret", False, {"secret": secret + " "}),
                                     ("signature", False, {"header": changed(header, -1)})):
                jobs[secret, name] = {**job, "does": "verify", "header": header, **more}
                expected[secret, name] = said
        self.gives(expected, jobs)


class MessageSignatures(Libraries):
    """The default profile, by http-message-signatures."""

    URL = "https://api.example.com/v1/orders?b=2&a=%7E1"
    FIELDS = ["@method", "@authority", "@path", "@query", "content-type", "content-digest"]
    OTHERS = {"@method": {"method": "PUT"}, "@authority": {"url": URL.replace("api", "apj")},
              "@path": {"url": URL.replace("orders", "order")}, "@query": {"url": URL.replace("b=2", "b=3")},
              "@status": {"status": 201}}

    def setUp(self):
        self.vectors = {one["name"]: one for one in vectors("rfc9421.json")["rfc9421"]}
        keys = standards.keys(bytes(range(32)), "client-1")
        private = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
        pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        self.signing = {"hmac-sha256": keys["SIGN_KEY"], "ed25519": pem}
        self.reply_key = keys["REPLY_KEY"]

    def message(self, one, which="message"):
        """As the library takes it, with the two fields of its signature."""
        got = one[which]
        headers = {name.lower(): value for name, value in got["headers"] if name != "Host"}
        if which == "message":
            headers["signature-input"] = "sig=" + one["signature_input"]
            headers["signature"] = f"sig=:{one['signature']}:"
        if "status" in got:
            return {"status": got["status"], "headers": headers}
        return {"method": got["method"], "url": self.URL, "headers": headers}

    def altered(self, message):
        """Each thing that is signed changed on its own: {what: message}."""
        told = {}
        for name, other in self.OTHERS.items():
            if set(other) <= set(message) and {**message, **other} != message:
                told[name] = {**message, **other}
        for name, value in message["headers"].items():
            at = value.index("1700000") if name == "signature-input" else None
            told[name] = {**message, "headers": {**message["headers"], name: changed(value, at)}}
        return told

    def test_it_takes_a_request_and_nothing_changed_in_it(self):
        jobs, expected = {}, {}
        for algorithm, key in (("hmac-sha256", self.signing["hmac-sha256"]),
                               ("ed25519", self.vectors["default profile, ed25519"]["key"].get("pem"))):
            message = self.message(self.vectors[f"default profile, {algorithm}"])
            job = {"library": "http-message-signatures", "does": "verify", "algorithm": algorithm, "key": key,
                   "keyid": "client-1", "fields": self.FIELDS}
            jobs[algorithm], expected[algorithm] = {**job, "message": message}, True
            for what, other in self.altered(message).items():
                jobs[algorithm, what], expected[algorithm, what] = {**job, "message": other}, False
        self.assertEqual(len(jobs), 2 * 9)
        self.gives(expected, jobs)

    def test_it_takes_a_reply_and_nothing_changed_in_it_or_in_its_request(self):
        one = self.vectors["default profile, response"]
        message, request = self.message(one), self.message(one, "request")
        job = {"library": "http-message-signatures", "does": "verify", "algorithm": "hmac-sha256",
               "key": self.reply_key, "keyid": "client-1", "fields": ["@status", "content-type", "content-digest"]}
        jobs = {"reply": {**job, "message": message, "request": request}}
        for what, other in self.altered(message).items():
            jobs[what] = {**job, "message": other, "request": request}
        for what, other in self.altered(request).items():
            if what != "content-type":  # of the request, the vector does not cover it
                jobs["request's", what] = {**job, "message": message, "request": other}
        self.assertEqual(len(jobs), 1 + 5 + 5)
        self.gives({name: True if name == "reply" else False for name in jobs}, jobs)

    def test_it_signs_the_same(self):
        jobs, expected = {}, {}
        for algorithm, key in self.signing.items():
            message = self.message(self.vectors[f"default profile, {algorithm}"])
            expected[algorithm] = message["headers"]
            bare = {name: value for name, value in message["headers"].items() if not name.startswith("signature")}
            jobs[algorithm] = {"library": "http-message-signatures", "does": "sign", "algorithm": algorithm, "key": key,
                               "keyid": "client-1", "fields": self.FIELDS, "created": NOW, "tag": "gw",
                               "nonce": "AAECAwQFBgcICQoLDA0ODw", "message": {**message, "headers": bare}}
        said = dict(zip(jobs, self.npm.run(list(jobs.values()))))
        for algorithm, headers in expected.items():
            self.assertEqual({name.lower(): value for name, value in said[algorithm].items()}, headers)


if __name__ == "__main__":
    unittest.main()
