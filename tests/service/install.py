#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""`cmake --install`: what goes where, that it fits together, and that nobody's configuration is overwritten."""

import json
import os
import re
import subprocess
import tempfile
import unittest

from command import run
from gateway import BINARY

BUILD = os.path.dirname(os.path.abspath(BINARY))
ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
FILES = """
{etc}/countersign/gateway.yaml
{prefix}/bin/countersign
{prefix}/lib/systemd/system/countersign.service
{prefix}/lib/systemd/system/countersign.socket
{prefix}/lib/sysusers.d/countersign.conf
{prefix}/share/doc/countersign/LICENSE
{prefix}/share/doc/countersign/README.md
{prefix}/share/doc/countersign/conf/README.md
{prefix}/share/doc/countersign/conf/gateway.yaml
{prefix}/share/doc/countersign/conf/laravel.yaml
{prefix}/share/doc/countersign/conf/minimal.yaml
{prefix}/share/doc/countersign/conf/prometheus/alerts.yaml
{prefix}/share/doc/countersign/conf/rfc9421.yaml
{prefix}/share/doc/countersign/conf/webhooks.yaml
"""
WORST_EXPOSURE = 14  # tenths; systemd calls anything below 50 OK


def install(prefix, destdir=""):
    done = subprocess.run(["cmake", "--install", BUILD, "--prefix", prefix], env={**os.environ, "DESTDIR": destdir},
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def text_of(*path):
    with open(os.path.join(*path), encoding="utf-8") as stream:
        return stream.read()


def settings(unit):
    """[(key, value)] of a unit file."""
    return re.findall(r"^(\w+)=(.*)$", unit, re.M)


class Install(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory())

    def installed(self):
        found = [os.path.join(at, name) for at, _, names in os.walk(self.folder) for name in names]
        return sorted(path[len(self.folder):] for path in found)

    def test_each_file_has_its_place(self):
        for prefix, etc in (("/usr", "/etc"), ("/usr/local", "/etc"), ("/opt/gateway", "/opt/gateway/etc")):
            with self.subTest(prefix), tempfile.TemporaryDirectory() as self.folder:
                install(prefix, self.folder)
                self.assertEqual(self.installed(), sorted(FILES.format(prefix=prefix, etc=etc).split()))
                unit = text_of(self.folder + prefix, "lib", "systemd", "system", "countersign.service")
                self.assertNotIn("COUNTERSIGN_", unit)
                self.assertIn(("ExecStart", f"{prefix}/bin/countersign serve -c {etc}/countersign/gateway.yaml"),
                              settings(unit))
                named = re.findall(rf"(?:{prefix}|/etc)/[\w/.]+", "\n".join(value for _, value in settings(unit)))
                self.assertGreaterEqual(len(named), 5)
                for path in named:
                    self.assertTrue(os.path.exists(self.folder + path), path)

    def test_the_installed_binary_takes_the_installed_configuration(self):
        install("/usr", self.folder)
        binary, config = (self.folder + path for path in ("/usr/bin/countersign", "/etc/countersign/gateway.yaml"))
        done = subprocess.run([binary, "check", "-c", config], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              check=False)
        self.assertEqual((done.returncode, done.stdout), (0, f"{config}: ok (1 routes, 0 clients)\n"), done.stderr)
        # Nobody is let in before somebody was configured: that is all there is to warn of.
        (warning,) = json.loads(run("check", "-c", config, "--json").out)["problems"]
        self.assertEqual(warning["message"], "there is no client that may use this route")

    def test_a_configuration_that_is_there_stays(self):
        install("/usr", self.folder)
        config = os.path.join(self.folder, "etc", "countersign", "gateway.yaml")
        with open(config, "w", encoding="utf-8") as stream:
            stream.write("mine\n")
        self.assertIn("Left as it is", install("/usr", self.folder))
        self.assertEqual(text_of(config), "mine\n")

    def test_the_socket_is_where_the_configuration_listens(self):
        listen = re.search(r"^listen: (\S+)", text_of(ROOT, "conf", "systemd", "gateway.yaml"), re.M).group(1)
        self.assertEqual([value for key, value in settings(text_of(ROOT, "conf", "systemd", "countersign.socket"))
                          if key == "ListenStream"], [listen])

    def test_systemd_understands_the_units(self):
        install(self.folder)
        units = [os.path.join(self.folder, "lib", "systemd", "system", "countersign." + kind)
                 for kind in ("service", "socket")]
        done = subprocess.run(["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True,
                              check=False)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))

    def test_the_sandbox_is_as_narrow_as_it_was(self):
        install(self.folder)
        done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--no-pager",
                               f"--threshold={WORST_EXPOSURE}",
                               os.path.join(self.folder, "lib", "systemd", "system", "countersign.service")],
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_the_account_is_the_one_of_the_unit(self):
        path = os.path.abspath(os.path.join(ROOT, "conf", "systemd", "sysusers.conf"))
        done = subprocess.run(["systemd-sysusers", "--dry-run", path], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        unit = dict(settings(text_of(ROOT, "conf", "systemd", "countersign.service.in")))
        (user,) = re.findall(r"^u (\S+)", text_of(path), re.M)
        self.assertEqual((unit["User"], unit["Group"]), (user, user))


if __name__ == "__main__":
    unittest.main()
