# SPDX-License-Identifier: Apache-2.0
"""JWE compact, alg dir, enc A256GCM: what the clients here put into a body, and take out of a reply."""

import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.hazmat.primitives.ciphers.aead import AESGCM


def encode(data):
    return urlsafe_b64encode(data).rstrip(b"=")


def decode(text):
    return urlsafe_b64decode(text + b"=" * (-len(text) % 4))


def seal(plaintext, client, key):
    header = encode(json.dumps({"alg": "dir", "enc": "A256GCM", "kid": client}, separators=(",", ":")).encode())
    iv = bytes.fromhex(os.environ.get("IV") or os.urandom(12).hex())
    sealed = AESGCM(key).encrypt(iv, plaintext, header)
    return b".".join((header, b"", encode(iv), encode(sealed[:-16]), encode(sealed[-16:])))


def unseal(token, key):
    header, _, iv, ciphertext, tag = token.split(b".")
    return AESGCM(key).decrypt(decode(iv), decode(ciphertext) + decode(tag), header)
