#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What `vectors` prints, checked by other implementations: right where it says so, wrong where it says so."""

import base64
import hashlib
import hmac
import json
import os
import re
import shutil
import tempfile
import unittest
from urllib.parse import parse_qs

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (Encoding, PublicFormat, load_der_public_key,
                                                          load_pem_private_key)

import laravel
import standards
from command import run

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
FILES = ("tests/acceptance/laravel.yaml", "tests/acceptance/standard.yaml", "conf/webhooks.yaml")
MORE = """\
listen: 127.0.0.1:0
clients:
  php: {secret: 0123456789abcdef0123456789abcdef, cipher: AES-256-CBC, schemes: [twice, laravel]}
  apart:
    signing_secret: sign-0123456789abcdef
    encryption_key: seal-0123456789-abcdefghijk-opqr
    cipher: AES-256-GCM
    schemes: [laravel, rfc9421]
  wrapped: {secret: wrap-0123456789abcdef, jwe: {alg: A256KW, enc: A128CBC-HS256}, schemes: [rfc9421]}
  curve:
    public_key: file:curve.pem
    algorithm: ecdsa-p256-sha256
    schemes: [modern]
  digits: {token: "0042", secret: "6a1f0c2e5b7d49938a4e1c3d5f607182", schemes: [device]}
  hook: {secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw}
  small: {secret: small-0123456789abcdef, schemes: [gw1]}
schemes:
  twice: {preset: laravel, construction: A2, payload: json, field: sealed, headers: {timestamp: X-Time}}
  modern: {preset: rfc9421, algorithms: [ecdsa-p256-sha256]}
  device:
    type: template
    algorithm: hmac-sha512
    key: {encoding: hex}
    fields: {token: {header: X-Device, charset: "[0-9]{4}"}, timestamp: {header: X-Time, unit: ms}}
    signature: {header: X-Mac, encoding: base64url, prefix: "v1="}
    string_to_sign: "{token}{lf}{timestamp}{lf}{method}{lf}{target}{lf}{body}"
upstreams: {orders: http://127.0.0.1:9}
routes:
  - {path: /a/, scheme: laravel, upstream: orders, bodyless: safe, reply: {sign: true, seal: true}}
  - {path: /b/, scheme: twice, upstream: orders}
  - {path: /c/, scheme: rfc9421, envelope: jwe, upstream: orders, reply: {seal: true}}
  - {path: /d/, scheme: modern, upstream: orders}
  - {path: /e/, scheme: device, upstream: orders}
  - {path: /f/, scheme: gw1, upstream: orders, reply: {sign: true}}
  - {path: /g/, scheme: standard-webhooks, client: hook, upstream: orders}
"""
WINDOW, FUTURE = 300, 60


def decoded(text):
    return base64.b64decode(text, validate=True)


def content(vector, key):
    """The bytes of a member that is base64 where they are no text."""
    if key + "_base64" in vector:
        return decoded(vector[key + "_base64"])
    return vector.get(key, "").encode()


def equal(one, other):
    return hmac.compare_digest(one, other)


