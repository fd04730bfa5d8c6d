#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The PHP client of the README runs as it stands: only URL, token and secret come from the environment."""

import os
import re
import tempfile
import unittest

from foreign import PhpServer, run_php
from gateway import Gateway, basic

README = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "README.md")
SEALED = """
  - {path: /sealed/, scheme: laravel, upstream: orders, reply: {sign: true, seal: true}}
"""


def blocks():
    """The PHP of the section, block by block."""
    with open(README, encoding="utf-8") as stream:
        section = re.search(r"^## A PHP client\n(.*?)^## ", stream.read(), re.M | re.S).group(1)
    return re.findall(r"^```php\n(.*?)^```$", section, re.M | re.S)


class Readme(unittest.TestCase):
    def run_client(self, text, gateway, path):
        with tempfile.NamedTemporaryFile("w", suffix=".php", encoding="utf-8") as script:
            script.write(text)
            script.flush()
            return run_php(script.name, environment={"COUNTERSIGN_URL": gateway.url + path,
                                                     "COUNTERSIGN_TOKEN": "my_key",
                                                     "COUNTERSIGN_SECRET": "0123456789abcdef"}).decode()

    def converse(self, text, path):
        with PhpServer() as service, Gateway(basic(service.url, more=SEALED)) as gateway:
            said = self.run_client(text, gateway, path)
            (got,) = service.stop().values()
            self.assertEqual(got["body"], b'{"hello":"world"}')
            self.assertEqual(got["fields"]["x-client-id"], "billing")
            return said

    def test_the_section_has_a_client_and_what_opens_a_reply(self):
        client, opener = blocks()
        self.assertTrue(client.startswith("<?php\n"))
        self.assertNotIn("<?php", opener)

    def test_the_client_sends_a_message(self):
        self.assertEqual(self.converse(blocks()[0], "/api/orders"), '200 {"ok":true}\n')

    def test_the_client_proves_and_opens_a_sealed_reply(self):
        first, second = self.converse("".join(blocks()), "/sealed/orders").splitlines()
        self.assertRegex(first, r'^200 \{"data":"[A-Za-z0-9+/=]+"\}$')
        self.assertEqual(second, '{"ok":true}')

    def test_its_defaults_are_those_of_the_configuration_above_it(self):
        with open(README, encoding="utf-8") as stream:
            config = re.search(r"^```yaml\n(.*?)^```$", stream.read(), re.M | re.S).group(1)
        for value in ("http://127.0.0.1:8080/api/", "my_key", "0123456789abcdef"):
            self.assertIn(f"?: '{value}", blocks()[0])
        for line in ("listen: 127.0.0.1:8080", "path: /api/", "token: my_key", "secret: 0123456789abcdef"):
            self.assertIn(line, config)


if __name__ == "__main__":
    unittest.main()
