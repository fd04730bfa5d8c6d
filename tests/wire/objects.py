#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What PHP would make objects of is refused, by whoever it was sealed."""

import unittest

from laravel import Client, seal
from talk import Refusals

CBC = Client()
GCM = Client("wh-7", bytes(range(32)), "AES-256-GCM")
# V20: CVE-2018-15133. What unserialize() instantiates, calls, or follows, alone and within arrays.
NEVER = [b'O:8:"stdClass":0:{}', b'O:8:"stdClass":1:{s:1:"a";i:1;}', b'O:+8:"stdClass":0:{}', b'o:1:{s:1:"a";i:1;}',
         b'C:11:"ArrayObject":21:{x:i:0;a:0:{};m:a:0:{}}', b'E:11:"Suit:Hearts";', b"R:1;", b"r:1;",
         b'S:5:"\\68ello";', b'O:40:"Illuminate\\Broadcasting\\PendingBroadcast":0:{}']
PAIRS = [b"a:2:{i:0;i:1;i:1;R:2;}", b"a:2:{i:0;i:1;i:1;r:2;}", b"a:1:{i:0;R:1;}"]
SCHEMES = """
schemes:
  serialized: {preset: laravel, plaintext: php_serialized}
  quoted: {preset: laravel, plaintext: php_serialized, string_as: json_string}
"""
ROUTES = """
  - {path: /serialized/, scheme: serialized, upstream: orders}
  - {path: /any/, scheme: serialized, upstream: orders, content: any}
  - {path: /quoted/, scheme: quoted, upstream: orders}
"""


class Objects(Refusals):
    MORE = ROUTES + SCHEMES

    def test_objects_enums_and_references_are_refused(self):
        texts = NEVER + [b"a:1:{i:0;" + text + b"}" for text in NEVER] + PAIRS
        texts += [b'a:1:{s:1:"x";a:1:{i:0;' + text + b"}}" for text in NEVER]
        texts += [b"a:1:{" + text + b"i:0;}" for text in NEVER]
        for path in ("/api/x", "/serialized/x", "/any/x", "/quoted/x"):
            for client in (CBC, GCM):
                for text in texts:
                    payload = seal(text, client.secret, client.cipher)
                    self.refused(client.request(path=path, payload=payload), (path, text), 422, "not_json")
        self.assertEqual(self.service.connections, 0)

    def test_a_string_that_looks_like_an_object_is_a_string(self):
        text = 'O:8:"stdClass":0:{}'
        payload = seal(f's:{len(text)}:"{text}";'.encode(), CBC.secret)
        got = self.passes(CBC.request(path="/serialized/x", payload=payload))
        self.assertEqual(got.body, b'"O:8:\\"stdClass\\":0:{}"')


if __name__ == "__main__":
    unittest.main()
