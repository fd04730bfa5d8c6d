#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""With `capture`, what was refused for what the client sent is in a file, byte for byte; what passed is not, and
neither is what a sealed body held."""

import json
import os
import re
import secrets
import stat
import subprocess
import tempfile
import time
import unittest

from command import run
from gateway import BINARY, Gateway
from laravel import Client, seal
from payloads import members_of, payload_of
from standards import derive, gw1_text, keys, mac, params, request_values, signed
from standards import seal as seal_jwe
from talk import Talk
from upstream import Upstream
from wire import PATIENCE

SECRET = bytes(range(32))
KEYS = keys(SECRET, "client-1")
PLAIN = "plaintext-that-nobody-keeps"
FAR = "until: 2099-01-01"
CONFIG = """
listen: 127.0.0.1:0
admin: 127.0.0.1:0
workers: 1
{capture}
clients:
  billing: {{token: my_key, secret: 0123456789abcdef}}
  gcm: {{secret: fedcba9876543210, cipher: AES-128-GCM}}
  client-1: {{secret: "hex:%s", schemes: [gw1, rfc9421]}}
schemes:
  serialized: {{preset: laravel, plaintext: php_serialized}}
upstreams:
  orders: {upstream}
routes:
  - {{path: /api/, scheme: laravel, upstream: orders}}
  - {{path: /strict/, scheme: serialized, upstream: orders}}
  - {{path: /small/, scheme: gw1, upstream: orders}}
  - {{path: /signed/, scheme: rfc9421, upstream: orders}}
  - {{path: /sealed/, scheme: rfc9421, envelope: jwe, upstream: orders}}
  - {{path: /open/, scheme: none, upstream: orders, body_bytes: 16B}}
