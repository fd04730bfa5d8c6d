# SPDX-License-Identifier: Apache-2.0
"""What clients do wrong: each a request as it would be captured, made by another implementation of the schemes."""

import base64
import hashlib
import hmac
import json
from urllib.parse import quote, unquote, urlencode

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import laravel
import standards

AT = 1700000000
HOST = "api.example.com"
JSON = b'{"hello":"world"}'
ITEMS = '{"caf\u00e9": "a/b", "items": [1, 2]}'.encode()
SECRET = bytes(range(32))
SECOND = bytes(range(32, 64))
SIGN = standards.derive(SECRET, "sign-c2s", "client-1")
SEAL = standards.derive(SECRET, "enc-c2s:A256GCM", "client-1")
NONCE = "AAECAwQFBgcICQoLDA0ODw"
B64 = standards.b64


def request(target, fields, body=JSON, method="POST", host=HOST, at=AT + 2):
    lines = [f"{method} {target} HTTP/1.1", f"X-Countersign-Captured: at={at}; body=whole",
             f"Host: {host}", *(f"{name}: {value}" for name, value in fields)]
    if body is not None:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + (body or b"")


def digest(key, text, algorithm=hashlib.sha256):
    return hmac.new(key, text if isinstance(text, bytes) else text.encode(), algorithm)


# RFC 9421, the closed profile.

def signed(text=lambda base: base, key=SIGN, values=lambda v: v, listed=None, target="/v1/orders?b=2&a=%7E1%20x",
           body=JSON, sent=None, more=(), keyid="client-1", signature=B64, created=AT, nonce=NONCE, algorithm=None,
           content_digest=None, sign=None, params=lambda p: p, type_="application/json", tag="gw", drop=()):
    """`text` and `values` change what is signed, the others what is sent."""
    covered = standards.request_values(HOST, target, body)
    if content_digest:
        covered['"content-digest"'] = content_digest
    covered = {name: value for name, value in covered.items() if name not in drop}
    said = f'({" ".join(listed or covered)});created={created};keyid="{keyid}";nonce="{nonce}"' + \
        (f';alg="{algorithm}"' if algorithm else "") + (f';tag="{tag}"' if tag else "")
    base = text(standards.signature_base(values(dict(covered)), params(said)))
    raw = base if isinstance(base, bytes) else base.encode()
    made = sign(raw) if sign else digest(key, raw).digest()
    fields = [("Content-Type", type_), ("Content-Digest", covered.get('"content-digest"', "")),
              ("Signature-Input", f"sig1={said}"), ("Signature", f"sig1=:{signature(made)}:"), *more]
    return request(target, [f for f in fields if f[1]], body if sent is None else sent)


def with_value(name, change):
    def changed(values):
        values[f'"{name}"'] = change(values[f'"{name}"'])
        return values
    return changed


ED25519 = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
CURVE = ec.derive_private_key(0x67b7b2a1c0ffee0000000000000000000000000000000000000000000000000f, ec.SECP256R1())


def der(raw):
    return CURVE.sign(raw, ec.ECDSA(hashes.SHA256()))


