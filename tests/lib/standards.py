# SPDX-License-Identifier: Apache-2.0
"""The default profile of RFC 9421, GW1 and JWE on others' libraries: a second implementation beside the first."""

import base64
import hashlib
import hmac
import json

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from jwcrypto import jwe, jwk

SIZES = {"A128GCM": 16, "A256GCM": 32, "A128CBC-HS256": 32, "A256CBC-HS512": 64}
REQUIRED = ("@method", "@authority", "@path", "@query", "content-digest")


def derive(secret, purpose, client, size=32):
    return HKDF(hashes.SHA256(), size, b"gw-kdf-v1", f"{purpose}:{client}".encode()).derive(secret)


def keys(secret, client, enc="A256GCM"):
    """What the clients take from their environment."""
    seal, opened = (derive(secret, f"enc-{way}:{enc}", client, SIZES[enc]) for way in ("c2s", "s2c"))
    return {"SIGN_KEY": derive(secret, "sign-c2s", client).hex(), "REPLY_KEY": derive(secret, "sign-s2c", client).hex(),
            "SEAL_KEY": seal.hex(), "OPEN_KEY": opened.hex()}


def b64(data):
    return base64.b64encode(data).decode()


def content_digest(body):
    return f"sha-256=:{b64(hashlib.sha256(body).digest())}:"


def mac(key, text):
    return hmac.new(bytes.fromhex(key), text.encode(), hashlib.sha256)


def signature_base(values, params):
    """`values`: {identifier with its parameters: value}, in order."""
    return "".join(f"{name}: {value}\n" for name, value in values.items()) + f'"@signature-params": {params}'


def request_values(authority, target, body, content_type="application/json", method="POST"):
    """What the profile covers of a request."""
    path, _, query = target.partition("?")
    return {'"@method"': method, '"@authority"': authority, '"@path"': path, '"@query"': "?" + query,
            '"content-type"': content_type, '"content-digest"': content_digest(body)}


def params(values, created, client, nonce, tag="gw", algorithm="hmac-sha256"):
    return f'({" ".join(values)});created={created};keyid="{client}";nonce="{nonce}";alg="{algorithm}";tag="{tag}"'


def signed(values, key, text):
    """The two fields for these values and parameters, as {name: value}."""
    return {"Signature-Input": f"sig={text}",
            "Signature": f"sig=:{b64(mac(key, signature_base(values, text)).digest())}:"}


def reply_values(status, body, request, content_type="application/json"):
    """What the profile covers of a reply; `request` as request_values gave it."""
    values = {'"@status"': str(status), '"content-type"': content_type, '"content-digest"': content_digest(body)}
    return {**values, **{f'"{name}";req': request[f'"{name}"'] for name in REQUIRED}}


def gw1_text(client, version, timestamp, nonce, method, host, target, body):
    return "\n".join(("GW1-HMAC-SHA256", client, version, str(timestamp), nonce, method, host, target,
                      hashlib.sha256(body).hexdigest()))


def gw1_reply_text(client, nonce, timestamp, status, body):
    return "\n".join(("GW1-HMAC-SHA256-RESPONSE", client, nonce, str(timestamp), str(status),
                      hashlib.sha256(body).hexdigest()))


def _key(raw):
    return jwk.JWK(kty="oct", k=base64.urlsafe_b64encode(bytes.fromhex(raw)).rstrip(b"=").decode())


def seal(plaintext, key, client, enc="A256GCM", alg="dir"):
    protected = json.dumps({"alg": alg, "enc": enc, "kid": client}, separators=(",", ":"))
    token = jwe.JWE(plaintext, protected)
    token.add_recipient(_key(key))
    return token.serialize(compact=True).encode()


def unseal(token, key, enc="A256GCM", alg="dir"):
    opened = jwe.JWE(algs=[alg, enc])
    opened.deserialize(token.decode(), _key(key))
    return opened.payload
