#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A route that observes lets pass what lacks proof, as it came and for nobody, counts it and tells; nothing else."""

import json
import os
import secrets
import tempfile
import time
import unittest

from command import run
from gateway import Gateway
from laravel import Client, seal
from standards import derive, keys, params, request_values, signed
from standards import seal as seal_jwe
from talk import Talk, code
from upstream import OK, Held, Upstream, reserved_port
from wire import Connection, exchange

SECRET = bytes(range(32))
KEYS = keys(SECRET, "client-1")
CONFIG = """
listen: 127.0.0.1:0
admin: 127.0.0.1:0
workers: 1
audit_log: {{path: audit.log}}
{top}
clients:
  billing: {{token: my_key, secret: 0123456789abcdef, versions: {{minimum: 1.0.0, deprecated_below: 1.2.0}}}}
  shop: {{secret: fedcba9876543210, mode: enforce}}
  busy: {{secret: "hex:101112131415161718191a1b1c1d1e1f", rate: {{requests: 1, per: 60s, burst: 1}}}}
  away: {{secret: "hex:202122232425262728292a2b2c2d2e2f", addresses: [192.0.2.0/24]}}
  gone: {{secret: "hex:303132333435363738393a3b3c3d3e3f", enabled: false}}
  client-1: {{secret: "hex:%s", schemes: [rfc9421]}}
  hook: {{secret: 0123456789abcdeX}}
upstreams:
  orders: {upstream}
routes:
  - {{name: trial, path: /trial/, scheme: laravel, upstream: orders, mode: {mode}}}
  - {{name: posts, path: =/posts, methods: [POST], scheme: laravel, upstream: orders, mode: observe, body_bytes: 64B}}
  - {{name: signed, path: /signed/, scheme: rfc9421, upstream: orders, mode: observe}}
  - {{name: sealed, path: /sealed/, scheme: rfc9421, envelope: jwe, upstream: orders, mode: observe,
     reply: {{sign: true, seal: true}}}}
  - {{name: hook, path: =/hook, scheme: github, client: hook, upstream: orders, mode: observe}}
  - {{name: strict, path: /strict/, scheme: laravel, upstream: orders}}
""" % SECRET.hex()
CREDENTIALS = ("timestamp", "version", "token", "signature")
IDENTITY = ("X-Client-Id", "X-Client-Version")
MARK = "X-Countersign-Observed"


def head_and_body(request):
    head, body = request.split(b"\r\n\r\n", 1)
    lines = [line.split(": ", 1) for line in head.decode().split("\r\n")[1:]]
    return {name.lower(): value for name, value in lines}, body


def plain(path="/trial/x", body=b'{"id": 7}', more=(), method="POST", length=True):
    lines = [f"{method} {path} HTTP/1.1", "Host: gateway", "Content-Type: application/json", *more]
    lines += [f"Content-Length: {len(body)}"] if length else []
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def chunked(*pieces, more=()):
    body = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
    return plain(body=body, more=["Transfer-Encoding: chunked", *more], length=False)


def rfc9421(body, target="/signed/x", key=KEYS["SIGN_KEY"], content_type="application/json", age=0, client="client-1"):
    values = request_values("gateway", target, body, content_type)
    text = params(values, int(time.time()) - age, client, secrets.token_hex(16))
    fields = {**signed(values, key, text), "Content-Digest": values['"content-digest"']}
    request = plain(target, body, [f"{name}: {value}" for name, value in fields.items()])
    return request.replace(b"application/json", content_type.encode(), 1)


