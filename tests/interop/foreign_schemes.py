#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Libraries of others and the gateway, both ways: what they sign or seal it takes, what we sign, seal or reply they
take, and neither takes anything changed. ROWS is the table: implementation, direction, and what is changed."""

import base64
import os
import secrets
import subprocess
import tempfile
import time
import unittest

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

import standards
from gateway import BINARY, PATIENCE, Gateway
from npm import Npm, b64
from upstream import Received, Upstream
from wire import exchange

FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "acceptance", "standard.yaml")
PORTS = ("--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0")
SECRET, BODY, HOST = bytes(range(32)), b'{"hello":"world"}', "gateway"
COVERED = ["@method", "@authority", "@path", "@query", "content-type", "content-digest"]
WHSEC = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
# Every pair that a client may be given, each with a client of its own.
PAIRS = [(alg, enc) for alg in ("dir", "A256KW", "A128KW") for enc in standards.SIZES]


def pair_client(alg, enc):
    return f"{alg}-{enc}".lower()


def pair_secret(alg, enc):
    return bytes([PAIRS.index((alg, enc)) + 1, *range(31)])


def sealing_key(way, alg, enc):
    """What client and gateway derive, in hex."""
    purpose, size = (f"enc-{way}:{enc}", standards.SIZES[enc]) if alg == "dir" else (
        f"kw-{way}:{alg}", int(alg[1:4]) // 8)
    return standards.derive(pair_secret(alg, enc), purpose, pair_client(alg, enc), size).hex()


def private_pem(seed):
    return Ed25519PrivateKey.from_private_bytes(seed).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def public_pem(seed):
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes(
        Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


IDENTITY = bytes(range(100, 132))  # the gateway's own


def config(port):
    """The accepted configuration, with a client for each pair and a route for Standard Webhooks beside it."""
    with open(FILE, encoding="utf-8") as stream:
        text = stream.read().replace("127.0.0.1:9001", f"127.0.0.1:{port}")
    clients = "".join(f"  {pair_client(*pair)}: {{secret: \"hex:{pair_secret(*pair).hex()}\","
                      f" jwe: {{alg: {pair[0]}, enc: {pair[1]}}}}}\n" for pair in PAIRS)
    text = text.replace("clients:\n", f"clients:\n  mail: {{secret: {WHSEC}}}\n{clients}", 1)
    return text + ("  - {name: mail, path: =/hooks/mail, methods: [POST], scheme: standard-webhooks, client: mail,"
                   " upstream: orders}\nexternal: {scheme: http}\n")


def changed(text, at=None):
    at = len(text) // 2 if at is None else at % len(text)
    return text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1:]


def request(path, fields, body):
    lines = [f"POST {path} HTTP/1.1", f"Host: {HOST}", *(f"{name}: {value}" for name, value in fields.items()),
             f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def signed_by_us(path, body, client, secret, content_type):
    """Fields of the default profile, so that what fails is the envelope alone."""
    values = standards.request_values(HOST, path, body, content_type)
    text = standards.params(values, int(time.time()), client, secrets.token_hex(16))
    return {"Content-Type": content_type, "Content-Digest": standards.content_digest(body),
            **standards.signed(values, standards.derive(secret, "sign-c2s", client).hex(), text)}


class Foreign(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.npm = cls.enterClassContext(Npm())
        cls.service = cls.enterClassContext(Upstream())
        folder = cls.enterClassContext(tempfile.TemporaryDirectory(prefix="countersign-"))
        with open(os.path.join(folder, "gateway.pem"), "w", encoding="ascii") as stream:
            stream.write(private_pem(IDENTITY))
        os.chmod(stream.name, 0o600)
        cls.gateway = cls.enterClassContext(Gateway(config(cls.service.port), arguments=PORTS, keep=folder))

    def setUp(self):
        del self.service.requests[:]

    def one(self, **job):
        """What a library gives."""
        (said,) = self.npm.run([job])
        self.assertNotIsInstance(said, Exception, job)
        return said

    def takes(self, path, fields, body, client, plaintext=BODY):
        """The gateway takes it; its answer."""
        answer = exchange(self.gateway.address, request(path, fields, body))
        self.assertEqual(answer.status, 200, (path, answer))
        got = self.service.requests.pop()
        self.assertEqual((got.body, got.field("x-client-id")), (plaintext, client))
        return answer

    def refuses(self, path, fields, body, what):
        answer = exchange(self.gateway.address, request(path, fields, body))
        self.assertIn(answer.status, (400, 401), (path, what, answer))
        self.assertEqual(self.service.requests, [], (path, what))

    def refuses_changes(self, path, make, skip=()):
        """`make` gives (fields, body), new each time, so that nothing is refused as a replay."""
        for name in [name for name in make()[0] if name not in skip]:
            fields, body = make()
            self.refuses(path, {**fields, name: changed(fields[name])}, body, name)
            del fields[name]
            self.refuses(path, fields, body, f"no {name}")
        fields, body = make()
        self.refuses(path, fields, changed(body.decode("latin-1")).encode("latin-1"), "body")

    def our_request(self, client, path, body=BODY):
        """What `countersign sign --raw` prints: (target, {name in lower case: value}, body)."""
        done = subprocess.run([BINARY, "sign", "--raw", "-c", self.gateway.config, "--client", client, "-X", "POST",
                               "-d", body.decode(), f"http://{HOST}{path}"], capture_output=True, timeout=PATIENCE)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        head, body = done.stdout.split(b"\r\n\r\n", 1)
        got = Received(head, body)
        return got.line.split(" ")[1], {name.lower(): value for name, value in got.fields}, body


class MessageSignatures(Foreign):
    """http-message-signatures: HMAC by client-1, Ed25519 by signer."""

    PATH = "/v1/orders?b=2&a=%7E1"
    SIGNING = {"client-1": ("hmac-sha256", standards.keys(SECRET, "client-1")["SIGN_KEY"],
                            standards.keys(SECRET, "client-1")["REPLY_KEY"]),
               "signer": ("ed25519", private_pem(SECRET), public_pem(IDENTITY))}

    def theirs(self, client, path=PATH):
        algorithm, key, _ = self.SIGNING[client]
        headers = {"content-type": "application/json", "content-digest": standards.content_digest(BODY)}
        message = {"method": "POST", "url": f"http://{HOST}{path}", "headers": headers}
        fields = self.one(library="http-message-signatures", does="sign", algorithm=algorithm, key=key, keyid=client,
                          message=message, fields=COVERED, created=int(time.time()), nonce=secrets.token_hex(16),
                          tag="gw")
        return fields, BODY

    def verdict(self, client, message, asked=None, key=None):
        algorithm, _, reply_key = self.SIGNING[client]
        keyid = "client-1" if client == "client-1" else "gw-1" if asked else client
        return {"library": "http-message-signatures", "does": "verify", "algorithm": algorithm,
                "key": key or reply_key, "keyid": keyid, "fields": [], "message": message,
                **({"request": asked} if asked else {})}

    def test_the_gateway_takes_what_it_signs_and_nothing_changed(self):
        for client in self.SIGNING:
            self.takes(self.PATH, *self.theirs(client), client)
            self.refuses_changes(self.PATH, lambda: self.theirs(client))
            for other in ("/v1/orders?b=3&a=%7E1", "/v1/order?b=2&a=%7E1", "/v1/orders"):
                self.refuses(other, *self.theirs(client), other)

    def refused(self, jobs):
        for job, said in zip(jobs, self.npm.run(jobs)):
            self.assertTrue(said is False or said is None or isinstance(said, ValueError), (job, said))

    def test_it_takes_what_we_sign_and_nothing_changed(self):
        target, fields, body = self.our_request("client-1", self.PATH)
        self.assertEqual(fields["content-digest"], standards.content_digest(body))
        message = {"method": "POST", "url": f"http://{HOST}{target}", "headers": fields}
        key = self.SIGNING["client-1"][1]
        self.assertIs(self.one(**self.verdict("client-1", message, key=key)), True)
        self.refused([self.verdict("client-1", other, key=key) for other in
                      [{**message, "headers": {**fields, name: changed(fields[name])}} for name in
                       ("content-type", "content-digest", "signature", "signature-input")] +
                      [{**message, "method": "PUT"}, {**message, "url": message["url"] + "1"}]])

    def test_it_takes_our_replies_and_nothing_changed(self):
        for client in self.SIGNING:
            fields, body = self.theirs(client)
            asked = {"method": "POST", "url": f"http://{HOST}{self.PATH}", "headers": fields}
            answer = self.takes(self.PATH, fields, body, client)
            self.assertEqual(answer.field("content-digest"), standards.content_digest(answer.body))
            headers = {name.lower(): value for name, value in answer.fields}
            message = {"status": answer.status, "headers": headers}
            self.assertIs(self.one(**self.verdict(client, message, asked)), True)
            self.refused([self.verdict(client, other, asked) for other in
                          [{**message, "headers": {**headers, name: changed(headers[name])}} for name in
                           ("content-type", "content-digest", "signature", "signature-input")] +
                          [{**message, "status": 201}]] +
                         [self.verdict(client, message, {**asked, "url": asked["url"] + "1"})])


class Jwe(Foreign):
    """jose and jwcrypto, with every alg and enc."""

    PATH = "/sealed/orders"

    def sealers(self, alg, enc):
        key = sealing_key("c2s", alg, enc)
        yield "jose", self.one(library="jose", does="seal", plaintext=b64(BODY), key=key, alg=alg, enc=enc,
                               kid=pair_client(alg, enc)).encode()
        yield "jwcrypto", standards.seal(BODY, key, pair_client(alg, enc), enc, alg)

    def sent(self, token, alg, enc):
        client = pair_client(alg, enc)
        return signed_by_us(self.PATH, token, client, pair_secret(alg, enc), "application/jose"), token

    def test_the_gateway_takes_what_they_seal_and_they_open_its_replies(self):
        for alg, enc in PAIRS:
            for _, token in self.sealers(alg, enc):
                answer = self.takes(self.PATH, *self.sent(token, alg, enc), pair_client(alg, enc))
                self.assertEqual(answer.field("content-type"), "application/jose")
                key, sealed = sealing_key("s2c", alg, enc), answer.body.decode()
                job = {"library": "jose", "does": "open", "alg": alg, "enc": enc, "key": key}
                self.assertEqual(base64.b64decode(self.one(**job, token=sealed)), b'{"ok":true}')
                self.assertEqual(standards.unseal(answer.body, key, enc, alg), b'{"ok":true}')

    def test_the_gateway_takes_no_token_with_a_part_changed(self):
        for alg, enc in PAIRS:
            for who, token in self.sealers(alg, enc):
                parts = token.decode().split(".")
                for part in (n for n in range(5) if parts[n]):
                    other = ".".join(changed(text, 0) if n == part else text for n, text in enumerate(parts))
                    self.refuses(self.PATH, *self.sent(other.encode(), alg, enc), (who, alg, enc, part))

    def test_they_open_what_we_seal(self):
        for alg, enc in PAIRS:
            _, fields, body = self.our_request(pair_client(alg, enc), self.PATH)
            self.assertEqual(fields["content-type"], "application/jose")
            key = sealing_key("c2s", alg, enc)
            said = self.one(library="jose", does="open", alg=alg, enc=enc, key=key, token=body.decode())
            self.assertEqual((base64.b64decode(said), standards.unseal(body, key, enc, alg)), (BODY, BODY))


class EncryptedContent(Foreign):
    """http_ece, in one record and in many."""

    PATH, KEY = "/aes/orders", standards.derive(SECRET, "enc-c2s:aes128gcm", "client-1").hex()

    def sent(self, sealed):
        fields = signed_by_us(self.PATH, sealed, "client-1", SECRET, "application/json")
        return {**fields, "Content-Encoding": "aes128gcm"}, sealed

    def sealed(self, size):
        return base64.b64decode(self.one(library="http_ece", does="seal", plaintext=b64(BODY), key=self.KEY,
                                         keyid="client-1", size=size))

    def test_the_gateway_takes_what_it_seals_and_nothing_changed(self):
        for size in (4096, 26):
            sealed = self.sealed(size)
            self.takes(self.PATH, *self.sent(sealed), "client-1")
            for what, at in (("salt", 0), ("keyid", 22), ("record", 29), ("tag", len(sealed) - 1)):
                other = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1:]
                self.refuses(self.PATH, *self.sent(other), what)

    def test_it_opens_what_we_seal(self):
        _, fields, body = self.our_request("client-1", self.PATH)
        self.assertEqual(fields["content-encoding"], "aes128gcm")
        said = self.one(library="http_ece", does="open", body=b64(body), key=self.KEY, keyid="client-1")
        self.assertEqual(base64.b64decode(said), BODY)


class Webhooks(Foreign):
    """standardwebhooks, stripe, and octokit's methods for GitHub."""

    # {route: (client, library, secret)}
    ROWS = {"/hooks/mail": ("mail", "standardwebhooks", WHSEC),
            "/hooks/stripe": ("shop", "stripe", "whsec_test_secret"),
            "/hooks/github": ("code", "octokit", "mysecret")}

    def theirs(self, path):
        _, library, secret = self.ROWS[path]
        body = b'{"id":"%s"}' % secrets.token_hex(8).encode()
        now, message = int(time.time()), f"msg_{secrets.token_hex(8)}"
        said = self.one(library=library, does="sign", secret=secret, body=b64(body), created=now, id=message)
        fields = {"octokit": {"X-Hub-Signature-256": said}, "stripe": {"Stripe-Signature": said},
                  "standardwebhooks": {"webhook-id": message, "webhook-timestamp": str(now),
                                       "webhook-signature": said}}[library]
        return {"Content-Type": "application/json", **fields}, body

    def test_the_gateway_takes_what_they_sign_and_nothing_changed(self):
        for path, (client, _, _) in self.ROWS.items():
            fields, body = self.theirs(path)
            self.takes(path, fields, body, client, body)
            self.refuses_changes(path, lambda: self.theirs(path), skip=["Content-Type"])

    def test_they_take_what_we_sign_and_nothing_changed(self):
        for path, (client, library, secret) in self.ROWS.items():
            _, fields, body = self.our_request(client, path)
            job = {"library": library, "does": "verify", "secret": secret, "now": int(time.time())}
            names = [name for name in fields if name.startswith(("webhook-", "stripe-", "x-hub-"))]
            given = {"headers": fields, "header": fields[names[-1]], "body": b64(body)}
            jobs = [{**job, **given}, {**job, **given, "body": b64(body + b" ")}]
            for name in names:
                other = {**fields, name: changed(fields[name])}
                jobs.append({**job, **given, "headers": other, "header": other[names[-1]]})
            for number, said in enumerate(self.npm.run(jobs)):
                self.assertEqual(said is True, number == 0, (path, jobs[number], said))


if __name__ == "__main__":
    unittest.main()
