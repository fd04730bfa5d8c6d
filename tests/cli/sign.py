#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What `sign` prints is taken by the gateway, and opened by a second implementation."""

import base64
import json
import os
import re
import tempfile
import time
import unittest
from urllib.parse import parse_qs

import laravel
from command import run
from gateway import Gateway
from many import CONSTRUCTIONS, PAYLOADS, PLAINTEXTS, SECRETS, configuration
from upstream import Upstream
from wire import exchange

MESSAGE = '{"text":"it\'s \\"100%\\" & Zoë","list":[1,2]}'
VALID = re.compile(r"\Acountersign: warning: this is a valid message of \"[a-z0-9-]+\": whoever has it can send it, "
                   r"once, until \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\n\Z")


def payload_in(form, body):
    if form in ("auto", "form"):
        return parse_qs(body, strict_parsing=True)["sealed"][0]
    return json.loads(body)["sealed"] if form == "json" else body


class Sign(unittest.TestCase):
    def setUp(self):
        self.service = self.enterContext(Upstream())
        self.gateway = self.enterContext(Gateway(configuration(self.service.url)))

    def sign(self, path, *more, client="aes-128-cbc", message=MESSAGE, **how):
        data = [] if message is None else ["-d", message]
        return run("sign", "-c", self.gateway.config, "--client", client, *data, *more, self.gateway.url + path, **how)

    def test_a_shell_takes_the_curl_command_as_it_stands(self):
        for cipher in SECRETS:
            said = self.sign("/auto/auto/A1/x?a=1&b=$HOME;c='d'&e[]={f,g}", client=cipher.lower())
            self.assertEqual(said.status, 0, said)
            self.assertRegex(said.err, VALID)
            self.assertEqual(said.out.count("\n"), 1)
            sent = run(shell=said.out.rstrip("\n") + " -sS -w ' %{http_code}'")
            self.assertEqual((sent.status, sent.out, sent.err), (0, '{"ok":true} 200', ""), said)
            got = self.service.requests[-1]
            self.assertEqual(got.line, "POST /auto/auto/A1/x?a=1&b=$HOME;c='d'&e[]={f,g} HTTP/1.1")
            self.assertEqual(got.body.decode(), MESSAGE)
            self.assertEqual(got.field("X-Client-Id"), cipher.lower())
            again = run(shell=said.out.rstrip("\n") + " -sS")
            self.assertEqual(json.loads(again.out)["code"], "replayed")

    def test_raw_bytes_go_over_a_socket_as_they_stand(self):
        for form in PAYLOADS:
            said = self.sign(f"/{form}/auto/A1/x", "--raw")
            answer = exchange(self.gateway.address, said.raw)
            self.assertEqual(answer.status, 200, (form, answer))
            self.assertEqual(answer.field("connection"), "close")
            self.assertEqual(self.service.requests[-1].body.decode(), MESSAGE)

    def test_a_second_implementation_opens_it_in_every_setting(self):
        for cipher, secret in SECRETS.items():
            for form in PAYLOADS:
                for plaintext in PLAINTEXTS:
                    construction = CONSTRUCTIONS[(PAYLOADS.index(form) + PLAINTEXTS.index(plaintext)) % 3]
                    what = (cipher, form, plaintext, construction)
                    said = self.sign(f"/{form}/{plaintext}/{construction}/x", "--json", client=cipher.lower())
                    self.assertEqual(said.status, 0, (what, said))
                    made = json.loads(said.out)
                    fields = dict(made["fields"])
                    self.assertEqual(laravel.sign(fields["X-Time"], secret, construction), fields["X-Signature"], what)
                    opened = laravel.open_sealed(payload_in(form, made["body"]), secret, cipher)
                    expected = MESSAGE.encode() if plaintext == "raw" else laravel.serialize(MESSAGE)
                    self.assertEqual(opened, expected, what)

    def test_each_construction_is_proven(self):
        for construction in CONSTRUCTIONS:
            said = self.sign(f"/form/auto/{construction}/x", "--raw")
            self.assertEqual(exchange(self.gateway.address, said.raw).status, 200, construction)

    def test_json_says_what_it_is(self):
        said = self.sign("/auto/auto/A1/x", "--json", "--version", "2.3.4", "--at", str(int(time.time()) - 10))
        made = json.loads(said.out)
        self.assertEqual(list(made), ["method", "url", "fields", "body", "route", "client", "secret", "timestamp",
                                      "refused"])
        self.assertEqual((made["method"], made["client"], made["secret"], made["refused"]),
                         ("POST", "aes-128-cbc", "default", None))
        self.assertEqual(made["url"], self.gateway.url + "/auto/auto/A1/x")
        self.assertEqual([name for name, _ in made["fields"]],
                         ["Content-Type", "X-Time", "X-Version", "X-Token", "X-Signature"])
        self.assertEqual(dict(made["fields"])["X-Version"], "2.3.4")
        self.assertEqual(dict(made["fields"])["X-Time"], str(made["timestamp"]))

    def test_a_request_without_a_body_where_the_route_takes_one(self):
        for method in ("GET", "DELETE", "HEAD"):
            said = self.sign("/free/x", "-X", method, message=None)
            self.assertNotIn("Content-Type", said.out)
            sent = run(shell=said.out.rstrip("\n") + " -sS -o /dev/null -w '%{http_code}'")
            # Their marks are the stamp alone: a second one within a second is refused, as it should.
            self.assertIn(sent.out, ("200", "401"), (method, said))
        self.assertEqual(self.service.requests[0].line, "GET /free/x HTTP/1.1")

    def test_a_body_that_the_route_needs_is_asked_for(self):
        for path, more in (("/auto/auto/A1/x", []), ("/free/x", ["-X", "POST"])):
            said = self.sign(path, *more, message=None)
            self.assertEqual((said.status, said.out), (64, ""), said)
            self.assertRegex(said.err, r'\Acountersign: the route "[\w-]+" takes no (GET|POST) without a body: ')

    def test_the_body_comes_from_a_file_or_standard_input(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "body.json")
            with open(path, "w", encoding="utf-8") as stream:
                stream.write('{"from": "a file"}\n')
            for data, stdin in (("@" + path, None), ("@-", b'{"from": "a file"}\n')):
                said = self.sign("/auto/auto/A1/x", "-d", data, "--raw", message=None, stdin=stdin)
                self.assertEqual(exchange(self.gateway.address, said.raw).status, 200, said)
                self.assertEqual(self.service.requests[-1].body, b'{"from": "a file"}\n')
        said = self.sign("/auto/auto/A1/x", message="@nowhere")
        self.assertEqual((said.status, said.err), (1, "countersign: nowhere: the file can't be read: No such file or "
                                                      "directory\n"))

    def test_an_empty_body_is_a_body(self):
        said = self.sign("/auto/auto/A1/x", "--raw", message="")
        self.assertEqual(exchange(self.gateway.address, said.raw).status, 200, said)
        self.assertEqual(self.service.requests[-1].body, b'""')

    def test_a_body_too_long_for_a_shell_is_sent_another_way(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "body.json")
            with open(path, "w", encoding="utf-8") as stream:
                stream.write('"' + "x" * 100_000 + '"')
            said = self.sign("/auto/auto/A1/x", message="@" + path)
            self.assertEqual((said.status, said.out), (1, ""))
            self.assertIn("doesn't fit a command line: use --raw", said.err)
            said = self.sign("/auto/auto/A1/x", "--raw", message="@" + path)
            self.assertEqual(exchange(self.gateway.address, said.raw).status, 200)

    def test_a_route_by_its_host(self):
        url = "http://api.example.com/named/x"
        said = run("sign", "-c", self.gateway.config, "--client", "aes-128-gcm", "-d", "{}", "--connect-to",
                   "%s:%d" % self.gateway.address, url)
        sent = run(shell=said.out.rstrip("\n") + " -sS -o /dev/null -w '%{http_code}'")
        self.assertEqual(sent.out, "200", said)
        self.assertEqual(self.service.requests[-1].field("X-Forwarded-Host"), "api.example.com")

    def test_https_is_for_curl_to_speak(self):
        said = run("sign", "-c", self.gateway.config, "--client", "aes-128-gcm", "-d", "{}",
                   "https://api.example.com/named/x")
        self.assertEqual(said.status, 0)
        self.assertTrue(said.out.endswith(" https://api.example.com/named/x\n"), said)

    def test_a_route_without_a_scheme_gets_no_credentials(self):
        said = self.sign("/plain/x", message="as it is")
        self.assertEqual(said.err, 'countersign: warning: the route "plain" says `scheme: none`: nothing is signed or '
                                   'sealed\n')
        run(shell=said.out.rstrip("\n") + " -sS")
        self.assertEqual(self.service.requests[-1].body, b"as it is")

    def test_what_will_be_refused_is_foreseen(self):
        said = self.sign("/auto/auto/A1/x", "--at", "1700000000")
        self.assertEqual(said.status, 0)
        self.assertEqual(said.err, "countersign: warning: by this configuration and this clock the gateway refuses it: "
                                   "stale (401 stale)\n")
        sent = run(shell=said.out.rstrip("\n") + " -sS")
        self.assertEqual(json.loads(sent.out)["code"], "stale")

    def test_what_can_not_be_said_exits_with_64(self):
        base = ["sign", "-c", self.gateway.config, "-d", "{}"]
        for more, why in (
                (["--client", "aes-128-cbd", self.gateway.url + "/form/auto/A1/x"],
                 'no client is called "aes-128-cbd"; did you mean "aes-128-cbc"?'),
                (["--client", "aes-128-cbc", self.gateway.url + "/nowhere"],
                 "no route takes %s:%d/nowhere" % self.gateway.address),
                (["--client", "aes-128-cbc", "--secret", "old", self.gateway.url + "/form/auto/A1/x"],
                 '"aes-128-cbc" has no secret called "old"; known here: default'),
                (["--client", "aes-128-cbc", "--version", "a b", self.gateway.url + "/form/auto/A1/x"],
                 '"a b" is no version: 1 to 32 of A-Z a-z 0-9 . _ + -'),
                (["--client", "aes-128-cbc", "-X", "TRACE", self.gateway.url + "/form/auto/A1/x"],
                 'the gateway knows no method "TRACE"; methods are written in upper case'),
                (["--client", "aes-128-cbc", "127.0.0.1:8080/form/auto/A1/x"],
                 '"127.0.0.1:8080/form/auto/A1/x" must be a URL like http://127.0.0.1:8080/api/orders'),
                (["--client", "aes-128-cbc", "--connect-to", "here", self.gateway.url + "/form/auto/A1/x/.."],
                 'the gateway takes no path like "/form/auto/A1/x/..": what could mean two things (//, %2e, a dot '
                 "segment, another route's path once it is decoded, %2F unless the route has allow_encoded_slash) is "
                 "refused"),
                (["--client", "aes-128-cbc", "--connect-to", "here:0", self.gateway.url + "/form/auto/A1/x"],
                 '--connect-to: "here:0" must be HOST:PORT')):
            said = run(*base, *more)
            self.assertEqual((said.status, said.out, said.err), (64, "", f"countersign: {why}\n"))

    def test_a_wrong_configuration_exits_with_78(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "wrong.yaml")
            with open(path, "w", encoding="utf-8") as stream:
                stream.write("listen: 127.0.0.1:8080\nclient: {}\n")
            said = run("sign", "-c", path, "--client", "a", "-d", "{}", "http://h/")
            self.assertEqual((said.status, said.out), (78, ""))
            self.assertIn(f"{path}:2:1: client: ", said.err)