class Observing(unittest.TestCase):
    MODE, TOP, REPLY = "observe", "", OK

    def setUp(self):
        self.service = self.enterContext(Upstream(self.REPLY))
        self.home = self.enterContext(tempfile.TemporaryDirectory(prefix="countersign-"))
        self.config = self.configuration(self.MODE)
        self.gateway = self.enterContext(Gateway(self.config, keep=self.home))
        self.talk = self.enterContext(Talk(self.gateway.address))

    def configuration(self, mode):
        text = CONFIG.format(upstream=self.service.url, mode=mode, top=self.TOP)
        return text.replace("audit.log", os.path.join(self.home, "audit.log"))

    def observed(self, request, reason, client=None, method="POST", body=None, reply=b'{"ok":true}'):
        """It has passed as it came. What the upstream got."""
        before = len(self.service.requests)
        answer = self.talk.ask(request, method)
        self.assertEqual((answer.status, answer.body), (200, reply), reason)
        self.assertIsNone(answer.field(MARK))
        self.assertEqual(len(self.service.requests), before + 1, reason)
        got = self.service.requests[-1]
        sent, sent_body = head_and_body(request)
        self.assertEqual(got.body, sent_body if body is None else body, reason)
        self.assertEqual(got.field("Content-Type"), sent.get("content-type"), reason)
        self.assertEqual(got.field(MARK), reason)
        for name in (*CREDENTIALS, *IDENTITY, "Signature-Input", "Content-Digest"):
            self.assertIsNone(got.field(name), (reason, name))
        record = self.gateway.next_log_line()
        self.assertEqual((record["status"], record["reason"], record["observed"], record.get("client")),
                         (200, reason, True, client), reason)
        return got

    def proven(self, request, client="billing"):
        before = len(self.service.requests)
        answer = self.talk.ask(request)
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(len(self.service.requests), before + 1)
        got = self.service.requests[-1]
        self.assertEqual((got.field("X-Client-Id"), got.field(MARK)), (client, None))
        record = self.gateway.next_log_line()
        self.assertNotIn("reason", record)
        self.assertNotIn("observed", record)
        return got

    def refused(self, request, status, word, reason, method="POST"):
        before = len(self.service.requests), self.service.connections
        answer = self.talk.ask(request, method)
        self.assertEqual((answer.status, code(answer)), (status, word), (reason, answer))
        record = self.gateway.next_log_line()
        self.assertEqual((record["reason"], record.get("observed")), (reason, None))
        self.assertEqual((len(self.service.requests), self.service.connections), before, reason)