class Kind:
    """One kind of messages, and what another implementation says of each."""

    def __init__(self, given):
        self.given, self.client = given, given["client"]
        self.secret = self.client.get("secret", "").encode()
        self.signing = self.client.get("signing_secret", "").encode() or self.secret
        self.first = given["requests"][0]

    def derived(self, purpose, size=32):
        return standards.derive(self.secret, purpose, self.client["id"], size)

    # --- who signed it: each gives (the text that is signed, is the signature right, the stamp or None)

    def laravel(self, v, fields):
        stamp = fields.get("timestamp") or fields["x-time"]
        construction = "A2" if self.given["scheme"] == "twice" else "A1"
        right = equal(laravel.sign(stamp, self.signing, construction), fields["signature"])
        return stamp + ("<secret>" if construction == "A2" else ""), right, int(stamp)

    twice = laravel

    def rfc9421(self, v, fields):
        body = content(v, "body")
        values = standards.request_values(v["authority"], v["target"], body, fields.get("content-type", ""),
                                          v["method"])
        if "content-type" not in fields:
            del values['"content-type"']
        values['"client-version"'] = fields["client-version"]
        text = fields["signature-input"].removeprefix("sig=")
        created = int(re.search(r";created=(\d+)", text)[1])
        algorithm = self.client["algorithm"]
        expected = standards.params(values, created, self.client["token"], self.given["nonce"], algorithm=algorithm)
        base = standards.signature_base(values, text)
        signature = decoded(fields["signature"].removeprefix("sig=:").removesuffix(":"))
        if algorithm == "ed25519":
            right = self.proves(load_pem_private_key(self.client["private_key"].encode(), None).public_key(), signature,
                                base)
        else:
            own = self.client.get("signing_secret")
            right = equal(hmac.digest(own.encode() if own else self.derived("sign-c2s"), base.encode(), "sha256"),
                          signature)
        return base, right and expected == text and fields["content-digest"] == standards.content_digest(body), created

    @staticmethod
    def proves(key, signature, text):
        try:
            key.verify(signature, text.encode())
        except InvalidSignature:
            return False
        return True

    def gw1(self, v, fields):
        text = standards.gw1_text(self.client["token"], self.client["version"], fields["x-auth-timestamp"],
                                  fields["x-auth-nonce"], v["method"], v["authority"], v["target"], content(v, "body"))
        right = standards.mac(self.derived("sign-c2s").hex(), text).hexdigest() == fields["x-auth-signature"]
        return text, right, int(fields["x-auth-timestamp"])

    def partner_mac(self, v, fields):
        digest = hashlib.sha256(content(v, "body")).hexdigest()
        text = "\n".join((self.client["token"], fields["x-time"], fields["x-nonce"], v["method"], v["target"], digest))
        right = equal(hmac.digest(self.secret, text.encode(), "sha512"), decoded(fields["x-mac"]))
        return text, right, int(fields["x-time"])

    def device(self, v, fields):
        body = v.get("body", "")
        text = "\n".join((self.client["token"], fields["x-time"], v["method"], v["target"], body))
        mac = hmac.digest(bytes.fromhex(self.client["secret"]), text.encode(), "sha512")
        said = fields["x-mac"].removeprefix("v1=")
        return text, base64.urlsafe_b64encode(mac).decode().rstrip("=") == said, int(fields["x-time"]) // 1000

    def stripe(self, v, fields):
        said = dict(item.split("=") for item in fields["stripe-signature"].split(","))
        text = f"{said['t']}.{v['body']}"
        return text, hmac.digest(self.secret, text.encode(), "sha256").hex() == said["v1"], int(said["t"])

    def github(self, v, fields):
        mac = hmac.digest(self.secret, v["body"].encode(), "sha256").hex()
        return v["body"], "sha256=" + mac == fields["x-hub-signature-256"], None

    def standard_webhooks(self, v, fields):
        text = f"{fields['webhook-id']}.{fields['webhook-timestamp']}.{v['body']}"
        key = decoded(self.client["secret"].removeprefix("whsec_"))
        mac = standards.b64(hmac.digest(key, text.encode(), "sha256"))
        return text, "v1," + mac == fields["webhook-signature"], int(fields["webhook-timestamp"])

    # --- what was sealed: each gives the plaintext, or raises

    def open_laravel(self, body, cipher_key):
        if body.startswith(b"data="):
            payload = parse_qs(body.decode(), strict_parsing=True)["data"][0]
        else:
            members = json.loads(body)
            payload = members.get("data") or members["sealed"]
        text = laravel.open_sealed(payload, cipher_key, self.client["cipher"])
        self.mark = json.loads(decoded(payload))
        start, _, rest = text.decode().partition('"')
        assert start == f"s:{len(rest) - 2}:" and rest.endswith('";'), text
        return rest[:-2].encode()

    def opened(self, v):
        body, envelope = content(v, "body"), self.given["envelope"]
        if not body or envelope == "none":
            return body
        own = self.client.get("encryption_key")
        if envelope == "laravel":
            return self.open_laravel(body, own.encode() if own else self.secret)
        if envelope == "jwe":
            alg, enc = self.client["jwe"]["alg"], self.client["jwe"]["enc"]
            key = own.encode() if own else (self.derived("enc-c2s:" + enc, standards.SIZES[enc]) if alg == "dir"
                                            else self.derived("kw-c2s:" + alg))
            return standards.unseal(body, key.hex(), enc, alg)
        return self.open_coded(body, own.encode() if own else self.derived("enc-c2s:aes128gcm"))

    def open_coded(self, body, key):
        """RFC 8188, of one record."""
        salt, size = body[:16], body[20]
        assert body[21:21 + size].decode() == self.client["token"]
        key, nonce = (HKDF(SHA256(), length, salt, b"Content-Encoding: " + info + b"\0").derive(key)
                      for length, info in ((16, b"aes128gcm"), (12, b"nonce")))
        plain = AESGCM(key).decrypt(nonce, body[21 + size:], None)
        assert plain.endswith(b"\2")
        return plain[:-1]

    def accepts(self, v):
        """Is it a message that may pass at its `at`? If it is, its content is in `plain`."""
        fields = {name.lower(): value for name, value in v["fields"]}
        self.text, right, stamp = getattr(self, self.given["scheme"].replace("-", "_"))(v, fields)
        if not right or (stamp is not None and not v["at"] - WINDOW <= stamp <= v["at"] + FUTURE):
            return False
        try:
            self.plain = self.opened(v)
        except Exception:  # whatever the libraries raise: it can't be opened
            return False
        return True

    # --- replies

    def reply_text(self, v, fields):
        scheme, body = self.given["scheme"], content(v, "body")
        if scheme == "laravel":
            mark = self.mark["mac"] or (decoded(self.mark["iv"]) + decoded(self.mark["tag"])).hex()
            right = equal(laravel.sign_reply(fields["timestamp"], v["status"], mark, body, self.signing),
                          fields["signature"])
            return right, int(fields["timestamp"])
        if scheme == "gw1":
            asked = dict(self.first["fields"])
            text = standards.gw1_reply_text(self.client["token"], asked["X-Auth-Nonce"], fields["x-auth-timestamp"],
                                            v["status"], body)
            return (standards.mac(self.derived("sign-s2c").hex(), text).hexdigest() == fields["x-auth-signature"],
                    int(fields["x-auth-timestamp"]))
        asked = dict(self.first["fields"])
        values = standards.reply_values(v["status"], body, standards.request_values(
            self.first["authority"], self.first["target"], content(self.first, "body"), asked["Content-Type"]),
            fields["content-type"])
        text = fields["signature-input"].removeprefix("sig=")
        created = int(re.search(r";created=(\d+)", text)[1])
        base = standards.signature_base(values, text)
        signature = decoded(fields["signature"].removeprefix("sig=:").removesuffix(":"))
        gateway = self.given.get("gateway")
        if gateway:
            right = self.proves(load_der_public_key(decoded(gateway["public_key"])), signature, base)
        else:
            right = equal(hmac.digest(self.derived("sign-s2c"), base.encode(), "sha256"), signature)
        return right and fields["content-digest"] == standards.content_digest(body), created

    def accepts_reply(self, v):
        assert self.accepts(self.first)
        fields = {name.lower(): value for name, value in v["fields"]}
        body, name = content(v, "body"), self.given["name"]
        if "reply-signed" in name:
            right, stamp = self.reply_text(v, fields)
            if not right or not v["at"] - WINDOW <= stamp <= v["at"] + FUTURE:
                return False
        try:
            self.plain = self.open_reply(body) if "reply-sealed" in name else body
        except Exception:  # as above
            return False
        return True

    def open_reply(self, body):
        own = self.client.get("encryption_key")
        from_secret = own.encode() if own else self.secret
        if self.given["envelope"] == "laravel":
            return self.open_laravel(body, laravel.reply_key(from_secret, self.client["cipher"]))
        alg, enc = self.client["jwe"]["alg"], self.client["jwe"]["enc"]
        purpose, size = ("enc-s2c:" + enc, standards.SIZES[enc]) if alg == "dir" else ("kw-s2c:" + alg, 32)
        key = standards.derive(from_secret, purpose, self.client["id"], size)
        return standards.unseal(body, key.hex(), enc, alg)


