#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The clients that the README shows are those of interop/clients, and run as they stand there."""

import os
import re
import subprocess
import tempfile
import unittest

import vectors
from gateway import PATIENCE
from reference import FOLDER, LANGUAGES
from upstream import Upstream

README = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "README.md")
FENCES = {"bash": "bash", "php": "php", "python": "python", "node": "js", "go": "go"}


def shown(language, scheme="rfc9421"):
    """The block of this language and scheme in the section."""
    with open(README, encoding="utf-8") as stream:
        section = re.search(r"^## Clients\n(.*?)^## ", stream.read(), re.M | re.S).group(1)
    blocks = re.findall(rf"^```{FENCES[language]}\n(.*?)^```$", section, re.M | re.S)
    assert len(blocks) == (2 if language == "bash" else 1), language
    return blocks[("rfc9421", "gw1").index(scheme)]


def schemes_of(language):
    return ("rfc9421", "gw1") if language == "bash" else ("rfc9421",)


class ReadmeClients(unittest.TestCase):
    def test_each_line_stands_in_the_file_in_this_order(self):
        for language, (_, ending, _) in LANGUAGES.items():
            for scheme in schemes_of(language):
                with open(os.path.join(FOLDER, f"{scheme}.{ending}"), encoding="utf-8") as stream:
                    lines = iter([line.strip() for line in stream])
                for line in shown(language, scheme).splitlines():
                    self.assertTrue(not line.strip() or line.strip() in lines, (language, scheme, line))

    def test_each_file_is_named(self):
        with open(README, encoding="utf-8") as stream:
            text = stream.read()
        for name in os.listdir(FOLDER):
            self.assertIn(f"(tests/interop/clients/{name})", text)

    def test_gw1_signs_the_published_vector_as_it_stands(self):
        with tempfile.NamedTemporaryFile("w", suffix=".sh", encoding="utf-8") as script:
            script.write(shown("bash", "gw1"))
            script.flush()
            got = self.sent([*LANGUAGES["bash"][0], script.name], vectors.environment("bash", "gw1"))
        self.assertEqual((got.line, got.body), (f"POST {vectors.TARGET} HTTP/1.1", vectors.BODY))
        self.assertEqual(got.field("x-auth-signature"),
                         "225521912530e9b15d80aa11eb858e1716676486652274694d9d34351f5b6847")

    def test_each_signs_the_published_vector_as_it_stands(self):
        named = {one["name"]: one for one in vectors.vectors("rfc9421.json")["rfc9421"]}
        wanted = named["default profile, hmac-sha256"]
        for language, (runner, ending, _) in LANGUAGES.items():
            if not runner:
                continue  # of Go, which has functions for what is said twice, the README shows one function's middle
            with tempfile.NamedTemporaryFile("w", suffix="." + ending, encoding="utf-8") as script:
                script.write(shown(language))
                script.flush()
                got = self.sent([*runner, script.name], vectors.environment(language, "rfc9421"))
            self.assertEqual((got.line, got.body), (f"POST {vectors.TARGET} HTTP/1.1", vectors.BODY), language)
            self.assertEqual(got.field("signature-input"), "sig=" + wanted["signature_input"], language)
            self.assertEqual(got.field("signature"), f"sig=:{wanted['signature']}:", language)

    def sent(self, command, environment):
        def close(_, peer):  # the answer is none of the block's business
            peer.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
            peer.close()

        with Upstream(close) as service:
            subprocess.run([*command, service.url + vectors.TARGET, vectors.CLIENT, vectors.BODY.decode()], check=True,
                           env={"PATH": os.environ["PATH"], **environment}, timeout=PATIENCE, capture_output=True)
            (got,) = service.requests
            return got


if __name__ == "__main__":
    unittest.main()
