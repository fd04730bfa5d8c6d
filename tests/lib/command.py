# SPDX-License-Identifier: Apache-2.0
"""Runs one command of the real binary to its end."""

import os
import subprocess

from gateway import BINARY, PATIENCE, SANITIZER


class Outcome:
    def __init__(self, status, out, err):
        self.status, self.raw, self.err = status, out, err

    @property
    def out(self):
        return self.raw.decode()

    def __repr__(self):
        return f"<exit {self.status}\n stdout: {self.raw!r}\n stderr: {self.err}>"


def run(*arguments, stdin=None, environment=None, shell=None, cwd=None):
    """`countersign ARGUMENTS`, or with `shell` that command line in a POSIX shell. `stdin` is bytes."""
    command = ["/bin/sh", "-c", shell] if shell is not None else [BINARY, *arguments]
    done = subprocess.run(command, input=stdin, stdin=subprocess.DEVNULL if stdin is None else None, cwd=cwd,
                          env={**os.environ, **(environment or {})}, capture_output=True, timeout=PATIENCE,
                          check=False)
    err = done.stderr.decode("utf-8", "replace")
    assert not SANITIZER.search(err), err
    return Outcome(done.returncode, done.stdout, err)