class Vectors(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = cls.enterClassContext(tempfile.TemporaryDirectory(prefix="countersign-vectors-"))
        with open(os.path.join(cls.folder, "gateway.pem"), "w", encoding="ascii") as stream:
            stream.write(run("keygen", "--ed25519").out.split("public_key:")[0])
        with open(os.path.join(cls.folder, "more.yaml"), "w", encoding="utf-8") as stream:
            stream.write(MORE)
        with open(os.path.join(cls.folder, "curve.pem"), "wb") as stream:
            stream.write(ec.generate_private_key(ec.SECP256R1()).public_key().public_bytes(
                Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
        for name in FILES:
            shutil.copy(os.path.join(ROOT, name), cls.folder)
        cls.said = {name: run("vectors", "-c", os.path.join(cls.folder, name))
                    for name in (*map(os.path.basename, FILES), "more.yaml")}
        cls.kinds = [kind for said in cls.said.values() for kind in json.loads(said.out)["vectors"]]

    def each(self, *parts):
        for given in self.kinds:
            if "left_out" in given:
                continue
            kind = Kind(given)
            for part in parts:
                for v in given.get(part, []):
                    with self.subTest(given["name"], part=part, what=v["what"]):
                        yield kind, v

    def test_every_kind_that_is_in_use_is_there_once(self):
        names = {name: [kind["name"] for kind in json.loads(said.out)["vectors"]] for name, said in self.said.items()}
        self.assertEqual(names, {
            "laravel.yaml": ["laravel/laravel/AES-128-CBC", "laravel/laravel/AES-256-GCM"],
            "standard.yaml": ["rfc9421/none/hmac-sha256/reply-signed", "rfc9421/none/ed25519/reply-signed",
                              "rfc9421/jwe/dir/A256GCM/hmac-sha256/reply-signed/reply-sealed",
                              "rfc9421/aes128gcm/hmac-sha256", "gw1/none", "partner-mac/none", "stripe/none/any",
                              "github/none/any"],
            "webhooks.yaml": ["stripe/none/any", "github/none/any"],
            "more.yaml": ["laravel/laravel/AES-256-CBC/bodyless/reply-signed/reply-sealed",
                          "laravel/laravel/AES-256-GCM/signing_secret/encryption_key/bodyless/reply-signed/"
                          "reply-sealed",
                          "twice/laravel/AES-256-CBC",
                          "rfc9421/jwe/dir/A256GCM/hmac-sha256/signing_secret/encryption_key/reply-sealed",
                          "rfc9421/jwe/A256KW/A128CBC-HS256/hmac-sha256/reply-sealed",
                          "modern/none/ecdsa-p256-sha256", "device/none", "gw1/none/reply-signed",
                          "standard-webhooks/none/any"]})

    def test_messages_are_what_another_implementation_makes_of_them(self):
        for kind, v in self.each("requests"):
            self.assertTrue(kind.accepts(v))
            self.assertEqual(kind.text, v["signed"])
            self.assertEqual(kind.plain.decode(), v.get("plaintext", ""))

    def test_what_must_fail_fails_there_too(self):
        for kind, v in self.each("must_fail"):
            self.assertFalse(kind.accepts(v))
            self.assertIn((v["status"], v["code"]), ((401, "unauthenticated"), (401, "stale")))
            self.assertNotIn("signed", v)

    def test_replies_are_right_and_changed_ones_are_not(self):
        for kind, v in self.each("replies"):
            self.assertTrue(kind.accepts_reply(v))
            self.assertEqual(kind.plain.decode(), v["plaintext"])
        for kind, v in self.each("replies_must_fail"):
            self.assertFalse(kind.accepts_reply(v))
            self.assertTrue(v["reason"])

    def test_the_keys_are_those_that_come_of_the_secret(self):
        for kind, _ in self.each("requests"):
            for name, key in kind.client.get("keys", {}).items():
                if name.startswith("laravel-reply:"):
                    own = kind.client.get("encryption_key", kind.client["secret"])
                    self.assertEqual(key, laravel.reply_key(own.encode(), kind.client["cipher"]).hex())
                else:
                    kind.secret = kind.secret if "s2c:" not in name else (
                        kind.client.get("encryption_key", kind.client["secret"]).encode())
                    self.assertEqual(key, kind.derived(name, len(key) // 2).hex(), name)

    def test_each_scheme_refuses_what_its_signature_covers(self):
        changed = {kind["name"]: {v["what"] for v in kind["must_fail"]} for kind in self.kinds if "must_fail" in kind}
        everything = {"one bit of the signature", "one byte of the body", "another timestamp", "another method",
                      "another query", "another host", "sent too late", "sent too early"}
        unsigned = {"another method", "another query", "another host"}
        for name, found in changed.items():
            with self.subTest(name):
                scheme = name.partition("/")[0]
                if scheme in ("rfc9421", "gw1"):
                    self.assertEqual(found, everything)
                elif scheme in ("partner-mac", "device"):
                    self.assertEqual(found, everything - {"another host"})
                elif scheme == "github":
                    self.assertEqual(found, {"one bit of the signature", "one byte of the body"})
                else:
                    self.assertEqual(found, everything - unsigned)
        for kind in self.kinds:
            if "replies" in kind:
                signed = {"one bit of the signature", "another timestamp", "another status", "received too late"}
                self.assertEqual({v["what"] for v in kind["replies_must_fail"]},
                                 {"one byte of the body"} | (signed if "reply-signed" in kind["name"] else set()))

    def test_what_can_t_be_the_same_each_time_is_left_out_and_said_to_be(self):
        left = {kind["name"]: kind["left_out"] for kind in self.kinds if "left_out" in kind}
        self.assertEqual(list(left), ["modern/none/ecdsa-p256-sha256"])
        self.assertIn("no vectors for modern/none/ecdsa-p256-sha256: ecdsa-p256-sha256: ", self.said["more.yaml"].err)
        for name in map(os.path.basename, FILES):
            self.assertEqual((self.said[name].status, self.said[name].err), (0, ""))

    def test_the_same_configuration_gives_the_same_bytes(self):
        for name, said in self.said.items():
            with self.subTest(name):
                self.assertEqual(run("vectors", "-c", os.path.join(self.folder, name)).raw, said.raw)

    def test_another_secret_changes_nothing(self):
        path = os.path.join(self.folder, "other.yaml")
        with open(os.path.join(self.folder, "laravel.yaml"), encoding="utf-8") as stream:
            text = stream.read()
        with open(path, "w", encoding="utf-8") as stream:
            stream.write(text.replace("my_key", "her_key").replace("0123456789abcdef", "fedcba9876543210"))
        self.assertEqual(run("vectors", "-c", path).raw, self.said["laravel.yaml"].raw)

    def test_nothing_of_a_client_of_the_configuration_is_told(self):
        for name, said in self.said.items():
            with open(os.path.join(self.folder, name), encoding="utf-8") as stream:
                text = stream.read()
            told = re.findall(r"(?:secret|encryption_key|public_key|token): \"?(?:hex:|base64:)?([^\s\",}]+)", text)
            ids = re.findall(r"^  ([\w-]+):", text.split("clients:\n")[1].split("\nupstreams")[0].split("\nschemes")[0],
                             re.MULTILINE)
            self.assertTrue(told and ids)
            for secret in told:
                self.assertNotIn(secret, said.out)
            for one in json.loads(said.out)["vectors"]:
                if "client" in one:
                    self.assertEqual(one["client"]["id"], "example-client")
                    self.assertNotIn(one["client"]["token"], {*told, *ids})

    def test_a_configuration_that_is_wrong_has_none(self):
        said = run("vectors", "-c", "nowhere.yaml")
        self.assertEqual((said.status, said.out), (78, ""))
        self.assertEqual(said.err, "nowhere.yaml: the file can't be read: No such file or directory\n")

    def test_a_configuration_without_schemes_has_none_and_says_so(self):
        path = os.path.join(self.folder, "open.yaml")
        with open(path, "w", encoding="utf-8") as stream:
            stream.write("listen: 127.0.0.1:0\nupstreams: {a: http://127.0.0.1:9}\n"
                         "routes: [{path: /, scheme: none, upstream: a}]\n")
        said = run("vectors", "-c", path)
        self.assertEqual((said.status, json.loads(said.out)["vectors"]), (0, []))
        self.assertIn("no route of this configuration has a scheme", said.err)


class FieldsOfItsOwn(unittest.TestCase):
    def test_a_field_that_a_scheme_signs_has_an_example(self):
        with tempfile.TemporaryDirectory() as folder:
            config = os.path.join(folder, "gateway.yaml")
            with open(config, "w", encoding="utf-8") as stream:
                stream.write("""listen: 127.0.0.1:8080
clients: {a: {secret: 0123456789abcdef0123456789abcdef}}
upstreams: {orders: http://127.0.0.1:9}
schemes:
  tenants: {preset: rfc9421, components: ["@method", "@authority", "@path", "@query", x-tenant, content-digest]}
  own:
    type: template
    fields: {timestamp: {header: X-Time}, token: {header: X-Who}}
    signature: {header: X-Mac}
    string_to_sign: "{timestamp}.{header:X-Tenant}.{token}.{body|sha256|hex}"
routes:
  - {path: /a/, scheme: tenants, upstream: orders}
  - {path: /b/, scheme: own, upstream: orders}
""")
            said = run("vectors", "-c", config)
        self.assertEqual(said.status, 0, said)
        for kind in json.loads(said.out)["vectors"]:
            with self.subTest(kind["name"]):
                fields = {name.lower(): value for name, value in kind["requests"][0]["fields"]}
                self.assertEqual(fields["x-tenant"], "example")
                self.assertIn("example", kind["requests"][0]["signed"])


if __name__ == "__main__":
    unittest.main()
