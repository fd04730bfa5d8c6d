#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""No secret, signature, expected MAC or plaintext leaves by log, diagnostics, answers, metrics, status or commands."""

import base64
import json
import os
import re
import socket
import subprocess
import time
import unittest
from urllib.parse import quote

from command import run
from gateway import BINARY, PATIENCE
from laravel import Client, reply_key, seal, sign
from payloads import mac_of, members_of, payload_of, with_mac
from talk import Refusals
from upstream import OK

# Recognisable, and none a part of another.
FIRST, SECOND, THIRD = b"Kestrel-secret-1", b"Merlin-secret--2", b"Buzzard-secret-3-of-32-bytes-all"
SIGNING, SEALING = b"Osprey-signing-only-secret", b"Goshawk-key-4-16"
PLAIN = "plaintext-that-nobody-logs"
REPLY = "answer-that-nobody-logs"
OUTCOMES = {None, "replay", "stale", "no_route", "route_forbidden", "version_rejected", "unknown_client",
            "bad_signature", "bad_mac", "bad_payload", "decrypt_failed", "bad_plaintext", "not_json", "malformed_field",
            "duplicate_field", "unsupported_content", "upstream_unreachable", "upstream_invalid"}
CONFIG = """
access_log: {{format: {format}}}
listen: 127.0.0.1:0
admin: 127.0.0.1:0
workers: 1
clients:
  billing:
    token: my_key
    secrets: [{{id: a, value: Kestrel-secret-1}}, {{id: b, value: Merlin-secret--2}}]
    versions: {{minimum: 1.0.0, deprecated_below: 2.0.0}}
    routes: [api, sealed, refuses, strict]
  gcm: {{secret: Buzzard-secret-3-of-32-bytes-all, cipher: AES-256-GCM}}
  two: {{signing_secret: Osprey-signing-only-secret, encryption_key: Goshawk-key-4-16}}
schemes:
  serialized: {{preset: laravel, plaintext: php_serialized}}
upstreams:
  orders: {upstream}
  gone: http://127.0.0.1:{gone}
routes:
  - {{path: /api/, scheme: laravel, upstream: orders}}
  - {{path: /sealed/, scheme: laravel, upstream: orders, bodyless: safe, reply: {{sign: true, seal: true}}}}
  - {{path: /refuses/, scheme: laravel, upstream: gone}}
  - {{path: /others/, scheme: laravel, upstream: orders}}
  - {{path: /strict/, scheme: serialized, upstream: orders}}
"""


def forms(secret):
    """The ways in which bytes get into text."""
    yield secret.decode("latin-1")
    yield secret.hex()
    yield secret.hex().upper()
    yield base64.b64encode(secret).decode().rstrip("=")
    yield base64.urlsafe_b64encode(secret).decode().rstrip("=")
    yield quote(secret, safe="")
    yield json.dumps(secret.decode("latin-1"))[1:-1]