RFC9421 = {
    "trailing-newline": lambda: signed(lambda base: base + "\n"),
    "crlf": lambda: signed(lambda base: base.replace("\n", "\r\n")),
    "escaped-newline": lambda: signed(lambda base: base.replace("\n", "\\n")),
    "query-without-question-mark": lambda: signed(values=with_value("@query", lambda v: v[1:])),
    "query-left-out": lambda: signed(lambda base: base.replace('"@query": ?\n', ""), target="/v1/orders"),
    "query-decoded": lambda: signed(values=with_value("@query", unquote)),
    "query-reencoded": lambda: signed(values=with_value("@query", lambda v: "?" + quote(unquote(v[1:]), safe="=&"))),
    "path-with-query": lambda: signed(values=with_value("@path", lambda v: v + "?b=2&a=%7E1%20x")),
    "path-slash": lambda: signed(values=with_value("@path", lambda v: v + "/")),
    "host-with-port": lambda: signed(values=with_value("@authority", lambda v: v + ":8080")),
    "method-in-lower-case": lambda: signed(values=with_value("@method", str.lower)),
    "content-type-of-the-library": lambda: signed(type_="application/json; charset=utf-8"),
    "parameter-not-signed": lambda: signed(params=lambda p: p.replace(';tag="gw"', "")),
    "parameters-with-label": lambda: signed(params=lambda p: "sig1=" + p),
    "names-without-quotes": lambda: signed(
        lambda base: base.replace('": ', ": ").replace('\n"', "\n").removeprefix('"')),
    "lines-sorted": lambda: signed(lambda base: "\n".join((*sorted(base.split("\n")[:-1]), base.split("\n")[-1]))),
    "signed-the-hash": lambda: signed(lambda base: hashlib.sha256(base.encode()).hexdigest()),
    "key-not-derived": lambda: signed(key=SECRET),
    "derived-key-as-text": lambda: signed(key=SIGN.hex().encode()),
    "key-for-replies": lambda: signed(key=standards.derive(SECRET, "sign-s2c", "client-1")),
    "key-derived-for-token": lambda: signed(
        key=standards.derive(SECOND, "sign-c2s", "second"), keyid="second"),
    "secret-as-hex-text": lambda: signed(key=standards.derive(SECRET.hex().encode(), "sign-c2s", "client-1")),
    "previous-secret": lambda: signed(
        key=standards.derive(b"an-old-secret-of-32-characters-!", "sign-c2s", "client-1")),
    "secret-of-another": lambda: signed(key=standards.derive(SECOND, "sign-c2s", "client-2")),
    "component-not-covered": lambda: signed(drop=('"@query"',)),
    "digest-not-covered": lambda: signed(drop=('"content-digest"',),
                                         more=[("Content-Digest", standards.content_digest(JSON))]),
    "no-nonce": lambda: signed(params=lambda p: p).replace(f';nonce="{NONCE}"'.encode(), b""),
    "short-nonce": lambda: signed(nonce="12345"),
    "wrong-tag": lambda: signed(tag="app"),
    "created-in-milliseconds": lambda: signed(created=AT * 1000 + 123),
    "signature-in-base64url": lambda: signed(
        signature=lambda raw: base64.urlsafe_b64encode(raw).decode().rstrip("="), nonce="0000000000000003"),
    "signature-in-hex": lambda: signed(signature=bytes.hex),
    "digest-in-hex": lambda: signed(content_digest=f"sha-256={hashlib.sha256(JSON).hexdigest()}"),
    "old-digest-field": lambda: signed(drop=('"content-digest"',),
                                       more=[("Digest", "SHA-256=" + B64(hashlib.sha256(JSON).digest()))]),
    "body-serialised-again": lambda: signed(body=b'{"hello": "world"}', sent=JSON),
    "body-with-newline": lambda: signed(body=JSON, sent=JSON + b"\n"),
    "php-escapes": lambda: signed(body=json.dumps(json.loads(ITEMS)).replace("/", "\\/").replace('": ', '":')
                                  .replace(", ", ",").encode(), sent=json.dumps(
                                      json.loads(ITEMS), ensure_ascii=False, separators=(",", ":")).encode()),
    "ecdsa-in-der": lambda: signed(sign=der, keyid="curve"),
    "hmac-for-a-public-key": lambda: signed(keyid="robot"),
    "misspelt-field": lambda: signed().replace(b"Signature-Input:", b"Signature_Input:"),
    "unknown-client": lambda: signed(keyid="clinet-1"),
    "nothing-usual": lambda: signed(key=b"quite another key"),
}


