# SPDX-License-Identifier: Apache-2.0
"""Runs what is in interop/npm on the libraries that its lock file names. They come from the npm registry once and are
kept, checked by npm against the lock file, in the user's cache; without them and without a network the tests fail."""

import base64
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import tempfile

from gateway import PATIENCE

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "interop", "npm")
NAMES = ("package.json", "package-lock.json", ".npmrc")
NODE = "/usr/bin/node"


def b64(data):
    return base64.b64encode(data).decode()


def _cache():
    return os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")


def modules():
    """The folder of the libraries, which is complete as soon as it has its name."""
    digest = hashlib.sha256()
    for name in NAMES:
        with open(os.path.join(FOLDER, name), "rb") as stream:
            digest.update(stream.read())
    kept = os.path.join(_cache(), "countersign", "npm-" + digest.hexdigest()[:16])
    os.makedirs(os.path.dirname(kept), exist_ok=True)
    with open(kept + ".lock", "wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # tests of several presets may want them at once
        if not os.path.isdir(kept):
            _install(kept)
    return os.path.join(kept, "node_modules")


def _install(kept):
    with tempfile.TemporaryDirectory(prefix="npm-", dir=os.path.dirname(kept)) as folder:
        for name in NAMES:
            shutil.copy(os.path.join(FOLDER, name), folder)
        done = subprocess.run(["npm", "ci", "--prefer-offline"], cwd=folder, stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=10 * PATIENCE)
        said = (done.stdout + done.stderr).decode("utf-8", "replace")
        assert done.returncode == 0, "npm could not install the libraries that the test is about:\n" + said
        os.rename(folder, kept)
        os.mkdir(folder)  # for the context to remove


class Npm:
    """The libraries, ready to run, as a context."""

    def __enter__(self):
        self._folder = tempfile.mkdtemp(prefix="countersign-npm-")
        for name in os.listdir(FOLDER):
            if name == "package.json" or name.endswith(".mjs"):
                shutil.copy(os.path.join(FOLDER, name), self._folder)
        os.symlink(modules(), os.path.join(self._folder, "node_modules"))
        return self

    def __exit__(self, *_):
        shutil.rmtree(self._folder)

    def run(self, jobs):
        """What each job gives, or an Exception that says why the library refused."""
        done = subprocess.run([NODE, os.path.join(self._folder, "run.mjs")], input=json.dumps(jobs).encode(),
                              capture_output=True, timeout=4 * PATIENCE)
        assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        assert len(lines) == len(jobs), (len(lines), len(jobs))
        return [line["gives"] if "gives" in line else ValueError(line["refuses"]) for line in lines]