class Secrets(unittest.TestCase):
    """Several generations at once."""

    CONFIG = """listen: 127.0.0.1:0
workers: 1
clients:
  billing:
    secrets:
      - {{id: next, value: 0011223344556677, from: 2990-01-01}}
      - {{id: new, value: 8899aabbccddeeff, from: 2020-01-01}}
      - {{id: old, value: 01234567fedcba98}}
upstreams: {{orders: {upstream}}}
routes: [{{path: /, scheme: laravel, upstream: orders}}]
"""

    def test_the_newest_in_force_signs_unless_another_is_named(self):
        with Upstream() as service, Gateway(self.CONFIG.format(upstream=service.url)) as gateway:
            base = ["sign", "-c", gateway.config, "--client", "billing", "-d", "{}", "--raw"]
            for more, expected in (([], "new"), (["--secret", "old"], "old")):
                said = run(*base, *more, gateway.url + "/x")
                self.assertEqual(exchange(gateway.address, said.raw).status, 200)
                self.assertEqual(gateway.next_log_line()["secret"], expected)
            said = run(*base, "--secret", "next", gateway.url + "/x")
            self.assertIn("refuses it: bad_signature (401 unauthenticated)", said.err)
            self.assertEqual(exchange(gateway.address, said.raw).status, 401)


