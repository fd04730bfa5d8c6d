#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The container file, without building it: it takes what the other ways to build and install take, and no root."""

import os
import re
import subprocess
import unittest

from gateway import BINARY

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
BASE = {"libc6", "libgcc-s1"}  # in every image of Debian's
SANITIZER = re.compile(r"lib(?:asan|ubsan|tsan|lsan)\d")


def text_of(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as stream:
        return stream.read()


def instructions(text):
    """[(NAME, rest)] of a container file, comments and continued lines resolved."""
    plain = re.sub(r"^#.*\n", "", text, flags=re.M).replace("\\\n", " ")
    return [tuple(" ".join(line.split()).split(" ", 1)) for line in plain.splitlines() if line.strip()]


def stages(text):
    """The instructions of each stage."""
    found = []
    for name, rest in instructions(text):
        if name == "FROM":
            found.append([])
        found[-1].append((name, rest))
    return found


def packages(stage):
    installs = [rest for name, rest in stage if name == "RUN" and "apt-get install" in rest]
    (words,) = [re.search(r"--no-install-recommends ([^&]*)", one).group(1).split() for one in installs]
    return set(words)


def package_of(library):
    """Debian's package of a library that the loader found; it may know it without /usr."""
    real = os.path.realpath(library)
    for path in (library, real, library.removeprefix("/usr"), "/usr" + library, real.removeprefix("/usr")):
        found = subprocess.run(["dpkg-query", "--search", path], capture_output=True, text=True, check=False)
        if found.returncode == 0:
            return found.stdout.split(":")[0]
    raise AssertionError(f"{library} is in no package")


class Container(unittest.TestCase):
    def setUp(self):
        self.build, self.image = stages(text_of("conf", "Containerfile"))

    def test_a_volume_that_is_empty_may_have_been_lost(self):
        said = dict(word.split("=") for name, rest in self.image if name == "ENV" for word in rest.split())
        self.assertEqual(said["COUNTERSIGN_EPHEMERAL"], "1")
        self.assertIn('"COUNTERSIGN_EPHEMERAL"', text_of("gateway", "app", "marks.cpp"))

    def test_it_is_built_of_the_packages_of_the_build(self):
        listed = subprocess.run([os.path.join(ROOT, "tests", "lib", "packages.sh"), "--list", "build"], check=True,
                                capture_output=True, text=True)
        self.assertEqual(packages(self.build), set(listed.stdout.split()))

    def test_it_is_built_as_the_quickstart_builds(self):
        wanted = re.findall(r"^(cmake .*) >&2$", text_of("gateway", "quickstart.sh"), re.M)
        self.assertEqual(len(wanted), 2)
        self.assertEqual([rest for name, rest in self.build if name == "RUN" and rest.startswith("cmake ")], wanted)

    def test_the_image_has_the_packages_of_the_libraries_that_are_linked(self):
        needed = re.findall(r"\(NEEDED\).*\[(.*)\]", subprocess.run(
            ["readelf", "--wide", "--dynamic", BINARY], check=True, capture_output=True, text=True).stdout)
        found = dict(re.findall(r"^\s*(\S+) => (/\S+)", subprocess.run(
            ["ldd", BINARY], check=True, capture_output=True, text=True).stdout, re.M))
        of = {package_of(found[name]) for name in needed if name in found and not SANITIZER.match(name)}
        # What ships needs just these; a build with sanitizers keeps libraries that it needs nothing of.
        symbols = subprocess.run(["readelf", "--wide", "--dyn-syms", BINARY], check=True, capture_output=True,
                                 text=True)
        if re.search(r"\b__[at]san_init\b", symbols.stdout):
            self.assertLessEqual(packages(self.image), of - BASE)
        else:
            self.assertEqual(packages(self.image), of - BASE)

    def test_both_stages_are_of_the_same_debian(self):
        bases = [stage[0][1].split()[0] for stage in (self.build, self.image)]
        self.assertEqual(bases, ["docker.io/library/debian:12", "docker.io/library/debian:12-slim"])

    def test_it_does_not_run_as_root(self):
        users = [rest for name, rest in self.image if name == "USER"]
        self.assertEqual(users, ["countersign"])
        after = self.image[self.image.index(("USER", "countersign")):]
        self.assertNotIn("RUN", [name for name, _ in after])

    def test_what_it_runs_is_what_was_installed(self):
        rest = dict(self.image)
        self.assertEqual(rest["ENTRYPOINT"], '["/usr/bin/countersign"]')
        self.assertEqual(rest["CMD"], '["serve", "-c", "/etc/countersign/gateway.yaml"]')
        self.assertIn(("RUN", "DESTDIR=/installed cmake --install build/release --prefix /usr --strip"), self.build)
        self.assertEqual(rest["COPY"], "--from=build /installed /")

    def test_its_commands_are_a_shells(self):
        for name, rest in self.build + self.image:
            if name == "RUN":
                subprocess.run(["sh", "-n", "-c", rest], check=True)

    def test_what_was_built_before_stays_out(self):
        self.assertEqual(text_of(".dockerignore").split(), ["/build/", "/.git/"])


if __name__ == "__main__":
    unittest.main()
