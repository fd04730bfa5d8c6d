#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What `derive` prints is what another implementation of HKDF makes of the same secret."""

import json
import os
import unittest

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from command import run
from gateway import Gateway

CONFIG = """\
listen: 127.0.0.1:0
clients:
  client-1:
    secrets:
      - {id: new, value: "hex:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", from: 2020-01-01}
      - {id: old, value: another-secret-of-32-characters!}
  robot: {public_key: MCowBQYDK2VwAyEAA6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=}
upstreams: {orders: http://127.0.0.1:9}
routes: [{path: /v1/, scheme: rfc9421, upstream: orders}]
"""
SIZES = {"sign": 32, "A128GCM": 16, "A256GCM": 32, "A128CBC-HS256": 32, "A256CBC-HS512": 64, "aes128gcm": 32,
         "A128KW": 16, "A256KW": 32}


def hkdf(secret, info, size):
    return HKDF(SHA256(), size, b"gw-kdf-v1", info.encode()).derive(secret).hex()


class Derive(unittest.TestCase):
    def setUp(self):
        self.gateway = self.enterContext(Gateway(CONFIG))

    def derive(self, *more, client="client-1"):
        return run("derive", "-c", self.gateway.config, "--client", client, *more)

    def test_every_key_is_that_of_another_implementation(self):
        for arguments, secret in (((), bytes(range(32))), (("--secret", "old"), b"another-secret-of-32-characters!")):
            with self.subTest(arguments):
                said = self.derive("--json", *arguments)
                self.assertEqual((said.status, said.err), (0, ""))
                found = json.loads(said.out)
                self.assertEqual(found["client"], "client-1")
                self.assertEqual(len(found["keys"]), 16)
                for name, key in found["keys"].items():
                    size = SIZES[name.partition(":")[2] or "sign"]
                    self.assertEqual(key, hkdf(secret, f"{name}:client-1", size), name)

    def test_people_get_a_line_for_each(self):
        said = self.derive()
        lines = dict(line.split() for line in said.out.splitlines())
        self.assertEqual(lines, json.loads(self.derive("--json").out)["keys"])
        # The published vector.
        self.assertEqual(lines["sign-c2s"], "0127678054456465623f6d9cb06a06c773a516b58866c4aa840dd40142e49cdb")

    def test_keys_of_its_own_are_what_it_uses(self):
        config = self.gateway.config + ".own"
        with open(config, "w", encoding="utf-8") as stream:
            stream.write(CONFIG.replace("  robot:", "  own: {secret: a-secret-of-sixteen-or-more, signing_secret: "
                                        "for-signing-alone-0123456789, encryption_key: 0123456789abcdef0123456789abcdef"
                                        "}\n  robot:").replace("[{path", "[{path: /s/, scheme: rfc9421, envelope: jwe, "
                                                              "upstream: orders}, {path"))
        keys = json.loads(run("derive", "-c", config, "--client", "own", "--json").out)["keys"]
        signing, sealing = b"for-signing-alone-0123456789", b"0123456789abcdef0123456789abcdef"
        self.assertEqual(keys["sign-c2s"], signing.hex())
        self.assertEqual(keys["sign-s2c"], hkdf(signing, "sign-s2c:own", 32))
        self.assertEqual(keys["enc-c2s:A256GCM"], sealing.hex())
        self.assertEqual(keys["enc-s2c:A256GCM"], hkdf(sealing, "enc-s2c:A256GCM:own", 32))
        self.assertNotIn("enc-c2s:A128GCM", keys)  # the key is none for it
        self.assertEqual(keys["enc-c2s:aes128gcm"], sealing.hex())

    def test_who_or_what_is_not_there_is_told(self):
        for arguments, client, why in (((), "client-2", 'no client is called "client-2"; did you mean "client-1"?'),
                                       (("--secret", "ne"), "client-1", 'has no secret called "ne"'),
                                       ((), "robot", "has no secret in force now")):
            with self.subTest(client=client, arguments=arguments):
                said = self.derive(*arguments, client=client)
                self.assertEqual((said.status, said.out), (64, ""))
                self.assertIn(why, said.err)
        self.assertEqual(run("derive", "-c", os.devnull, "--client", "x").status, 78)


if __name__ == "__main__":
    unittest.main()
