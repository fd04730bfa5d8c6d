#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""gw1.py URL CLIENT BODY. README.md beside it names the keys that it takes from the environment."""

import hashlib
import hmac
import os
import secrets
import sys
import time
from http.client import HTTPConnection, HTTPSConnection
from urllib.parse import urlsplit

import jwe

url, client, body, content_type = sys.argv[1], sys.argv[2], sys.argv[3].encode(), "application/json"
version = "1.4.0"
if seal_key := os.environ.get("SEAL_KEY"):
    body, content_type = jwe.seal(body, client, bytes.fromhex(seal_key)), "application/jose"

# Sign and send.
at = urlsplit(url)
host, target = os.environ.get("AUTHORITY") or at.netloc.lower(), at._replace(scheme="", netloc="").geturl()
stamp, nonce = os.environ.get("CREATED") or str(int(time.time())), os.environ.get("NONCE") or secrets.token_hex(16)
text = "\n".join(("GW1-HMAC-SHA256", client, version, stamp, nonce, "POST", host, target,
                  hashlib.sha256(body).hexdigest()))
signature = hmac.new(bytes.fromhex(os.environ["SIGN_KEY"]), text.encode(), "sha256").hexdigest()
connection = (HTTPSConnection if at.scheme == "https" else HTTPConnection)(at.netloc)
connection.request("POST", target, body, {
    "Host": host, "Content-Type": content_type, "X-Auth-Token": client, "X-Auth-Version": version,
    "X-Auth-Timestamp": stamp, "X-Auth-Nonce": nonce, "X-Auth-Signature": signature})
reply = connection.getresponse()
answer = reply.read()

# Prove that the gateway made this reply, and for this very request.
text = "\n".join(("GW1-HMAC-SHA256-RESPONSE", client, nonce, reply.headers["X-Auth-Timestamp"] or "",
                  str(reply.status), hashlib.sha256(answer).hexdigest()))
signature = hmac.new(bytes.fromhex(os.environ["REPLY_KEY"]), text.encode(), "sha256").hexdigest()
if not hmac.compare_digest(signature, reply.headers["X-Auth-Signature"] or ""):
    sys.exit(f"{reply.status}, and not from the gateway: {answer.decode()}")

if answer and (open_key := os.environ.get("OPEN_KEY")):
    answer = jwe.unseal(answer, bytes.fromhex(open_key))
sys.stdout.buffer.write(answer)
sys.exit(reply.status >= 400)