class Waived(Observing):
    def test_what_is_proven_is_treated_as_anywhere_else(self):
        got = self.proven(Client().request("/trial/x", {"id": 8}))
        self.assertEqual((json.loads(got.body), got.field("Content-Type")), ({"id": 8}, "application/json"))
        self.proven(rfc9421(b"{}"), "client-1")
        # And what it may not do it may not do here either.
        self.refused(Client().request("/trial/x", body=b"data=" + seal(b"no JSON", Client().secret).encode()
                                      .replace(b"+", b"%2B").replace(b"=", b"%3D")), 422, "not_json", "not_json")

    def test_messages_of_the_laravel_scheme(self):
        now = int(time.time())
        forger, stranger = Client(secret=b"0" * 16), Client("nobody")
        gone = Client("gone", bytes(range(0x30, 0x40)))
        honest = Client()
        without = {name: None for name in CREDENTIALS[1:]}
        for request, reason, client in (
                (honest.request("/trial/x", fields={}), "missing_credential", None),
                (honest.request("/trial/x", fields=honest.fields(**without)), "missing_field", None),
                (honest.request("/trial/x", fields=honest.fields(version=None)), "missing_field", "billing"),
                (honest.request("/trial/x", fields=honest.fields(signature="?")), "malformed_field", "billing"),
                (honest.request("/trial/x", more=["Token: my_key"]), "duplicate_field", "billing"),
                (honest.request("/trial/x", body=b""), "missing_payload", "billing"),
                (honest.request("/trial/x", timestamp=now - 400), "stale", "billing"),
                (honest.request("/trial/x", timestamp=now + 400), "future", "billing"),
                (stranger.request("/trial/x"), "unknown_client", None),
                (gone.request("/trial/x"), "client_disabled", "gone"),
                (forger.request("/trial/x"), "bad_signature", "billing"),
                (Client(version="0.9").request("/trial/x"), "version_rejected", "billing"),
                (honest.request("/trial/x", body=b"other=1"), "bad_payload", "billing"),
                (honest.request("/trial/x", payload=seal(b"s:2:\"{}\";", b"0" * 16)), "bad_mac", "billing"),
                (honest.request("/trial/x", more=["Content-Encoding: br"]), "unsupported_content", "billing")):
            self.observed(request, reason, client)
        request = honest.request("/trial/x")
        self.proven(request)
        self.observed(request, "replay", "billing")
        self.observed(request, "replay", "billing")

    def test_bodies_of_every_kind(self):
        self.observed(plain(), "missing_credential")
        self.observed(plain(body=b""), "missing_credential")
        self.observed(chunked(b'{"a":', b"1}"), "missing_credential", body=b'{"a":1}')
        self.observed(chunked(), "missing_credential", body=b"")
        # Opened in place before it turned out that it must not be.
        payload = Client().payload({"id": 7})
        body = json.dumps({"data": payload}).encode()
        fields = [f"{name}: {value}" for name, value in Client().fields().items()]
        self.proven(chunked(body[:9], body[9:], more=fields))
        self.observed(chunked(body[:9], body[9:], more=fields), "replay", "billing", body=body)
        self.observed(plain(body=body, more=fields), "replay", "billing")
        # Larger than what a head's buffer has room for.
        large = Client().request("/trial/x", {"text": "x" * 100_000})
        self.proven(large)
        self.observed(large, "replay", "billing")
        get = b"GET /trial/x?a=%20b HTTP/1.1\r\nHost: gateway\r\n\r\n"
        got = self.observed(get, "missing_credential", method="GET")
        self.assertEqual(got.line, "GET /trial/x?a=%20b HTTP/1.1")

    def test_messages_of_rfc_9421(self):
        other = derive(b"another secret", "sign-c2s", "client-1").hex()
        self.observed(plain("/signed/x"), "missing_credential")
        self.observed(plain("/signed/x", more=["Signature: a=:AAAA:"]), "missing_field")
        self.observed(rfc9421(b"{}", age=400), "stale", "client-1")
        self.observed(rfc9421(b"{}", key=other), "bad_signature", "client-1")
        self.observed(rfc9421(b"{}", client="nobody"), "unknown_client")
        self.observed(rfc9421(b"{}").replace(b'"@method" ', b""), "not_covered", "client-1")
        self.observed(rfc9421(b'{"id":1}').replace(b'{"id":1}', b'{"id":2}'), "bad_digest", "client-1")
        request = rfc9421(b"{}")
        self.proven(request, "client-1")
        self.observed(request, "replay", "client-1")

    def test_a_webhook_that_is_not_signed(self):
        self.observed(plain("/hook"), "missing_credential")
        self.observed(plain("/hook", more=["X-Hub-Signature-256: sha256=" + "0" * 64]), "bad_signature", "hook")

    def test_an_envelope_that_is_none_and_the_answer_is_plain(self):
        body = seal_jwe(b'{"id":1}', KEYS["SEAL_KEY"], "client-1")
        request = rfc9421(body, "/sealed/x", content_type="application/jose")
        answer = self.talk.ask(request)
        self.assertEqual((answer.status, answer.field("Content-Type")), (200, "application/jose"))
        self.assertIsNotNone(answer.field("Signature"))
        self.gateway.next_log_line()
        for request, reason in ((request, "replay"), (rfc9421(b"{}", "/sealed/x"), "unsupported_content"),
                                (rfc9421(body[:-4] + b"AAAA", "/sealed/x", content_type="application/jose"),
                                 "decrypt_failed")):
            self.observed(request, reason, "client-1")
            answer = self.talk.ask(request)
            self.assertEqual((answer.field("Content-Type"), answer.field("Signature")), ("application/json", None))
            self.gateway.next_log_line()

    def test_it_is_said_of_no_version_that_it_goes_away(self):
        answer = self.talk.ask(Client(version="1.1.0").request("/trial/x"))
        self.assertIsNotNone(answer.field("Deprecation"))
        again = Client(version="1.1.0").request("/trial/x")
        self.assertIsNotNone(self.talk.ask(again).field("Deprecation"))
        self.assertIsNone(self.talk.ask(again).field("Deprecation"))

    def test_no_client_can_say_that_it_was_observed(self):
        claims = [f"{name}: stale" for name in (MARK, MARK.lower(), "X_Countersign_Observed", "X-Countersign_Observed")]
        claims.append("X-Client-Id: billing")
        self.observed(plain(more=claims), "missing_credential")
        self.assertIsNone(self.proven(Client().request("/trial/x", more=claims)).field("X_Countersign_Observed"))
        got = self.proven(Client().request("/strict/x", more=claims))
        self.assertEqual([name for name, _ in got.fields if "observed" in name.lower()], [])

    def test_an_upstream_that_is_not_there_is_told(self):
        with reserved_port() as nobody:
            config = self.config.replace(self.service.url, "http://127.0.0.1:%d" % nobody.getsockname()[1])
            self.assertTrue(self.gateway.reload(config))
            answer = self.talk.ask(plain())
            self.assertEqual((answer.status, code(answer)), (502, "upstream_unreachable"))
            record = self.gateway.next_log_line()
            self.assertEqual((record["reason"], record["observed"]), ("upstream_unreachable", True))


