#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""rfc9421.py URL CLIENT BODY. README.md beside it names the keys that it takes from the environment."""

import hashlib
import hmac
import os
import re
import secrets
import sys
import time
from base64 import b64encode
from http.client import HTTPConnection, HTTPSConnection
from urllib.parse import urlsplit

import jwe

url, client, body, content_type = sys.argv[1], sys.argv[2], sys.argv[3].encode(), "application/json"
if seal_key := os.environ.get("SEAL_KEY"):
    body, content_type = jwe.seal(body, client, bytes.fromhex(seal_key)), "application/jose"

# Sign and send.
at = urlsplit(url)
created, nonce = os.environ.get("CREATED") or int(time.time()), os.environ.get("NONCE") or secrets.token_hex(16)
digest = f"sha-256=:{b64encode(hashlib.sha256(body).digest()).decode()}:"
covered = {"@method": "POST", "@authority": os.environ.get("AUTHORITY") or at.netloc.lower(), "@path": at.path,
           "@query": "?" + at.query, "content-type": content_type, "content-digest": digest}
names = " ".join(f'"{name}"' for name in covered)
params = f'({names});created={created};keyid="{client}";nonce="{nonce}";alg="hmac-sha256";tag="gw"'
base = "".join(f'"{name}": {value}\n' for name, value in covered.items()) + f'"@signature-params": {params}'
signature = b64encode(hmac.digest(bytes.fromhex(os.environ["SIGN_KEY"]), base.encode(), "sha256")).decode()
connection = (HTTPSConnection if at.scheme == "https" else HTTPConnection)(at.netloc)
connection.request("POST", at._replace(scheme="", netloc="").geturl(), body, {
    "Host": covered["@authority"], "Content-Type": content_type, "Content-Digest": digest,
    "Signature-Input": f"sig={params}", "Signature": f"sig=:{signature}:"})
reply = connection.getresponse()
answer = reply.read()

# Prove that the gateway made this reply, and for this very request.
values = {"@status": reply.status, "content-digest": reply.headers["Content-Digest"]}
if reply.headers["Content-Type"]:
    values["content-type"] = reply.headers["Content-Type"]
required = {f'"{name}"' for name in values} | {f'"{name}";req' for name in covered if name != "content-type"}
values = {f'"{name}"': value for name, value in values.items()} | {
    f'"{name}";req': value for name, value in covered.items()}
input_ = re.fullmatch(r"([a-z][a-z0-9_-]*)=(\(([^()]*)\)(;.*))", reply.headers["Signature-Input"] or "")
if not input_:
    sys.exit(f"{reply.status}, not signed: {answer.decode()}")
label, params, names, fixed = input_.groups()
names = names.split(" ")
base = "".join(f"{name}: {values.get(name)}\n" for name in names) + f'"@signature-params": {params}'
signature = b64encode(hmac.digest(bytes.fromhex(os.environ["REPLY_KEY"]), base.encode(), "sha256")).decode()
if not (hmac.compare_digest(f"{label}=:{signature}:", reply.headers["Signature"] or "")
        and required <= set(names) <= set(values)
        and f';nonce="{nonce}"' in fixed and ';tag="gw-response"' in fixed
        and values['"content-digest"'] == f"sha-256=:{b64encode(hashlib.sha256(answer).digest()).decode()}:"):
    sys.exit(f"{reply.status}, and not from the gateway: {answer.decode()}")

if answer and (open_key := os.environ.get("OPEN_KEY")):
    answer = jwe.unseal(answer, bytes.fromhex(open_key))
sys.stdout.buffer.write(answer)
sys.exit(reply.status >= 400)