RFC9421.update({
    "digest-by-md5": lambda: signed(content_digest="md5=:CY9rzUYh03PK3k6DJie09g==:"),
    "signature-without-colons": lambda: signed().replace(b"Signature: sig1=:", b"Signature: sig1=").replace(
        b":\r\nContent-Length", b"\r\nContent-Length"),
    "two-signatures": lambda: signed().replace(b"Signature: ", b"Signature: sig2=:AA==:, ").replace(
        b"Signature-Input: ", b'Signature-Input: sig2=("@method");tag="x", '),
    "expires-too-late": lambda: signed(params=lambda p: p).replace(b";keyid", b";expires=1700000400;keyid"),
    "version-not-covered": lambda: signed(more=[("Client-Version", "1.0.0")]),
    "path-without-prefix": lambda: signed(values=with_value("@path", lambda v: v.removeprefix("/v1"))),
    "client-of-a-webhook": lambda: signed(keyid="code"),
})


# JWE.

def sealed(body, at=AT):
    values = {**standards.request_values(HOST, "/sealed/orders", body, "application/jose")}
    said = standards.params(values, at, "client-1", NONCE)
    fields = standards.signed(values, SIGN.hex(), said)
    return request("/sealed/orders", [("Content-Type", "application/jose"),
                                      ("Content-Digest", standards.content_digest(body)), *fields.items()], body)


def plain_on_sealed():
    values = standards.request_values(HOST, "/sealed/orders", JSON)
    fields = standards.signed(values, SIGN.hex(), standards.params(values, AT, "client-1", NONCE))
    return request("/sealed/orders", [("Content-Type", "application/json"),
                                      ("Content-Digest", standards.content_digest(JSON)), *fields.items()])


def digest_of_plaintext():
    body = standards.seal(JSON, SEAL.hex(), "client-1")
    values = {**standards.request_values(HOST, "/sealed/orders", JSON, "application/jose")}
    fields = standards.signed(values, SIGN.hex(), standards.params(values, AT, "client-1", NONCE))
    return request("/sealed/orders", [("Content-Type", "application/jose"),
                                      ("Content-Digest", standards.content_digest(JSON)), *fields.items()], body)


JWE = {
    "not-sealed": plain_on_sealed,
    "digest-of-plaintext": digest_of_plaintext,
    "sealed-with-the-secret-itself": lambda: sealed(standards.seal(JSON, SECRET.hex(), "client-1")),
    "sealed-with-the-signing-key": lambda: sealed(standards.seal(JSON, SIGN.hex(), "client-1")),
    "sealed-by-another-algorithm": lambda: sealed(standards.seal(
        JSON, standards.derive(SECRET, "enc-c2s:A128GCM", "client-1", 16).hex(), "client-1", enc="A128GCM")),
    "sealed-for-another-kid": lambda: sealed(standards.seal(JSON, SEAL.hex(), "client-7")),
}


JWE.update({
    "jwe-in-quotes": lambda: sealed(b'"' + standards.seal(JSON, SEAL.hex(), "client-1") + b'"'),
    "jwe-with-newline": lambda: sealed(standards.seal(JSON, SEAL.hex(), "client-1") + b"\n"),
})


def coded(keyid, coding="aes128gcm"):
    """Sealed with nobody's key: what is wrong is seen before."""
    body = bytes(16) + (4096).to_bytes(4, "big") + bytes([len(keyid)]) + keyid + bytes(40)
    values = standards.request_values(HOST, "/aes/orders", body)
    fields = standards.signed(values, SIGN.hex(), standards.params(values, AT, "client-1", NONCE))
    return request("/aes/orders", [("Content-Type", "application/json"), ("Content-Encoding", coding),
                                   ("Content-Digest", standards.content_digest(body)), *fields.items()], body)


CODED = {
    "aes128gcm-for-another": lambda: coded(b"client-7"),
    "aes128gcm-and-gzip": lambda: coded(b"", "gzip, aes128gcm"),
}


# Laravel.

PAYLOAD = laravel.seal(laravel.serialize(json.dumps({"id": 7, "pad": "xxxxxxxxxx"})), b"0123456789abcdef",
                       iv=bytes(range(16)))


