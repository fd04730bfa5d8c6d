# SPDX-License-Identifier: Apache-2.0
"""The load generator and the service that stands behind the gateway while it is loaded, as processes of bench/."""

import json
import os
import re
import signal
import subprocess

from gateway import BINARY, PATIENCE, SANITIZER

FOLDER = os.environ.get("COUNTERSIGN_BENCH", os.path.dirname(BINARY))


class Service:
    """countersign_upstream with these options, as a context. After it, `counts` is what it counted."""

    def __init__(self, *options):
        self._process = subprocess.Popen([os.path.join(FOLDER, "countersign_upstream"), *options],
                                         stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                         text=True)
        line = self._process.stderr.readline()
        found = re.fullmatch(r"listening on 127\.0\.0\.1:(\d+)\n", line)
        if not found:
            self._process.kill()
            raise AssertionError(line + self._process.communicate()[1])
        self.port = int(found.group(1))
        self.counts = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def stop(self):
        self._process.send_signal(signal.SIGTERM)
        said, complaints = self._process.communicate(timeout=PATIENCE)
        assert self._process.returncode == 0, complaints
        assert not SANITIZER.search(complaints), complaints
        self.counts = json.loads(said)

    def kill(self):
        """It ends at once, with all that it has; if it has not ended before."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.communicate()

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind is None:
            self.stop()
        else:
            self._process.kill()
            self._process.communicate()


class Load:
    """countersign_load with these options, running. `--timeout` is long, because sanitizers are slow."""

    def __init__(self, url, *options):
        self.process = subprocess.Popen([os.path.join(FOLDER, "countersign_load"), url, "--json", "--timeout",
                                         str(PATIENCE), *options], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True)

    def running(self, seconds):
        """Waits so long at most. True if it has not ended."""
        try:
            self.process.wait(seconds)
            return False
        except subprocess.TimeoutExpired:
            return True

    def result(self):
        """(exit status, what it found, or what it said on stderr)."""
        said, complaints = self.process.communicate()
        assert not SANITIZER.search(complaints), complaints
        return self.process.returncode, json.loads(said) if said else complaints


def load(url, *options):
    return Load(url, *options).result()