class Standards(unittest.TestCase):
    """What the schemes and envelopes beside Laravel's need of the command line."""

    CONFIG = """listen: 127.0.0.1:0
workers: 1
clients:
  client-1: {{secret: "hex:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"}}
upstreams: {{orders: {upstream}}}
schemes:
  tenants:
    preset: rfc9421
    components: ["@method", "@authority", "@path", "@query", x-tenant, content-digest]
routes:
  - {{path: /aes/, scheme: rfc9421, envelope: aes128gcm, upstream: orders}}
  - {{path: /tenants/, scheme: tenants, content: any, upstream: orders}}
"""

    def setUp(self):
        self.service = self.enterContext(Upstream())
        self.gateway = self.enterContext(Gateway(self.CONFIG.format(upstream=self.service.url)))

    def sign(self, path, *more, message=MESSAGE):
        return run("sign", "-c", self.gateway.config, "--client", "client-1", "-d", message, *more,
                   self.gateway.url + path)

    def test_a_field_of_ones_own_is_signed_and_sent(self):
        said = self.sign("/tenants/x", "-H", "X-Tenant: acme", "-H", "Content-Type: text/plain", message="hello")
        sent = run(shell=said.out.rstrip("\n") + " -sS -w ' %{http_code}'")
        self.assertEqual((sent.status, sent.out), (0, '{"ok":true} 200'), said)
        got = self.service.requests[-1]
        self.assertEqual((got.field("x-tenant"), got.field("content-type"), got.body), ("acme", "text/plain", b"hello"))
        changed = self.sign("/tenants/x", "-H", "X-Tenant: acme", "--raw").raw.replace(b"acme", b"evil")
        self.assertEqual(exchange(self.gateway.address, changed).status, 401)
        self.assertEqual(run("call", "-c", self.gateway.config, "--client", "client-1", "-d", "{}", "-H",
                             "x-tenant:acme", self.gateway.url + "/tenants/x").out, '{"ok":true}')

    def test_a_field_that_is_missing_or_none_is_told(self):
        for more, why in (((), 'the scheme "tenants" signs the field "x-tenant", which this message lacks'),
                          (("-H", "nothing"), '--header: "nothing" must be NAME: VALUE'),
                          (("-H", "a b: c"), '--header: "a b: c" must be NAME: VALUE'),
                          (("-H", "x: a\nb"), "--header: the value of x holds a character that no field may"),
                          (("-H", "Host: x"), "--header: Host is not for you to say")):
            with self.subTest(more):
                said = self.sign("/tenants/x", *more)
                self.assertEqual((said.status, said.out, said.err), (64, "", f"countersign: {why}\n"))
        self.assertIn("the envelope says what Content-Type the body has",
                      self.sign("/aes/x", "-H", "Content-Type: text/plain").err)

    def test_a_body_that_is_no_text_goes_through_a_pipe_and_as_base64(self):
        said = self.sign("/aes/x")
        self.assertEqual(said.status, 0, said)
        sent = run(shell=said.out.rstrip("\n") + " -sS -w ' %{http_code}'")
        self.assertEqual((sent.status, sent.out), (0, '{"ok":true} 200'), said)
        self.assertEqual(self.service.requests[-1].body.decode(), MESSAGE)
        made = json.loads(self.sign("/aes/x", "--json").out)
        self.assertNotIn("body", made)
        head = "".join(f"{name}: {value}\r\n" for name, value in made["fields"])
        body = base64.b64decode(made["body_base64"])
        request = f"POST /aes/x HTTP/1.1\r\nHost: {self.gateway.url[7:]}\r\n{head}Content-Length: {len(body)}\r\n\r\n"
        self.assertEqual(exchange(self.gateway.address, request.encode() + body).status, 200)


if __name__ == "__main__":
    unittest.main()
