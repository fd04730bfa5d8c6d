# SPDX-License-Identifier: Apache-2.0
"""Runs the clients of interop/clients: one in each language for each scheme."""

import os
import shutil
import subprocess
import tempfile

from gateway import BINARY, PATIENCE

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "interop", "clients")
SCHEMES = ("rfc9421", "gw1", "laravel")
# How each language runs a file, and the JWE algorithm that its clients speak. Go is compiled once for a whole test.
LANGUAGES = {
    "bash": (("/usr/bin/bash",), "sh", "A128CBC-HS256"),
    "php": (("/usr/bin/php", "-d", "display_errors=stderr", "-d", "error_reporting=-1"), "php", "A256GCM"),
    "python": (("/usr/bin/python3", "-B"), "py", "A256GCM"),
    "node": (("/usr/bin/node",), "mjs", "A256GCM"),
    "go": ((), "go", "A256GCM"),
}


def algorithm(language):
    return LANGUAGES[language][2]


def source(language, scheme):
    return os.path.join(FOLDER, f"{scheme}.{LANGUAGES[language][1]}")


class Clients:
    """Ready to run, as a context."""

    def __enter__(self):
        self._folder = tempfile.mkdtemp(prefix="countersign-clients-")
        # What Go has compiled of its library stays beside the binary under test.
        environment = {**os.environ, "GO111MODULE": "off", "GOPROXY": "off", "GOFLAGS": "",
                       "GOCACHE": os.path.join(os.path.dirname(os.path.abspath(BINARY)), "go-cache")}
        for scheme in SCHEMES:
            subprocess.run(["/usr/bin/go", "build", "-o", os.path.join(self._folder, scheme), source("go", scheme),
                            source("go", "jwe")], env=environment, check=True, timeout=10 * PATIENCE)
        return self

    def __exit__(self, *_):
        shutil.rmtree(self._folder)

    def run(self, language, scheme, url, client, body, given):
        """(exit status, standard output, standard error). `given` is what the environment holds for it."""
        runner, _, _ = LANGUAGES[language]
        command = [*runner, source(language, scheme)] if runner else [os.path.join(self._folder, scheme)]
        done = subprocess.run([*command, url, client, body], env={"PATH": os.environ["PATH"], **given},
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=2 * PATIENCE)
        return done.returncode, done.stdout, done.stderr.decode("utf-8", "replace")
