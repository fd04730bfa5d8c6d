#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""`call` sends, proves and opens; it believes no reply that the route's `reply` doesn't vouch for."""

import base64
import json
import os
import tempfile
import time
import unittest

from command import run
from gateway import Gateway
from many import REPLIES, SECRETS, configuration
from upstream import Service, Upstream, read_request, reserved_port
from wire import Connection

BODY = '{"ok":true,"list":[1,"Zoë"]}'


def answer(status, body, *fields):
    lines = [f"HTTP/1.1 {status} Said", *fields, f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Calls(unittest.TestCase):
    reply = staticmethod(lambda received, peer: answer(200, BODY.encode(), "Content-Type: application/json"))

    def setUp(self):
        self.service = self.enterContext(Upstream(self.reply))
        self.gateway = self.enterContext(Gateway(configuration(self.service.url)))

    def call(self, path, *more, client="aes-128-cbc", config=None, data="{}", url=None):
        said = [] if data is None else ["-d", data]
        return run("call", "-c", config or self.gateway.config, "--client", client, *said, *more,
                   (url or self.gateway.url) + path)


class Replies(Calls):
    def test_sealed_and_signed_replies_are_proven_and_opened_in_every_setting(self):
        for cipher in SECRETS:
            for plaintext, form in REPLIES:
                path = f"/reply/{plaintext}/{form}/x"
                said = self.call(path, "--json", client=cipher.lower())
                self.assertEqual((said.status, said.err), (0, ""), (cipher, path, said))
                told = json.loads(said.out)
                self.assertEqual(list(told), ["status", "fields", "body", "verified", "opened"])
                self.assertEqual((told["status"], told["body"], told["verified"], told["opened"]),
                                 (200, BODY, True, True), (cipher, path))
                names = [name.lower() for name, _ in told["fields"]]
                self.assertEqual(names.count("signature"), 1)

    def test_the_body_is_printed_as_it_is(self):
        for path in ("/reply/string/json/x", "/signed/x", "/sealed/x", "/form/auto/A1/x", "/plain/x"):
            said = self.call(path)
            self.assertEqual((said.status, said.out, said.err), (0, BODY, ""), path)

    def test_include_prints_the_head_first(self):
        said = self.call("/reply/string/json/x", "-i")
        head, body = said.out.split("\n\n", 1)
        self.assertEqual(body, BODY)
        first, *fields = head.split("\n")
        self.assertEqual(first, "HTTP/1.1 200 Said")
        self.assertIn("token: aes-128-cbc", fields)

    def test_nothing_is_verified_where_the_route_demands_nothing(self):
        told = json.loads(self.call("/form/auto/A1/x", "--json").out)
        self.assertEqual((told["verified"], told["opened"]), (False, False))
        told = json.loads(self.call("/signed/x", "--json").out)
        self.assertEqual((told["verified"], told["opened"]), (True, False))

    def test_a_request_without_a_body_has_a_signed_reply(self):
        told = json.loads(self.call("/signed/x", "--json", data=None).out)
        self.assertEqual((told["status"], told["verified"]), (200, True))
        self.assertEqual(self.service.requests[-1].line, "GET /signed/x HTTP/1.1")

    def test_head_has_a_signed_reply_without_a_body(self):
        said = self.call("/reply/string/json/x", "-X", "HEAD", "--json", data=None)
        told = json.loads(said.out)
        self.assertEqual((said.status, told["status"], told["body"], told["verified"]), (0, 200, "", True))

    def test_the_gateway_is_where_connect_to_says(self):
        said = run("call", "-c", self.gateway.config, "--client", "aes-128-gcm", "-d", "{}", "--connect-to",
                   "%s:%d" % self.gateway.address, "http://api.example.com/named/x")
        self.assertEqual((said.status, said.out), (0, BODY), said)

    def test_a_name_is_tried_at_each_of_its_addresses(self):
        said = self.call("/plain/x", url="http://localhost:%d" % self.gateway.address[1])
        self.assertEqual((said.status, said.out), (0, BODY), said)


class OtherReplies(Calls):
    """The upstream says what its path says."""

    @staticmethod
    def reply(received, peer):
        path = received.line.split()[1]
        if path.endswith("/204"):
            return b"HTTP/1.1 204 Said\r\n\r\n"
        if path.endswith("/bytes"):
            return answer(200, b"\xff\xfe\x00")
        if path.endswith("/empty"):
            return answer(200, b"")
        if path.endswith("/chunks"):
            return (b"HTTP/1.1 200 Said\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n")
        return answer(int(path.rsplit("/", 1)[1]), b'{"code":"sold_out"}', "Content-Type: application/json")

    def test_statuses_decide_on_the_exit_status(self):
        for status, expected in ((200, 0), (201, 0), (302, 0), (404, 1), (422, 1), (500, 1)):
            for route in ("/reply/string/json/", "/form/auto/A1/"):
                said = self.call(f"{route}{status}")
                self.assertEqual((said.status, said.out), (expected, '{"code":"sold_out"}'), (route, status, said))
                if expected:
                    self.assertRegex(said.err, rf"\Acountersign: {status} Said: sold_out \(request [0-9a-f]+\)\n\Z")
                else:
                    self.assertEqual(said.err, "")

    def test_replies_without_a_body(self):
        for path in ("/reply/string/json/204", "/reply/string/text/empty", "/sealed/empty"):
            said = self.call(path)
            self.assertEqual((said.status, said.raw, said.err), (0, b"", ""), path)

    def test_an_array_is_shown_as_json(self):
        self.assertEqual(self.call("/reply/array/text/empty").out, '""')

    def test_bytes_stay_bytes(self):
        for path in ("/reply/string/json/bytes", "/reply/array/json/bytes", "/reply/raw/text/bytes", "/signed/bytes"):
            self.assertEqual(self.call(path).raw, b"\xff\xfe\x00", path)
            told = json.loads(self.call(path, "--json").out)
            self.assertEqual(base64.b64decode(told["body_base64"]), b"\xff\xfe\x00")
            self.assertNotIn("body", told)

    def test_a_body_in_chunks_is_put_together(self):
        self.assertEqual(self.call("/form/auto/A1/chunks").out, "hello world")


class WithoutContent(unittest.TestCase):
    """What HEAD, 204 and 304 say of a body that isn't there is what was signed of it, whatever the upstream says."""

    ROUTES = {"jwe": "rfc9421, envelope: jwe", "records": "rfc9421, envelope: aes128gcm", "gw1": "gw1, envelope: jwe",
              "laravel": "laravel, bodyless: safe"}

    @staticmethod
    def reply(received, peer):
        method, path, _ = received.line.split()
        status = path.rsplit("/", 1)[1]
        body = b"" if method == "HEAD" or status in ("204", "304") else BODY.encode()
        return f"HTTP/1.1 {status} Said\r\nContent-Type: application/json\r\n\r\n".encode() + body

    def setUp(self):
        self.service = self.enterContext(Upstream(self.reply))
        routes = "".join(f"  - {{path: /{name}/, upstream: orders, scheme: {scheme}, "
                         "reply: {sign: true, seal: true}}\n" for name, scheme in self.ROUTES.items())
        self.gateway = self.enterContext(Gateway(
            "listen: 127.0.0.1:0\nadmin: 127.0.0.1:0\nworkers: 1\nclients: {one: {secret: 0123456789abcdef}}\n"
            f"upstreams: {{orders: {self.service.url}}}\nroutes:\n{routes}"))

    def test_they_are_verified(self):
        # A second apart: by the Laravel scheme requests without a body are the same within one.
        now = int(time.time())
        for name in self.ROUTES:
            for number, (method, status) in enumerate((("HEAD", 200), ("GET", 204), ("GET", 304))):
                said = run("call", "-c", self.gateway.config, "--client", "one", "-X", method, "--json", "--at",
                           str(now - number), f"{self.gateway.url}/{name}/{status}")
                told = json.loads(said.out)
                self.assertEqual((told["status"], told["body"], told["verified"], told["opened"]),
                                 (status, "", True, False), (name, method, said))
                self.assertEqual([field for field, _ in told["fields"] if field.lower().startswith("content-t")], [])


class WithoutAKey(unittest.TestCase):
    """Nothing can be sealed for a client with a public key alone, but it can be told so."""

    def test_the_refusal_is_signed_by_the_gateway(self):
        with tempfile.TemporaryDirectory() as folder:
            public = {}
            for name in ("gateway", "signer"):
                made = json.loads(run("keygen", "--ed25519", "--json").out)
                public[name] = made["public_key"]
                with open(os.path.join(folder, name), "w", encoding="ascii") as stream:
                    stream.write(made["private_key"])
            config = ("listen: 127.0.0.1:0\nadmin: 127.0.0.1:0\nworkers: 1\n"
                      f"identity: {{id: gw, key: \"file:{folder}/gateway\"}}\n"
                      f"clients: {{signer: {{public_key: {public['signer']}}}}}\n"
                      "upstreams: {orders: http://127.0.0.1:9}\n"
                      "routes: [{path: /, scheme: rfc9421, envelope: jwe, upstream: orders, "
                      "reply: {sign: true, seal: true}}]\n")
            with Gateway(config) as gateway:
                said = run("call", "-c", gateway.config, "--client", "signer", "--private-key",
                           os.path.join(folder, "signer"), "-X", "GET", "--json", gateway.url + "/x")
                told = json.loads(said.out)
                self.assertEqual((told["status"], told["verified"], told["opened"]), (403, True, False), said)
                self.assertEqual(json.loads(told["body"])["code"], "no_key")


class Refusals(Calls):
    def test_a_refusal_before_proof_is_shown_and_explained(self):
        with open(self.gateway.config, encoding="utf-8") as stream:
            text = stream.read().replace("fedcba9876543210", "another-secret-1")
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "other.yaml")
            with open(path, "w", encoding="utf-8") as stream:
                stream.write(text)
            for route in ("/reply/string/json/x", "/form/auto/A1/x"):
                said = self.call(route, config=path)
                problem = json.loads(said.out)
                self.assertEqual((said.status, problem["code"]), (1, "unauthenticated"), said)
                self.assertTrue(said.err.startswith("countersign: 401 Unauthorized: unauthenticated (request "
                                                    f"{problem['request_id']})"), said.err)
            told = json.loads(self.call("/signed/x", "--json", config=path).out)
            self.assertEqual((told["status"], told["verified"], told["fault"]),
                             (401, False, "the reply is not signed"))

    def test_a_stale_message_is_sent_with_a_warning(self):
        said = self.call("/form/auto/A1/x", "--at", "1700000000")
        self.assertEqual((said.status, json.loads(said.out)["code"]), (1, "stale"))
        self.assertIn("refuses it: stale (401 stale)\n", said.err)

    def test_https_is_not_spoken(self):
        said = self.call("/form/auto/A1/x", url="https://127.0.0.1:1")
        self.assertEqual((said.status, said.out), (64, ""))
        self.assertIn("call speaks no https", said.err)

    def test_a_refused_connection_says_so(self):
        with reserved_port() as reserved:
            port = reserved.getsockname()[1]
            said = self.call("/form/auto/A1/x", url=f"http://127.0.0.1:{port}")
            self.assertEqual((said.status, said.out, said.err), (
                1, "", f"countersign: can't connect to 127.0.0.1:{port}: Connection refused\n"))

    def test_a_host_that_does_not_exist_says_so(self):
        said = self.call("/form/auto/A1/x", url="http://nowhere.invalid")
        self.assertEqual((said.status, said.out), (1, ""))
        self.assertTrue(said.err.startswith("countersign: can't find the host nowhere.invalid: "), said.err)


