# SPDX-License-Identifier: Apache-2.0
"""The Laravel scheme's client on Python's libraries: a second implementation, to test the first against."""

import base64
import hashlib
import hmac
import json
import os
import time
from urllib.parse import urlencode

from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def serialize(text):
    """PHP's serialize() of a string."""
    data = text.encode()
    return b's:%d:"%s";' % (len(data), data)


def seal(plaintext, key, cipher="AES-128-CBC", iv=None):
    """The outer base64 text that Illuminate's Encrypter makes of these bytes."""
    gcm = cipher.endswith("GCM")
    iv = iv or os.urandom(12 if gcm else 16)
    b64 = lambda raw: base64.b64encode(raw).decode()
    if gcm:
        sealed = AESGCM(key).encrypt(iv, plaintext, None)
        value, tag, mac = sealed[:-16], b64(sealed[-16:]), ""
    else:
        padder = padding.PKCS7(128).padder()
        padded = padder.update(plaintext) + padder.finalize()
        encryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
        value, tag = encryptor.update(padded) + encryptor.finalize(), ""
        mac = hmac.new(key, (b64(iv) + b64(value)).encode(), hashlib.sha256).hexdigest()
    members = {"iv": b64(iv), "value": b64(value), "mac": mac, "tag": tag}
    return b64(json.dumps(members, separators=(",", ":")).encode())


def open_sealed(payload, key, cipher="AES-128-CBC"):
    """The plaintext's bytes; raises if anything is wrong."""
    members = json.loads(base64.b64decode(payload, validate=True))
    iv, value = base64.b64decode(members["iv"]), base64.b64decode(members["value"])
    if cipher.endswith("GCM"):
        return AESGCM(key).decrypt(iv, value + base64.b64decode(members["tag"]), None)
    mac = hmac.new(key, (members["iv"] + members["value"]).encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(mac, members["mac"]):
        raise ValueError("wrong mac")
    decryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor()
    unpadder = padding.PKCS7(128).unpadder()
    return unpadder.update(decryptor.update(value) + decryptor.finalize()) + unpadder.finalize()


def reply_key(secret, cipher="AES-128-CBC"):
    size = 32 if "256" in cipher else 16
    return HKDF(hashes.SHA256(), size, b"gw-kdf-v1", b"laravel-reply:" + cipher.encode()).derive(secret)


def sign(timestamp, secret, construction="A1"):
    stamp = str(timestamp).encode()
    if construction == "A3":
        return hashlib.sha256(stamp + secret).hexdigest()
    return hmac.new(secret, stamp + (secret if construction == "A2" else b""), hashlib.sha256).hexdigest()


def sign_reply(timestamp, status, mark, body, secret):
    text = f"countersign-reply\n{timestamp}\n{status}\n{mark}\n{hashlib.sha256(body).hexdigest()}"
    return hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()


class Client:
    """Makes requests as bytes, ready for a socket."""

    def __init__(self, token="my_key", secret=b"0123456789abcdef", cipher="AES-128-CBC", version="1.0.0"):
        self.token, self.secret, self.cipher, self.version = token, secret, cipher, version

    def fields(self, timestamp=None, **changed):
        """The four credentials; a value None leaves one out."""
        stamp = int(time.time()) if timestamp is None else timestamp
        all_of_them = {"timestamp": str(stamp), "version": self.version, "token": self.token,
                       "signature": sign(stamp, self.secret)}
        all_of_them.update(changed)
        return {name: value for name, value in all_of_them.items() if value is not None}

    def payload(self, message):
        """Sealed as $encrypter->encrypt(json_encode($message)) does it."""
        return seal(serialize(json.dumps(message)), self.secret, self.cipher)

    def request(self, path="/api/orders", message=None, payload=None, method="POST", host="gateway", fields=None,
                more=(), body=None, timestamp=None):
        """A whole request with the payload as form field `data`. `fields` replaces the credentials, `body` the body."""
        if body is None:
            sealed = payload if payload is not None else self.payload(message if message is not None else {"id": 7})
            body = urlencode({"data": sealed}).encode()
        lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", "Content-Type: application/x-www-form-urlencoded"]
        lines += [f"{name}: {value}" for name, value in
                  (self.fields(timestamp) if fields is None else fields).items()]
        lines += [f"Content-Length: {len(body)}", *more]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + body

    def open_reply(self, answer_body):
        """What a sealed reply in JSON form holds, still serialized."""
        return open_sealed(json.loads(answer_body)["data"], reply_key(self.secret, self.cipher), self.cipher)