class NotWaived(Observing):
    def test_framing_limits_and_routing(self):
        # V23: what is refused elsewhere goes on here alone, and only for what a table names.
        both = ["Transfer-Encoding: chunked"]
        self.refused(plain(more=both), 400, "malformed", "bad_framing")
        self.refused(plain(body=b"zz\r\n", more=both, length=False), 400, "malformed", "bad_framing")
        self.refused(plain(path="/trial/../strict/"), 400, "malformed", "bad_target")
        self.refused(plain(path="/nowhere/"), 404, "no_route", "no_route")
        self.refused(plain(path="/posts", method="PUT"), 405, "method_not_allowed", "method_not_allowed", "PUT")
        self.refused(plain(path="/posts", body=b"x" * 65), 413, "too_large", "body_too_large")
        self.refused(plain(path="/strict/x"), 401, "unauthenticated", "missing_credential")

    def test_what_a_proven_client_may_not_do(self):
        away = Client("away", bytes(range(0x20, 0x30)))
        self.refused(away.request("/trial/x"), 403, "forbidden", "address_forbidden")
        busy = Client("busy", bytes(range(0x10, 0x20)))
        self.proven(busy.request("/trial/x"), "busy")
        self.refused(busy.request("/trial/x"), 429, "rate_limited", "rate_limited")

    def test_a_client_that_is_enforced(self):
        shop, forger = Client("shop", b"fedcba9876543210"), Client("shop", b"0" * 16)
        request = shop.request("/trial/x")
        self.proven(request, "shop")
        self.refused(request, 401, "replayed", "replay")
        self.refused(forger.request("/trial/x"), 401, "unauthenticated", "bad_signature")
        self.refused(shop.request("/trial/x", timestamp=int(time.time()) - 400), 401, "stale", "stale")
        self.refused(shop.request("/trial/x", fields=shop.fields(signature=None)), 400, "malformed", "missing_field")
        # Whoever says nothing is nobody, here as for everybody else.
        self.observed(shop.request("/trial/x", fields={}), "missing_credential")

    def test_a_message_that_was_let_pass_may_still_come_proven(self):
        """It has left no mark."""
        honest = Client()
        body = honest.request("/trial/x").split(b"\r\n\r\n", 1)[1]
        self.observed(honest.request("/trial/x", body=body, fields=honest.fields(signature="0" * 64)),
                      "bad_signature", "billing")
        self.proven(honest.request("/trial/x", body=body))