def laravel_request(body=None, type_="application/x-www-form-urlencoded", more=(), **changed):
    fields = {name: value for name, value in {**laravel.Client().fields(AT), **changed}.items() if value is not None}
    body = urlencode({"data": PAYLOAD}).encode() if body is None else body
    return request("/api/orders", [("Content-Type", type_), *fields.items(), *more], body)


def other_payload(key, cipher="AES-128-CBC", iv=bytes(range(16))):
    return urlencode({"data": laravel.seal(laravel.serialize('{"id":7}'), key, cipher, iv)}).encode()


KEY = b"0123456789abcdef"
LARAVEL = {
    "laravel-construction": lambda: laravel_request(signature=laravel.sign(AT, KEY, "A2")),
    "laravel-no-hmac": lambda: laravel_request(signature=laravel.sign(AT, KEY, "A3")),
    "laravel-swapped": lambda: laravel_request(signature=digest(str(AT).encode(), KEY).hexdigest()),
    "laravel-echo": lambda: laravel_request(signature=digest(KEY, f"{AT}\n").hexdigest()),
    "laravel-upper-case": lambda: laravel_request(signature=laravel.sign(AT, KEY).upper()),
    "laravel-base64": lambda: laravel_request(signature=B64(digest(KEY, str(AT)).digest())),
    "laravel-milliseconds": lambda: laravel_request(timestamp=f"{AT}123", signature=laravel.sign(f"{AT}123", KEY)),
    "laravel-date": lambda: laravel_request(timestamp="2023-11-14T22:13:20Z"),
    "laravel-short-signature": lambda: laravel_request(signature=laravel.sign(AT, KEY)[:-1]),
    "laravel-secret-decoded": lambda: laravel_request(
        signature=digest(bytes.fromhex(KEY.decode()), str(AT)).hexdigest()),
    "laravel-other-secret": lambda: laravel_request(signature=laravel.sign(AT, SECRET)),
    "laravel-id-for-token": lambda: laravel_request(token="billing"),
    "laravel-no-version": lambda: laravel_request(version=None),
    "laravel-encoded-twice": lambda: laravel_request(urlencode({"data": quote(PAYLOAD, safe="")}).encode()),
    "laravel-other-field": lambda: laravel_request(urlencode({"payload": PAYLOAD}).encode()),
    "laravel-wrong-type": lambda: laravel_request(type_="application/json"),
    "laravel-other-cipher": lambda: laravel_request(other_payload(KEY, "AES-128-GCM", bytes(range(12)))),
    "laravel-key-of-another": lambda: laravel_request(other_payload(b"fedcba9876543210")),
    "laravel-not-sealed": lambda: laravel_request(JSON, "application/json"),
    "laravel-no-body": lambda: laravel_request(b""),
    "laravel-clock": lambda: request("/api/orders", [("Content-Type", "application/x-www-form-urlencoded"),
                                                     *laravel.Client().fields(AT).items()],
                                     urlencode({"data": PAYLOAD}).encode(), at=AT + 500),
    "laravel-local-time": lambda: request("/api/orders", [("Content-Type", "application/x-www-form-urlencoded"),
                                                          *laravel.Client().fields(AT + 7200).items()],
                                          urlencode({"data": PAYLOAD}).encode(), at=AT + 3),
}


# GW1 and webhooks.

def gw1(text=lambda t: t, key=SIGN, body=JSON, target="/small/orders?x=1", sent=None, signature=str):
    signed_text = text(standards.gw1_text("client-1", "1.4.0", AT, NONCE, "POST", HOST, target, body))
    return request(target, [("X-Auth-Token", "client-1"), ("X-Auth-Version", "1.4.0"), ("X-Auth-Timestamp", AT),
                            ("X-Auth-Nonce", NONCE),
                            ("X-Auth-Signature", signature(digest(key, signed_text).hexdigest()))],
                   body if sent is None else sent)


def without_line(number):
    return lambda text: "\n".join(line for i, line in enumerate(text.split("\n")) if i != number)


