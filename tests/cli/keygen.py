#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Secrets that `keygen` makes, and what the configuration says of them."""

import base64
import json
import os
import tempfile
import unittest

from cryptography.hazmat.primitives.serialization import (Encoding, PublicFormat, load_der_public_key,
                                                          load_pem_private_key)

from command import run

FILE = """listen: 127.0.0.1:8080
clients: {{billing: {{secret: {secret}, cipher: {cipher}}}}}
upstreams: {{orders: http://127.0.0.1:9001}}
routes: [{{path: /api/, scheme: laravel, upstream: orders}}]
"""


def size_of(secret):
    if secret.startswith("hex:"):
        return len(bytes.fromhex(secret[4:]))
    if secret.startswith("base64:"):
        return len(base64.b64decode(secret[7:], validate=True))
    return len(secret)


class Keygen(unittest.TestCase):
    def setUp(self):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        self.file = os.path.join(folder, "gateway.yaml")

    def check(self, secret, cipher):
        with open(self.file, "w", encoding="utf-8") as stream:
            stream.write(FILE.format(secret=secret, cipher=cipher))
        return run("check", "--strict", "-c", self.file)

    def test_check_takes_every_format_as_it_is_printed(self):
        for form in ("utf8", "hex", "base64", "laravel"):
            for size, ciphers in (("16", ("AES-128-CBC", "AES-128-GCM")), ("32", ("AES-256-CBC", "AES-256-GCM"))):
                made = run("keygen", "--format", form, "--bytes", size)
                self.assertEqual((made.status, made.err), (0, ""))
                self.assertEqual(made.out.count("\n"), 1)
                secret = made.out.rstrip("\n")
                self.assertEqual(size_of(secret), int(size), form)
                for cipher in ciphers:
                    said = self.check(secret, cipher)
                    self.assertEqual((said.status, said.err), (0, ""), (form, cipher))

    def test_a_secret_of_another_size_is_refused_by_check(self):
        made = run("keygen", "--bytes", "16").out.strip()
        self.assertEqual(self.check(made, "AES-256-CBC").status, 78)

    def test_each_is_new(self):
        for form in ("utf8", "hex", "base64", "laravel"):
            self.assertEqual(len({run("keygen", "--format", form).out for _ in range(8)}), 8, form)

    def test_16_bytes_in_hex_are_the_default_which_the_default_cipher_takes(self):
        self.assertRegex(run("keygen").out, r"\Ahex:[0-9a-f]{32}\n\Z")

    def test_letters_and_digits_are_all_that_utf8_has(self):
        drawn = run("keygen", "--format", "utf8", "--bytes", "1024").out.strip()
        self.assertRegex(drawn, r"\A[0-9A-Za-z]{1024}\Z")
        self.assertGreater(len(set(drawn)), 50)

    def test_json_holds_the_same(self):
        made = run("keygen", "--json", "--format", "base64", "--bytes", "16")
        told = json.loads(made.out)
        self.assertEqual((told["format"], told["bytes"], size_of(told["secret"])), ("base64", 16, 16))
        self.assertEqual(list(told), ["secret", "format", "bytes"])

    def test_a_key_pair_belongs_together(self):
        made = run("keygen", "--ed25519")
        self.assertEqual((made.status, made.err), (0, ""))
        # The whole output is a key file as it stands.
        private = load_pem_private_key(made.raw, None)
        last = made.out.splitlines()[-1]
        self.assertTrue(last.startswith("public_key: "))
        self.check_pair(private, last.removeprefix("public_key: "))

    def test_a_key_pair_in_json(self):
        told = json.loads(run("keygen", "--ed25519", "--json").out)
        self.assertEqual(list(told), ["private_key", "public_key"])
        self.check_pair(load_pem_private_key(told["private_key"].encode(), None), told["public_key"])

    def check_pair(self, private, public):
        spki = base64.b64decode(public, validate=True)
        load_der_public_key(spki).verify(private.sign(b"message"), b"message")
        self.assertEqual(private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo), spki)


if __name__ == "__main__":
    unittest.main()