""" % SECRET.hex()
OURS = re.compile(rb"\r\nX-Countersign-Captured: at=(\d+); reason=(\w+); body=(\w+)(?=\r\n)")


def post(target, fields, body):
    lines = [f"POST {target} HTTP/1.1", "Host: gateway", *(f"{name}: {value}" for name, value in fields.items()),
             f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def gw1(body, key=KEYS["SIGN_KEY"]):
    stamp, nonce = int(time.time()), secrets.token_hex(16)
    text = gw1_text("client-1", "1.0", stamp, nonce, "POST", "gateway", "/small/x", body)
    return post("/small/x", {"X-Auth-Token": "client-1", "X-Auth-Version": "1.0", "X-Auth-Timestamp": stamp,
                             "X-Auth-Nonce": nonce, "X-Auth-Signature": mac(key, text).hexdigest()}, body)


def rfc9421(body, target="/signed/x?a=%20b", key=KEYS["SIGN_KEY"], content_type="application/json"):
    values = request_values("gateway", target, body, content_type)
    text = params(values, int(time.time()), "client-1", secrets.token_hex(16))
    return post(target, {"Content-Type": content_type, "Content-Digest": values['"content-digest"'],
                         **signed(values, key, text)}, body)


class Captured(unittest.TestCase):
    CAPTURE = "capture: {path: captured, requests: 100, %s}" % FAR

    def setUp(self):
        self.home = self.enterContext(tempfile.TemporaryDirectory(prefix="countersign-"))
        self.folder = os.path.join(self.home, "captured")
        os.mkdir(self.folder)
        self.service = self.enterContext(Upstream())

    def start(self, capture=CAPTURE):
        self.gateway = self.enterContext(Gateway(CONFIG.format(capture=capture, upstream=self.service.url),
                                                 keep=self.home))
        self.talk = self.enterContext(Talk(self.gateway.address))

    def end(self):
        """{name: bytes} of all that was written, once nothing more can be."""
        self.talk.close()
        self.assertEqual(self.gateway.stop(), 0)
        return self.files()

    def files(self):
        found = {}
        for name in os.listdir(self.folder):
            with open(os.path.join(self.folder, name), "rb") as stream:
                found[name] = stream.read()
        return found

    def ask(self, data, status, method="POST"):
        """The answer's request id."""
        answer = self.talk.ask(data, method)
        self.assertEqual(answer.status, status, answer)
        return answer.field("x-request-id")

    def check(self, text, sent, reason, how):
        """This file is what was sent, with our field behind the request line."""
        found = OURS.search(text)
        self.assertTrue(found, text)
        self.assertEqual(found.start(), text.index(b"\r\n"))
        self.assertLess(abs(int(found[1]) - time.time()), PATIENCE * 2)
        self.assertEqual((found[2].decode(), found[3].decode()), (reason, how))
        self.assertEqual(text[:found.start()] + text[found.end():], sent)

    def test_a_wrong_signature_is_there_as_it_was_sent(self):
        self.start()
        other = derive(b"another secret", "sign-c2s", "client-1").hex()
        body = b"a body\r\nX-Countersign-Captured: at=1; reason=none; body=none\r\n\r\n\0\xff"
        requests = gw1(body, other), gw1(body * 1000, other), gw1(b"", other), rfc9421(b"", key=other)
        sent = {self.ask(request, 401): request for request in requests}
        files = self.end()
        self.assertEqual(set(files), {f"{request_id}.http" for request_id in sent})
        for request_id, request in sent.items():
            self.check(files[f"{request_id}.http"], request, "bad_signature", "whole")
            self.assertEqual(stat.S_IMODE(os.stat(os.path.join(self.folder, f"{request_id}.http")).st_mode), 0o600)

    def test_what_is_refused_before_its_body_was_read_has_none(self):
        self.start()
        other = derive(b"another secret", "sign-c2s", "client-1").hex()
        requests = Client(secret=b"another-secret-x").request(), rfc9421(b"{}", key=other)
        sent = {self.ask(request, 401): request[:request.index(b"\r\n\r\n") + 4] for request in requests}
        files = self.end()
        self.assertEqual(set(files), {f"{request_id}.http" for request_id in sent})
        for request_id, head in sent.items():
            self.check(files[f"{request_id}.http"], head, "bad_signature", "none")

    def test_a_sealed_body_is_kept_as_it_came(self):
        # Each of these has been opened, in place, when it is refused.
        self.start()
        billing, gcm = Client(), Client("gcm", b"fedcba9876543210", "AES-128-GCM")
        sealed = seal(json.dumps({"note": PLAIN}).encode(), billing.secret)
        repeated = billing.request(payload=sealed)
        self.ask(repeated, 200)
        wrong_mac = payload_of({**members_of(sealed), "mac": "0" * 64})
        wrong_tag = payload_of({**members_of(seal(PLAIN.encode(), gcm.secret, gcm.cipher)), "tag": "A" * 22 + "=="})
        jose = lambda text: seal_jwe(text, KEYS["SEAL_KEY"], "client-1")
        not_json = jose(PLAIN.encode())
        sent = {self.ask(request, status): (request, reason) for request, status, reason in (
            (repeated, 401, "replay"),
            (billing.request(payload=wrong_mac), 401, "bad_mac"),
            (gcm.request(payload=wrong_tag), 401, "decrypt_failed"),
            (billing.request(payload=seal(PLAIN.encode(), billing.secret)), 422, "not_json"),
            (billing.request("/strict/x", payload=seal(f'O:1:"{PLAIN}'.encode(), billing.secret)), 422,
             "bad_plaintext"),
            (rfc9421(not_json, "/sealed/x", content_type="application/jose"), 422, "not_json"),
            (rfc9421(jose(PLAIN.encode() * 20000), "/sealed/x", content_type="application/jose"), 422, "not_json"))}
        self.ask(rfc9421(jose(json.dumps(PLAIN).encode()), "/sealed/x", content_type="application/jose"), 200)
        files = self.end()
        self.assertEqual(set(files), {f"{request_id}.http" for request_id in sent})
        for request_id, (request, reason) in sent.items():
            self.check(files[f"{request_id}.http"], request, reason, "whole")
        self.assertEqual([json.loads(got.body) for got in self.service.requests], [{"note": PLAIN}, PLAIN])
        for name, text in files.items():
            self.assertNotIn(PLAIN.encode(), text, name)
            self.assertNotIn(PLAIN.encode()[:10], text, name)

    def test_what_passes_is_not_kept_and_neither_is_what_the_service_refused(self):
        self.start()
        self.ask(Client().request(), 200)
        self.ask(gw1(b"{}"), 200)
        self.ask(rfc9421(b"{}"), 200)
        self.service.reply = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        self.ask(gw1(b"{}"), 404)
        self.service.reply = b"HTTP/1.1 nonsense\r\n\r\n"
        self.ask(gw1(b"{}"), 502)
        self.assertEqual(self.end(), {})

    def test_explain_finds_it_by_its_id(self):
        self.start()
        request = Client().request()
        self.ask(request, 200)
        kept = {self.ask(data, 401): (mistake, advice) for data, mistake, advice in (
            (Client(secret=b"fedcba9876543210").request(), "secret-of-another-client", 'that of "gcm"'),
            (gw1(b"{}", SECRET.hex()), "key-not-derived", "sign-c2s"),
            (gw1(b"{}", KEYS["REPLY_KEY"]), "key-for-replies", "sign-s2c"),
            (rfc9421(b"{}", key=SECRET.hex()), "key-not-derived", "sign-c2s"),
            (request, None, "but that it was seen before"))}
        self.end()
        for request_id, (mistake, advice) in kept.items():
            said = run("explain", "-c", self.gateway.config, "--json", "--id", request_id)
            self.assertEqual((said.status, said.err), (1, ""))
            self.assertEqual(json.loads(said.out).get("mistake"), mistake)
            self.assertIn(advice, json.loads(said.out)["advice"])
        for wrong in ("../../etc/passwd", "a b", "x" * 65):
            said = run("explain", "-c", self.gateway.config, "--id", wrong)
            self.assertEqual((said.status, said.out, said.err), (
                64, "", f'countersign: --id: "{wrong}" is no request id of the gateway\n'))
        for unknown in ("0" * 32, "x", request_id.upper(), request_id[:-1]):
            said = run("explain", "-c", self.gateway.config, "--id", unknown)
            self.assertEqual((said.status, said.out), (1, ""))
        self.assertIn("No such file or directory", said.err)

    def test_a_chunked_body_is_decoded(self):
        self.start()
        body = b'{"id":7}'
        whole = gw1(body, KEYS["REPLY_KEY"])
        head, _, _ = whole.partition(b"Content-Length")
        chunks = b"3;x=y\r\n" + body[:3] + b"\r\n%x\r\n" % len(body[3:]) + body[3:] + b"\r\n0\r\nTrailer: x\r\n\r\n"
        request_id = self.ask(head + b"Transfer-Encoding: chunked\r\n\r\n" + chunks, 401)
        self.check(self.end()[f"{request_id}.http"], whole, "bad_signature", "whole")

    def test_a_body_that_was_refused_is_there_as_far_as_it_was_read(self):
        self.start()
        head = b"POST /open/x HTTP/1.1\r\nHost: gateway\r\n"
        ten, coded = b"1234567890", b"a\r\n1234567890\r\n"
        declared, chunked = head + b"Content-Length: 17\r\n\r\n", head + b"Transfer-Encoding: chunked\r\n\r\n"
        there = head + b"Content-Length: 10\r\n\r\n" + ten
        sent = {self.ask(request, status): what for request, status, what in (
            (declared + b"x" * 17, 413, (declared, "body_too_large", "none")),
            (chunked + coded * 2 + b"0\r\n\r\n", 413, (there, "body_too_large", "part")),
            (chunked + coded + b"zz\r\n", 400, (there, "bad_framing", "part")),
            (chunked + b"zz\r\n", 400, (chunked, "bad_framing", "none")))}
        files = self.end()
        self.assertEqual(set(files), {f"{request_id}.http" for request_id in sent})
        for request_id, what in sent.items():
            self.check(files[f"{request_id}.http"], *what)

    def test_a_body_that_never_comes_is_there_as_far_as_it_came(self):
        self.start(self.CAPTURE + "\nlimits: {body_timeout: 10ms}")
        late = b"POST /open/x HTTP/1.1\r\nHost: gateway\r\nContent-Length: 9\r\n\r\n"
        request_id = self.ask(late + b"12345", 408)
        text = self.end()[f"{request_id}.http"]
        # All of it unless this machine is slow.
        there = text[text.index(b"\r\n\r\n") + 4:]
        self.assertTrue(b"12345".startswith(there))
        self.check(text, late + there, "body_timeout", "part" if there else "none")

    def test_what_is_too_large_is_lost_and_counted(self):
        self.start(self.CAPTURE + "\nlimits: {body_bytes: 8MiB}")
        self.ask(gw1(b"x" * (4 << 20), KEYS["REPLY_KEY"]), 401)
        sealed = seal_jwe(PLAIN.encode() * 160000, KEYS["SEAL_KEY"], "client-1")
        self.assertGreater(len(sealed), 4 << 20)
        self.ask(rfc9421(sealed, "/sealed/x", content_type="application/jose"), 422)
        self.assertEqual(self.gateway.metrics()["countersign_captured_requests_dropped_total"], 2)
        self.assertEqual(self.end(), {})

    def test_a_client_can_t_write_our_field(self):
        self.start()
        request = b"GET /nowhere HTTP/1.1\r\n%sHost: gateway\r\n%s\r\n"
        forged = b"X-Countersign-Captured: at=1; reason=stale; body=whole\r\n", b"x-countersign-captured: at=2\r\n"
        request_id = self.ask(request % forged, 404, "GET")
        self.check(self.end()[f"{request_id}.http"], request % (b"", b""), "no_route", "whole")

    def test_a_target_that_is_refused_is_kept_too(self):
        self.start()
        sent = b"GET /api//x HTTP/1.1\r\nHost: gateway\r\n\r\n"
        request_id = self.ask(sent, 400, "GET")
        self.check(self.end()[f"{request_id}.http"], sent, "bad_target", "none")

    def test_the_newest_are_kept(self):
        with open(os.path.join(self.folder, "notes.txt"), "w", encoding="ascii") as stream:
            stream.write("mine")
        self.start("capture: {path: %s, requests: 3, %s}" % (self.folder, FAR))
        ids = [self.ask(b"GET /nowhere HTTP/1.1\r\nHost: gateway\r\n\r\n", 404, "GET") for _ in range(5)]
        self.assertEqual(set(self.end()), {"notes.txt", *(f"{request_id}.http" for request_id in ids[2:])})
        # Files of one tick of the kernel's clock are equally old.
        for age, request_id in enumerate(ids[2:]):
            os.utime(os.path.join(self.folder, f"{request_id}.http"), (age, age))
        self.start("capture: {path: %s, requests: 2, %s}" % (self.folder, FAR))
        self.assertEqual(set(self.files()), {"notes.txt", *(f"{request_id}.http" for request_id in ids[3:])})

    def test_nothing_is_written_once_it_is_over(self):
        self.start("capture: {path: captured, until: 2020-01-01}")
        self.ask(b"GET /nowhere HTTP/1.1\r\nHost: gateway\r\n\r\n", 404, "GET")
        self.ask(Client(secret=b"0123456789abcdeX").request(), 401)
        self.assertEqual(self.gateway.metrics()["countersign_captured_requests_dropped_total"], 0)
        self.assertEqual(self.end(), {})

    def test_nothing_is_written_where_nothing_says_so(self):
        self.start("")
        self.ask(b"GET /nowhere HTTP/1.1\r\nHost: gateway\r\n\r\n", 404, "GET")
        self.assertNotIn("countersign_captured_requests_total", self.gateway.metrics())
        self.assertEqual(self.end(), {})

    def test_it_is_written_while_the_gateway_runs_and_counted(self):
        self.start()
        request_id = self.ask(b"GET /nowhere HTTP/1.1\r\nHost: gateway\r\n\r\n", 404, "GET")
        until = time.monotonic() + PATIENCE
        while not self.gateway.metrics()["countersign_captured_requests_total"]:
            self.assertLess(time.monotonic(), until)
        self.assertEqual(set(self.files()), {f"{request_id}.http"})
        self.assertEqual(self.gateway.metrics()["countersign_captured_requests_dropped_total"], 0)

    def test_a_folder_that_is_gone_is_told_and_stops_nobody(self):
        self.start()
        os.rmdir(self.folder)
        self.ask(b"GET /nowhere HTTP/1.1\r\nHost: gateway\r\n\r\n", 404, "GET")
        self.gateway.wait_for_diagnostic(r"capture: 1 more requests lost, 1 since the start: .*No such file or dir")
        self.assertEqual(self.gateway.metrics()["countersign_captured_requests_dropped_total"], 1)
        self.ask(Client().request(), 200)

    def test_a_folder_that_is_not_there_at_the_start_is_told(self):
        config = os.path.join(self.home, "gateway.yaml")
        with open(config, "w", encoding="ascii") as stream:
            stream.write(CONFIG.format(capture="capture: {path: nowhere, %s}" % FAR, upstream=self.service.url))
        ended = subprocess.run([BINARY, "serve", "-c", config], capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(ended.returncode, 1)
        self.assertIn(f"can't capture requests in {self.home}/nowhere: No such file or directory\n", ended.stderr)


if __name__ == "__main__":
    unittest.main()