class Secrecy(Refusals):
    FORMAT = "json"

    def config(self, upstream):
        with socket.create_server(("127.0.0.1", 0)) as unused:
            self.gone = unused.getsockname()[1]
        return CONFIG.format(format=self.FORMAT, upstream=upstream, gone=self.gone)

    def setUp(self):
        super().setUp()
        self.service.reply = OK.replace(b"11", b"%d" % len(json.dumps(REPLY))).replace(b'{"ok":true}',
                                                                                    json.dumps(REPLY).encode())
        self.needles = {}    # what must not be found: why
        self.signatures = {}  # the same, but a signed answer's own, which belongs into that answer
        for secret in (FIRST, SECOND, THIRD, SIGNING, SEALING):
            self.hide(secret, "a secret")
        for secret, cipher in ((FIRST, "AES-128-CBC"), (SECOND, "AES-128-CBC"), (THIRD, "AES-256-GCM"),
                               (SEALING, "AES-128-CBC")):
            self.hide(reply_key(secret, cipher), "a reply's key")
        self.answers = []

    def hide(self, what, why):
        for text in forms(what if isinstance(what, bytes) else what.encode()):
            self.needles[text] = why

    def say(self, client, path="/api/x", statuses=(200,), payload=None, method="POST", **more):
        """One request, and what an observer of it must not learn elsewhere."""
        payload = payload or seal(json.dumps({"note": PLAIN}).encode(), client.secret, client.cipher)
        now = int(time.time())
        fields = more.pop("fields", None) or client.fields(more.pop("timestamp", now))
        request = client.request(path=path, payload=payload, fields=fields, method=method, **more)
        answer = self.talk.ask(request, method)
        self.assertIn(answer.status, statuses, (path, answer))
        self.answers.append(answer)
        for secret in (FIRST, SECOND, THIRD, SIGNING):
            for construction in ("A1", "A2", "A3"):
                self.needles[sign(fields["timestamp"], secret, construction)] = "an expected signature"
        self.needles[fields["signature"]] = "a signature"
        if answer.field("signature"):
            self.signatures[answer.field("signature")] = "a reply's signature"
        self.hide_payload(payload)

    def hide_payload(self, payload):
        self.needles[payload[:60]] = "a payload"
        try:
            members = members_of(payload)
        except ValueError:
            return
        for name in ("mac", "tag"):
            if len(members.get(name) or "") > 8:
                self.needles[members[name]] = f"a payload's {name}"
        for secret in (FIRST, SECOND, SEALING, THIRD):
            self.needles[mac_of(secret, members["iv"], members["value"])] = "an expected MAC"

    def everything(self):
        first, second = Client(secret=FIRST), Client(secret=SECOND)
        gcm = Client("gcm", THIRD, "AES-256-GCM")
        for client in (first, second, gcm):
            self.say(client)
            self.say(client, "/sealed/x")
        self.say(gcm, "/others/x")
        two = Client("two", SIGNING)
        for path in ("/api/x", "/sealed/x"):
            self.say(two, path, payload=seal(json.dumps({"note": PLAIN}).encode(), SEALING))
        # Refused for every reason that has seen a part of a secret, or a plaintext.
        good = seal(json.dumps({"note": PLAIN}).encode(), FIRST)
        members = members_of(good)
        for path in ("/api/x", "/sealed/x"):
            self.say(first, path, (200,), payload=(again := seal(json.dumps({"again": PLAIN}).encode(), FIRST)))
            self.say(first, path, (401,), payload=again)
            self.say(first, path, (401,), payload=payload_of({**members, "mac": "0" * 64}))
            self.say(first, path, (401,),
                     payload=payload_of(with_mac({**members, "value": members["value"][:24]}, FIRST)))
            self.say(first, path, (401,), payload=seal(PLAIN.encode(), SECOND))
            self.say(first, path, (401,), payload="no base64 at all")
            self.say(first, path, (422,), payload=seal(PLAIN.encode(), FIRST))
            self.say(first, path, (422,), payload=seal(f'O:8:"stdClass":1:{{s:1:"a";s:1:"{PLAIN}";}}'.encode(), FIRST))
            self.say(gcm, path, (401,),
                     payload=payload_of({**members_of(gcm.payload({"n": PLAIN})), "tag": "A" * 22 + "=="}))
            self.say(Client("nobody", FIRST), path, (401,))
            self.say(Client(secret=b"0123456789abcdef"), path, (401,))
            self.say(first, path, (401,), timestamp=int(time.time()) - 1000)
            self.say(Client(secret=FIRST, version="0.1"), path, (403,))
            self.say(first, path, (400,), more=["Token: twice"])
            self.say(first, path, (415,), more=["Content-Encoding: gzip"])
            self.say(first, path, (400,), fields={**first.fields(), "version": "no version"})
        self.say(first, "/others/x", (403,))
        self.say(first, "/strict/x", (422,))
        self.say(first, "/refuses/x", (502,))
        self.say(first, "/nowhere", (404,))
        self.service.reply = b"HTTP/1.1 nonsense\r\n\r\n"
        self.say(first, "/sealed/x", (502,))

    def rotations(self):
        """All that `rotate` says; a new secret is shown by its own standard output, and by nothing else."""
        folder = os.path.dirname(self.gateway.config)
        kept = os.path.join(folder, "kept.yaml")
        with open(kept, "w", encoding="utf-8") as stream:
            stream.write(f"- {{id: a, value: {FIRST.decode()}}}\n- {{id: b, value: {SECOND.decode()}}}\n")
        inline = "[{id: a, value: Kestrel-secret-1}, {id: b, value: Merlin-secret--2}]"
        with open(self.gateway.config, encoding="utf-8") as stream:
            text = stream.read()
        self.assertIn(inline, text)
        config = os.path.join(folder, "kept-apart.yaml")
        with open(config, "w", encoding="utf-8") as stream:
            stream.write(text.replace(inline, "file:kept.yaml"))
        admin = "http://%s:%d" % self.gateway.admin
        said, made = [], []
        for arguments in (("-c", config, "--json"), ("-c", config, "--id", "c"), ("-c", config, "--id", "d"),
                          ("-c", config, "--retire", "--admin", admin),
                          ("-c", config, "--revoke", "b", "--admin", admin),
                          ("-c", config, "--retire", "--force", "--json", "--admin", admin),
                          ("-c", self.gateway.config)):
            done = run("rotate", "--client", "billing", *arguments)
            found = re.findall(r'(?:secret: |"value":"|value: ")([0-9A-Za-z]{16})\b', done.out)
            for secret in found:
                self.hide(secret, "a new secret")
                done.raw = done.raw.replace(secret.encode(), b"")
            made += found
            said += [done.out, done.err]
        self.assertEqual(len(made), 3)
        return "".join(said)

    def search(self, where, text, needles):
        for needle, why in needles.items():
            self.assertNotIn(needle, text, f"{why} in {where}")

    def check_reasons(self):
        self.assertEqual({record.get("reason") for record in self.gateway.log}, OUTCOMES)

    def test_nothing_secret_leaves(self):
        # V15
        self.everything()
        metrics = self.gateway.admin_get("/metrics")[1]
        config = self.gateway.admin_get("/config")[1]
        status = {path: self.gateway.admin_get(path)[1] for path in ("/", "/status.json", "/clients")}
        status["what rotate says"] = self.rotations()
        printed = subprocess.run([BINARY, "check", "-c", self.gateway.config, "--print"], capture_output=True,
                                 timeout=PATIENCE)
        self.talk.close()
        self.assertEqual(self.gateway.stop(), 0)
        log = self.gateway.log_text.decode()
        self.assertEqual(len(self.gateway.log), len(self.answers))
        self.check_reasons()
        hidden = {**self.needles, PLAIN: "a plaintext"}
        for answer in self.answers:
            text = answer.raw + answer.body.decode("latin-1")
            self.search("an answer", text, hidden)
            if answer.status != 200:
                self.search("a refusal", text, {REPLY: "the service's answer"})
        hidden = {**hidden, **self.signatures, REPLY: "the service's answer"}
        for where, text in (*status.items(), ("the log", log), ("diagnostics", "\n".join(self.gateway.diagnostics)),
                            ("/metrics", metrics), ("/config", config),
                            ("check --print", (printed.stdout + printed.stderr).decode())):
            self.assertTrue(text)
            self.search(where, text, hidden)
        self.assertEqual(len(self.signatures), 11)
        self.assertIn("<redacted>", config)

    def test_what_is_searched_for_would_be_found(self):
        self.everything()
        self.assertGreater(len(self.needles), 200)
        got = " ".join(request.body.decode() for request in self.service.requests)
        self.assertIn(PLAIN, got)
        self.assertIn(json.dumps(REPLY), [answer.body.decode() for answer in self.answers])


class SecrecyOfLogfmt(Secrecy):
    FORMAT = "logfmt"

    def check_reasons(self):
        found = [re.search(r" reason=(\S+)", line) for line in self.gateway.log]
        self.assertEqual({reason and reason[1] for reason in found}, OUTCOMES)


class SecrecyOfCombined(Secrecy):
    FORMAT = "combined"

    def check_reasons(self):
        statuses = {int(re.search(r'" (\d{3}) ', line)[1]) for line in self.gateway.log}
        self.assertEqual(statuses, {answer.status for answer in self.answers})


if __name__ == "__main__":
    unittest.main()
