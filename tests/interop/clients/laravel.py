#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""laravel.py URL TOKEN BODY. README.md beside it names the keys that it takes from the environment."""

import hashlib
import hmac
import json
import os
import sys
import time
from base64 import b64decode, b64encode
from http.client import HTTPConnection, HTTPSConnection
from urllib.parse import urlencode, urlsplit

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

url, token, body = sys.argv[1], sys.argv[2], sys.argv[3].encode()
version, secret = "1.0.0", bytes.fromhex(os.environ["SECRET"])

# Seal as encrypt(json_encode(…)) of Illuminate\Encryption\Encrypter with AES-128-CBC.
padder, iv = PKCS7(128).padder(), bytes.fromhex(os.environ.get("IV") or os.urandom(16).hex())
encryptor = Cipher(algorithms.AES(secret), modes.CBC(iv)).encryptor()
padded = padder.update(b's:%d:"%s";' % (len(body), body)) + padder.finalize()
members = {"iv": b64encode(iv).decode(), "value": b64encode(encryptor.update(padded)).decode()}
members["mac"] = hmac.new(secret, (members["iv"] + members["value"]).encode(), "sha256").hexdigest()
members["tag"] = ""
data = b64encode(json.dumps(members, separators=(",", ":")).encode()).decode()

# Sign and send.
at = urlsplit(url)
stamp = os.environ.get("CREATED") or str(int(time.time()))
connection = (HTTPSConnection if at.scheme == "https" else HTTPConnection)(at.netloc)
connection.request("POST", at._replace(scheme="", netloc="").geturl(), urlencode({"data": data}), {
    "Content-Type": "application/x-www-form-urlencoded", "timestamp": stamp, "version": version, "token": token,
    "signature": hmac.new(secret, stamp.encode(), "sha256").hexdigest()})
reply = connection.getresponse()
answer = reply.read()

# Prove that the gateway made this reply, and for this very request.
text = "\n".join(("countersign-reply", reply.headers["timestamp"] or "", str(reply.status), members["mac"],
                  hashlib.sha256(answer).hexdigest()))
if not hmac.compare_digest(hmac.new(secret, text.encode(), "sha256").hexdigest(), reply.headers["signature"] or ""):
    sys.exit(f"{reply.status}, and not from the gateway: {answer.decode()}")

# Open a sealed reply. Its MAC needs no look: the signature above holds every byte of it.
if answer and (open_key := os.environ.get("OPEN_KEY")):
    members = json.loads(b64decode(json.loads(answer)["data"]))
    iv, unpadder = b64decode(members["iv"]), PKCS7(128).unpadder()
    decryptor = Cipher(algorithms.AES(bytes.fromhex(open_key)), modes.CBC(iv)).decryptor()
    plaintext = unpadder.update(decryptor.update(b64decode(members["value"]))) + unpadder.finalize()
    answer = plaintext[plaintext.index(b'"') + 1:-2]  # s:SIZE:"…";
sys.stdout.buffer.write(answer)
sys.exit(reply.status >= 400)