class Told(Observing):
    def test_metrics_count_it_apart(self):
        self.observed(Client(secret=b"0" * 16).request("/trial/x"), "bad_signature", "billing")
        self.observed(plain(), "missing_credential")
        self.observed(plain(), "missing_credential")
        metrics = self.gateway.metrics()
        name = 'countersign_observed_total{route="trial",client="%s",reason="%s"}'
        self.assertEqual((metrics[name % ("billing", "bad_signature")], metrics[name % ("-", "missing_credential")]),
                         (1, 2))
        self.assertEqual([n for n in metrics if n.startswith("countersign_refusals_total")], [])
        self.assertEqual(metrics['countersign_requests_total{route="trial",client="-",status="200"}'], 2)
        observing = {n for n in metrics if n.startswith("countersign_route_observes")}
        self.assertEqual(observing, {f'countersign_route_observes{{route="{route}"}}'
                                     for route in ("trial", "posts", "signed", "sealed", "hook")})

    def test_it_is_said_at_the_start_at_a_reload_and_by_check(self):
        said = [line for line in self.gateway.diagnostics if "mode: warning: observe" in line]
        self.assertEqual(len(said), 5)
        self.assertTrue(self.gateway.reload())
        said = [line for line in self.gateway.diagnostics if "mode: warning: observe" in line]
        self.assertEqual(len(said), 10)
        checked = run("check", "-c", self.gateway.config)
        self.assertEqual((checked.status, checked.err.count("mode: warning: observe")), (0, 5))
        self.assertEqual(run("check", "-c", self.gateway.config, "--strict").status, 78)

    def test_an_auditor_hears_of_it(self):
        request = Client().request("/trial/x")
        self.proven(request)
        self.observed(request, "replay", "billing")
        self.talk.close()
        self.assertEqual(self.gateway.stop(), 0)
        with open(os.path.join(self.home, "audit.log"), encoding="utf-8") as stream:
            events = [json.loads(line) for line in stream]
        (event,) = [event for event in events if event["event"] == "replay"]
        self.assertEqual((event["reason"], event["observed"]), ("replay", True))

    def test_explain_says_that_it_passes_and_what_would_become_of_it(self):
        with tempfile.NamedTemporaryFile() as request:
            request.write(Client(secret=b"0" * 16).request("/trial/x"))
            request.flush()
            told = run("explain", "-c", self.gateway.config, request.name)
            self.assertEqual(told.status, 1)
            self.assertRegex(told.out, r"(?m)^OBSERVED +signature +bad_signature \(the route observes: it goes on as "
                                       r"it came, for nobody; enforced, the client would be told 401 unauthenticated\)")
            self.assertIs(json.loads(run("explain", "-c", self.gateway.config, "--json", request.name).out)["observed"],
                          True)


class Captures(Observing):
    def setUp(self):
        self.kept = self.enterContext(tempfile.TemporaryDirectory(prefix="countersign-"))
        self.TOP = f"capture: {{path: {self.kept}, until: 2099-01-01}}"
        super().setUp()

    def test_what_is_let_pass_is_captured_whole_and_what_is_proven_is_not(self):
        request = Client().request("/trial/x")
        self.proven(request)
        self.observed(request, "replay", "billing")
        forged = Client(secret=b"0" * 16).request("/trial/x")
        self.observed(forged, "bad_signature", "billing")
        self.talk.close()
        self.assertEqual(self.gateway.stop(), 0)
        found = []
        for name in os.listdir(self.kept):
            with open(os.path.join(self.kept, name), "rb") as stream:
                found.append(stream.read())
        self.assertEqual(sorted(text.split(b"\r\n\r\n", 1)[1] for text in found),
                         sorted(one.split(b"\r\n\r\n", 1)[1] for one in (request, forged)))
        self.assertTrue(all(b"; body=whole\r\n" in text for text in found), found)


class WithoutAStore(Observing):
    TOP = "replay: {state: none}"  # what could have been said before it began nobody knows

    def test_the_store_is_not_waited_for(self):
        self.observed(Client().request("/trial/x"), "replay_store_unavailable", "billing")
        self.assertEqual(self.gateway.metrics()["countersign_replay_store_errors_total"], 1)
        self.refused(Client().request("/strict/x"), 503, "unavailable", "replay_store_unavailable")


class Reloads(unittest.TestCase):
    def test_from_observe_to_enforce_under_way(self):
        with Held() as held:
            home = self.enterContext(tempfile.TemporaryDirectory(prefix="countersign-"))
            config = CONFIG.replace("audit.log", os.path.join(home, "audit.log"))
            one, other = (config.format(upstream=held.service.url, top="", mode=mode)
                          for mode in ("observe", "enforce"))
            with Gateway(one) as gateway, Connection(gateway.address) as waiting:
                waiting.send(plain())
                self.assertTrue(held.arrived.acquire(timeout=30))
                self.assertTrue(gateway.reload(other))
                answer = exchange(gateway.address, plain())
                self.assertEqual((answer.status, code(answer)), (401, "unauthenticated"))
                self.assertNotIn('countersign_route_observes{route="trial"}', gateway.metrics())
                held.go.set()
                self.assertEqual(waiting.answer().status, 200)
                waiting.send(plain())
                self.assertEqual(waiting.answer().status, 401)
                self.assertTrue(gateway.reload(one))
                waiting.send(plain())
                self.assertEqual(waiting.answer().status, 200)
                self.assertEqual(gateway.metrics()['countersign_route_observes{route="trial"}'], 1)


if __name__ == "__main__":
    unittest.main()