def stripe(text, key=b"whsec_0123456789abcdef0123456789abcdef", before="", stamp=AT):
    return request("/hooks/stripe", [("Stripe-Signature", f"t={stamp},v1={before}{digest(key, text).hexdigest()}")])


def github(value):
    return request("/hooks/github", [("X-Hub-Signature-256", value)])


GITHUB = b"It's a Secret to Everybody"


def slack(text):
    return request("/hooks/slack", [("X-Slack-Request-Timestamp", AT), (
        "X-Slack-Signature", f"v0={digest(b'8f742231b10e8888abcd99yyyzzz85a5', text).hexdigest()}")])


def webhook(key, text=f"msg_1.{AT}.".encode() + JSON):
    return request("/hooks/any", [("webhook-id", "msg_1"), ("webhook-timestamp", AT),
                                  ("webhook-signature", f"v1,{B64(digest(key, text).digest())}")])


TEMPLATES = {
    "gw1-trailing-newline": lambda: gw1(lambda t: t + "\n"),
    "gw1-crlf": lambda: gw1(lambda t: t.replace("\n", "\r\n")),
    "gw1-upper-hash": lambda: gw1(lambda t: t.replace(t.split("\n")[-1], t.split("\n")[-1].upper())),
    "gw1-body-itself": lambda: gw1(lambda t: t.replace(t.split("\n")[-1], JSON.decode())),
    "gw1-path-alone": lambda: gw1(lambda t: t.replace("?x=1", "")),
    "gw1-host-with-port": lambda: gw1(lambda t: t.replace(HOST, HOST + ":8080")),
    "gw1-no-version": lambda: gw1(without_line(2)),
    "gw1-key-not-derived": lambda: gw1(key=SECRET),
    "gw1-body-serialised-again": lambda: gw1(body=b'{"hello": "world"}', sent=JSON),
    "gw1-upper-signature": lambda: gw1(signature=str.upper),
    "stripe-secret-decoded": lambda: stripe(
        f"{AT}.".encode() + JSON, base64.b64decode(b"0123456789abcdef0123456789abcdef")),
    "stripe-body-alone": lambda: stripe(JSON),
    "github-without-prefix": lambda: github(digest(GITHUB, JSON).hexdigest()),
    "github-sha1": lambda: github("sha256=" + digest(GITHUB, JSON, hashlib.sha1).hexdigest()),
    "github-base64": lambda: github("sha256=" + B64(digest(GITHUB, JSON).digest())),
    "slack-without-version": lambda: slack(f"{AT}:".encode() + JSON),
    "webhook-secret-as-text": lambda: webhook(b"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
    "webhook-separator": lambda: webhook(base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
                                         f"msg_1:{AT}:".encode() + JSON),
}

TEMPLATES.update({
    "gw1-query-reencoded": lambda: gw1(lambda t: t.replace("a%20b", "a+b"), target="/small/orders?x=a%20b"),
    "github-by-sha1": lambda: request("/hooks/github", [
        ("X-Hub-Signature", "sha1=" + digest(GITHUB, JSON, hashlib.sha1).hexdigest())]),
    "stripe-without-time": lambda: request("/hooks/stripe", [("Stripe-Signature", "v1=" + "0" * 64)]),
    "webhook-id-with-dot": lambda: request("/hooks/any", [
        ("webhook-id", "msg.1"), ("webhook-timestamp", AT), ("webhook-signature", "v1," + B64(bytes(32)))]),
})

# And what has nothing to do with a scheme.
ROUTING = {
    "no-route": lambda: signed(target="/v2/orders"),
    "wrong-method": lambda: request("/hooks/github", [("X-Hub-Signature-256", "sha256=" + "0" * 64)], method="PUT"),
    "ambiguous-path": lambda: signed(target="/v1//orders"),
}

ALL = {**RFC9421, **JWE, **CODED, **LARAVEL, **TEMPLATES, **ROUTING}
