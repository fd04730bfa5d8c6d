#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""`explain` of captured requests: what clients did wrong, and the sentence that tells them.

--write writes the sentences anew, --capture the requests too.
"""

import base64
import json
import os
import re
import sys
import tempfile
import unittest

import mistakes
from command import run

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "golden", "explain")
CONFIG = os.path.join(FOLDER, "gateway.yaml")


def path(name, ending):
    return os.path.join(FOLDER, f"{name}.{ending}")


def capture(name):
    with open(path(name, "http"), "rb") as stream:
        return stream.read()


def explain(*arguments, config=CONFIG, **more):
    return run("explain", "-c", config, *arguments, **more)


def sentences(name):
    """The mistake's name, and what is said behind the steps and the bytes that are signed."""
    told = explain(path(name, "http"))
    as_json = json.loads(explain("--json", path(name, "http")).out)
    return as_json.get("mistake", "-") + "\n" + told.out.rsplit("\n\n", 1)[1]


def names():
    return sorted(name[:-5] for name in os.listdir(FOLDER) if name.endswith(".http"))


class Explain(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory())

    def write(self, name, data):
        where = os.path.join(self.folder, name)
        with open(where, "wb") as stream:
            stream.write(data)
        return where

    def json(self, data, *more, config=CONFIG):
        return json.loads(explain("--json", *more, "-", config=config, stdin=data).out)

    def test_each_mistake_has_its_sentence(self):
        self.assertEqual(names(), sorted(mistakes.ALL))
        for name in names():
            with self.subTest(name), open(path(name, "txt"), encoding="utf-8") as stream:
                self.assertEqual(sentences(name), stream.read())

    def test_what_is_right_is_called_right(self):
        """Nothing of what is tried may make the right message of it."""
        for name, made in {"rfc9421": mistakes.signed(), "gw1": mistakes.gw1(), "laravel": mistakes.laravel_request(),
                           "jwe": mistakes.sealed(mistakes.standards.seal(mistakes.JSON, mistakes.SEAL.hex(),
                                                                          "client-1")),
                           "stripe": mistakes.stripe(f"{mistakes.AT}.".encode() + mistakes.JSON),
                           "github": mistakes.github("sha256=" + mistakes.digest(mistakes.GITHUB,
                                                                                 mistakes.JSON).hexdigest()),
                           "slack": mistakes.slack(f"v0:{mistakes.AT}:".encode() + mistakes.JSON)}.items():
            with self.subTest(name):
                told = explain("-", stdin=made)
                self.assertEqual(told.status, 0, told)
                self.assertTrue(told.out.endswith(
                    "\nNothing is wrong with it: the gateway takes it, unless it was seen before.\n"), told.out)
                self.assertNotIn("REFUSED", told.out)

    def test_the_steps_are_those_of_the_server_with_what_they_read(self):
        told = explain("-", stdin=mistakes.signed(key=b"another"))
        self.assertEqual((told.status, told.err), (1, ""))
        steps = [line.split()[:2] for line in told.out.splitlines()[:6]]
        self.assertEqual(steps, [["ok", "framing"], ["ok", "route"], ["ok", "credential"], ["ok", "time"],
                                 ["ok", "client"], ["REFUSED", "signature"]])
        self.assertIn("route: v1, scheme: any-key, envelope: none", told.out)
        self.assertIn("token: client-1, timestamp: 1700000000 (2023-11-14T22:13:20Z), nonce: " + mistakes.NONCE,
                      told.out)
        self.assertIn("arrived: 2023-11-14T22:13:22Z, age: 2 s, window: 300 s past, 60 s ahead", told.out)
        self.assertIn("client: client-1, secrets: new, old (not in force)", told.out)
        self.assertIn("bad_signature (the client is told 401 unauthenticated); signed: 368 bytes", told.out)

    def test_the_signed_bytes_are_shown_to_the_byte(self):
        """As another implementation makes them, with what is invisible made visible."""
        values = mistakes.standards.request_values(mistakes.HOST, "/v1/orders?b=2&a=%7E1%20x", mistakes.JSON)
        told = self.json(mistakes.signed(key=b"another"))
        text = mistakes.standards.signature_base(
            values, f'({" ".join(values)});created=1700000000;keyid="client-1";nonce="{mistakes.NONCE}";tag="gw"')
        self.assertEqual(told["signed"], text.replace("\n", "\\n"))
        self.assertEqual(told["sha256"], mistakes.hashlib.sha256(text.encode()).hexdigest())
        lines = explain("-", stdin=mistakes.signed(key=b"another")).out
        self.assertIn('  | "@method": POST\\n\n  | "@authority": api.example.com\\n\n', lines)

    def test_what_the_client_signed_is_compared_byte_by_byte(self):
        made = mistakes.signed(key=b"another")
        own = self.json(made)["signed"].replace("\\n", "\n")
        said = self.json(made, "--signed", self.write("same", own.encode()))
        self.assertEqual(said["compared"],
                         "what the client signs is what the gateway signs, so the secrets differ")
        said = self.json(made, "--signed", self.write("other", own.replace("/v1/orders", "/v1/Orders").encode()))
        self.assertRegex(said["compared"], r'\Awhat the client signs differs at byte 60: the gateway has '
                                           r'"orders\\n.*", the client "Orders\\n.*"\Z')
        told = explain("--signed", self.write("short", own[:-1].encode()), "-", stdin=made)
        self.assertIn('What the client signs differs at byte 368: the gateway has """, the client nothing more.\n',
                      told.out)

    def test_no_secret_and_no_expected_signature_is_printed(self):
        secrets = [b"0123456789abcdef", mistakes.SECRET, mistakes.SECOND, b"an-old-secret-of-32-characters-!",
                   b"whsec_0123456789abcdef0123456789abcdef", mistakes.GITHUB, b"8f742231b10e8888abcd99yyyzzz85a5",
                   b"fedcba9876543210", mistakes.SIGN, mistakes.SEAL]
        forms = [form for s in secrets for form in (s, s.hex().encode(), base64.b64encode(s))]
        right = base64.b64encode(mistakes.digest(mistakes.SIGN, self.json(mistakes.signed(key=b"another"))["signed"]
                                                 .replace("\\n", "\n")).digest())
        forms += [right, mistakes.laravel.sign(mistakes.AT, b"0123456789abcdef").encode()]
        for name in names():
            # What the capture itself has is no secret of the gateway's.
            sent = capture(name)
            for arguments in ([], ["--json"]):
                told = explain(*arguments, path(name, "http"))
                for form in forms:
                    if form not in sent:
                        self.assertNotIn(form, told.raw, name)
                        self.assertNotIn(form, told.err.encode(), name)

    def test_a_secret_in_what_the_client_signed_is_not_printed(self):
        config = self.write("gateway.yaml", b"""listen: 127.0.0.1:8080
clients: {shop: {secret: correct-horse-battery}}
upstreams: {orders: http://127.0.0.1:9001}
schemes:
  own:
    type: template
    fields: {timestamp: {header: X-Time}}
    signature: {header: X-Mac}
    string_to_sign: "{timestamp}.{secret}.{body}"
routes: [{path: /, scheme: own, client: shop, upstream: orders}]
""")
        made = mistakes.request("/a", [("X-Time", mistakes.AT), ("X-Mac", "0" * 64)])
        theirs = self.write("signed", f"{mistakes.AT + 1}.correct-horse-battery.".encode() + mistakes.JSON)
        for arguments in ([], ["--json"]):
            told = explain(*arguments, "--signed", theirs, "-", config=config, stdin=made)
            self.assertNotIn("horse", told.out)
            self.assertIn('1.<secret>', told.out)
            self.assertIn("differs at byte 10: ", told.out)

    def test_a_plaintext_is_not_printed(self):
        made = mistakes.sealed(mistakes.standards.seal(b'{"private":"matter"}', mistakes.SEAL.hex(), "client-1"))
        told = explain("-", stdin=made)
        self.assertEqual(told.status, 0)
        self.assertNotIn("matter", told.out)

    def test_captures_as_people_have_them(self):
        made = mistakes.signed(key=mistakes.SECRET)
        head, body = made.split(b"\r\n\r\n")
        curl = b"".join(b"> " + line + b"\n" for line in head.split(b"\r\n")) + b">\n" + body
        for data, note in (
                (made, None),
                (made.replace(b"\r\n", b"\n"), "the head's lines end with LF alone: read as if with CR LF"),
                (curl, "the head's lines end with LF alone: read as if with CR LF"),
                (b"\r\n" + made, None),
                (made + b"\n", "the capture goes on after the body's end: 1 byte left out"),
                (made[:-5], "the capture holds 12 of the 17 bytes of the body"),
                (head + b"\r\n\r\n", "the capture holds none of the 17 bytes of the body"),
                (made.replace(b"Content-Length: 17\r\n", b""),
                 "there is no Content-Length: what follows the head is taken for the body"),
                (made.replace(b"Content-Length: 17", b"Transfer-Encoding: chunked")
                 .replace(body, b"11\r\n" + body + b"\r\n0\r\n\r\n"), None),
                (made.replace(b"Content-Length: 17", b"Transfer-Encoding: chunked"),
                 "the capture holds no whole body in the chunked coding")):
            with self.subTest(note):
                told = self.json(data)
                self.assertEqual(told["mistake"], "key-not-derived")
                self.assertEqual(told["notes"], [note] if note else [])

    def test_when_it_arrived(self):
        made = mistakes.laravel_request()
        unknown = re.sub(rb"X-Countersign-Captured.*?\r\n", b"", made)
        self.assertNotIn("refused", self.json(made))
        for at, reason in (("1700000300", None), ("1700000301", "stale"), ("1699999940", None),
                           ("1699999939", "future"), ("2023-11-14T22:18:21Z", "stale")):
            with self.subTest(at):
                self.assertEqual(self.json(made, "--at", at).get("refused"), reason)
                self.assertEqual(self.json(unknown, "--at", at).get("refused"), reason)
        told = self.json(unknown)
        self.assertNotIn("refused", told)
        self.assertRegex(told["notes"][0], r"\Awhen it arrived is not known, and it is stamped \d+ s before now: "
                                           r"explained as if it had arrived then; --at says another time\Z")

    def test_a_body_that_was_not_captured_is_not_judged(self):
        head = mistakes.laravel_request().split(b"\r\n\r\n")[0]
        told = self.json(head + b"\r\n\r\n")
        self.assertNotIn("refused", told)
        self.assertEqual(told["steps"][-1],
                         {"step": "body", "facts": {"body": "not captured: nothing can be said of it"}})

    def test_what_is_no_request_is_called_so(self):
        for data, status, err in ((b"", 1, "- is empty"), (b"\r\n\r\n", 1, "- is empty")):
            told = explain("-", stdin=data)
            self.assertEqual((told.status, told.out, told.err), (status, "", f"countersign: {err}\n"))
        for data, advice in ((b"hello\r\n\r\n", "the head can't be read"),
                             (b"GET /" + b"a" * 20000 + b" HTTP/1.1\r\n\r\n", "raise `limits.header_bytes`")):
            told = explain("-", stdin=data)
            self.assertEqual(told.status, 1)
            self.assertIn("REFUSED     framing", told.out)
            self.assertIn(advice, told.out)

    def test_wrong_use(self):
        for arguments, status, err in (
                ([], 64, "explain needs a file with the request (- for standard input), or --id"),
                (["x", "--id", "7"], 64, "explain needs a file with the request (- for standard input), or --id"),
                (["--id", "7"], 64, "--id: the configuration has no `capture`, so that no request is kept"),
                (["nowhere"], 1, "nowhere: the file can't be read: No such file or directory"),
                (["--id", "../x"], 64, "--id: the configuration has no `capture`, so that no request is kept"),
                (["--at", "soon", path("crlf", "http")], 64,
                 '--at: "soon" is neither Unix seconds nor a time like 2026-11-30T12:00:00Z'),
                (["--at", "100000000000", path("crlf", "http")], 64,
                 '--at: "100000000000" is neither Unix seconds nor a time like 2026-11-30T12:00:00Z'),
                (["--at", "-1", path("crlf", "http")], 64,
                 '--at: "-1" is neither Unix seconds nor a time like 2026-11-30T12:00:00Z'),
                (["--signed", "nowhere", path("crlf", "http")], 1,
                 "nowhere: the file can't be read: No such file or directory")):
            with self.subTest(arguments):
                told = explain(*arguments)
                self.assertEqual((told.status, told.out, told.err), (status, "", f"countersign: {err}\n"))
        told = explain("x", config="nowhere.yaml")
        self.assertEqual((told.status, told.err),
                         (78, "nowhere.yaml: the file can't be read: No such file or directory\n"))


def write(anew):
    for name, make in mistakes.ALL.items():
        if anew:
            with open(path(name, "http"), "wb") as stream:
                stream.write(make())
        with open(path(name, "txt"), "w", encoding="utf-8") as stream:
            stream.write(sentences(name))


if __name__ == "__main__":
    if sys.argv[1:] in (["--write"], ["--capture"]):
        write(sys.argv[1] == "--capture")
    else:
        unittest.main()