class InBetween(Calls):
    """Somebody between client and gateway changes what comes back."""

    def through(self, change, path, *more, client="aes-128-cbc"):
        def script(peer, _):
            received, _ = read_request(peer)
            lines = [received.line, *(f"{name}: {value}" for name, value in received.fields)]
            with Connection(self.gateway.address) as onward:
                onward.send("\r\n".join(lines).encode() + b"\r\n\r\n" + received.body)
                got = onward.answer()
            peer.sendall(change(got.raw.rstrip("\r\n") + "\r\n", got.body))
        with Service(script) as middle:
            return self.call(path, *more, "--connect-to", f"127.0.0.1:{middle.port}", client=client)

    def refused(self, change, path, why, client="aes-128-cbc"):
        said = self.through(change, path, client=client)
        self.assertEqual((said.status, said.raw), (1, b""), said)
        self.assertTrue(said.err.startswith(f"countersign: {why}"), said.err)
        said = self.through(change, path, "--json", client=client)
        told = json.loads(said.out)
        self.assertEqual((said.status, told["body"], told["verified"]), (1, None, False))
        self.assertTrue(told["fault"].startswith(why))

    @staticmethod
    def unchanged(head, body):
        return head.encode() + b"\r\n" + body

    def test_an_unchanged_reply_passes(self):
        for cipher in SECRETS:
            said = self.through(self.unchanged, "/reply/string/json/x", client=cipher.lower())
            self.assertEqual((said.status, said.out), (0, BODY), said)

    def test_a_changed_body_is_refused(self):
        def change(head, body):
            return head.encode() + b"\r\n" + body[:-10] + bytes([body[-10] ^ 1]) + body[-9:]
        for cipher in SECRETS:
            self.refused(change, "/reply/string/json/x", "the reply's signature is wrong", cipher.lower())
            self.refused(change, "/sealed/x", "the reply's seal can't be opened: ", cipher.lower())
        self.refused(change, "/signed/x", "the reply's signature is wrong")

    def test_a_changed_status_is_refused(self):
        self.refused(lambda head, body: self.unchanged(head.replace(" 200 ", " 201 "), body), "/signed/x",
                     "the reply's signature is wrong")

    def test_a_signature_taken_away_is_refused(self):
        def change(head, body):
            lines = [line for line in head.split("\r\n")
                     if line.split(":")[0] not in ("timestamp", "version", "token", "signature")]
            return self.unchanged("\r\n".join(lines), body)
        self.refused(change, "/signed/x", "the reply is not signed")
        self.refused(change, "/reply/raw/text/x", "the reply is not signed")

    def test_a_signature_in_upper_case_is_refused(self):
        def change(head, body):
            begin = head.index("signature: ") + len("signature: ")
            return self.unchanged(head[:begin] + head[begin:begin + 64].upper() + head[begin + 64:], body)
        self.refused(change, "/signed/x", "the reply's signature can't be read: malformed_field")

    def test_a_reply_in_the_clear_is_refused(self):
        def change(head, body):
            return answer(200, b'{"ok":true}', "Content-Type: application/json")
        self.refused(change, "/sealed/x", "the reply's seal can't be opened: bad_payload")
        self.refused(change, "/reply/string/json/x", "the reply is not signed")

    def test_the_reply_to_another_message_is_refused(self):
        kept = []

        def change(head, body):
            kept.append(self.unchanged(head, body))
            return kept[0]
        self.assertEqual(self.through(change, "/signed/x").status, 0)
        self.refused(change, "/signed/x", "the reply's signature is wrong")

    def test_control_characters_of_a_peer_do_not_reach_the_terminal(self):
        def change(head, body):
            return answer(500, b'{"code":"\\u001b[31mred"}', "Content-Type: application/problem+json")
        said = self.through(change, "/form/auto/A1/x")
        self.assertIn(r"\x1b[31mred", said.err)
        self.assertNotIn("\x1b", said.err)

    def test_an_answer_that_ends_early_says_so(self):
        for cut in (b"", b"HTTP/1.1 200 OK\r\nContent-Le", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello"):
            said = self.through(lambda head, body, cut=cut: cut, "/form/auto/A1/x")
            self.assertEqual((said.status, said.out), (1, ""))
            self.assertIn("the connection ended before a whole answer", said.err)

    def test_what_is_no_http_says_so(self):
        said = self.through(lambda head, body: b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "/form/auto/A1/x")
        self.assertEqual((said.status, said.out), (1, ""))
        self.assertTrue(said.err.startswith("countersign: reading the answer of 127.0.0.1:"), said.err)

    def test_an_interim_answer_is_not_the_answer(self):
        said = self.through(lambda head, body: b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
                            + self.unchanged(head, body), "/signed/x")
        self.assertEqual((said.status, said.out), (0, BODY), said)

    def test_silence_is_waited_for_no_longer_than_told(self):
        def script(peer, _):
            read_request(peer)
            peer.recv(1)  # until the client gives up
        with Service(script) as silent:
            said = self.call("/form/auto/A1/x", "--timeout", "1", "--connect-to", f"127.0.0.1:{silent.port}")
        self.assertEqual((said.status, said.out, said.err), (
            1, "", f"countersign: reading the answer of 127.0.0.1:{silent.port}: no answer within 1000 ms\n"))


if __name__ == "__main__":
    unittest.main()
