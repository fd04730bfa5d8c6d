#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""`serve` and `check` as an operator meets them."""

import json
import os
import re
import signal
import socket
import tempfile
import unittest

from command import run
from gateway import Gateway, basic

GOOD = """listen: {listen}
clients: {{billing: {{secret: 0f1e2d3c4b5a6978}}}}
upstreams: {{orders: http://127.0.0.1:9001}}
routes: [{{path: /api/, scheme: laravel, upstream: orders}}]
"""
WRONG = """listen: 127.0.0.1:8080
clients: {billing: {secrett: my_secret}}
upstreams: {orders: http://127.0.0.1:9001}
routes: [{path: /api/, scheme: laravell, upstream: orders}]
"""


class Operating(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory())

    def file(self, text):
        path = os.path.join(self.folder, "gateway.yaml")
        with open(path, "w", encoding="utf-8") as stream:
            stream.write(text)
        return path

    def serve(self, path, *more):
        return run("serve", "-c", path, *more, environment={"STATE_DIRECTORY": self.folder})

    def test_check_says_that_all_is_well(self):
        path = self.file(GOOD.format(listen="127.0.0.1:8080"))
        said = run("check", "-c", path)
        self.assertEqual((said.status, said.out, said.err), (0, f"{path}: ok (1 routes, 1 clients)\n", ""))
        self.assertEqual(json.loads(run("check", "-c", path, "--json").out),
                         {"ok": True, "file": path, "problems": []})

    def test_check_tells_every_problem_on_stderr(self):
        path = self.file(WRONG)
        said = run("check", "-c", path)
        self.assertEqual((said.status, said.out), (78, ""))
        lines = said.err.splitlines()
        self.assertTrue(any(line.startswith(f"{path}:2:21: clients.billing.secrett: ")
                            and 'did you mean "secret"?' in line for line in lines), lines)
        self.assertTrue(any(line.startswith(f"{path}:4:32: routes[0].scheme: ") for line in lines), lines)
        told = json.loads(run("check", "-c", path, "--json").out)
        self.assertEqual((told["ok"], len(told["problems"])), (False, len(lines)))

    def test_warnings_are_errors_when_told_so(self):
        path = self.file(GOOD.format(listen="0.0.0.0:8080"))
        said = run("check", "-c", path)
        self.assertEqual(said.status, 0)
        self.assertIn("warning: ", said.err)
        said = run("check", "--strict", "-c", path)
        self.assertEqual((said.status, said.out), (78, ""))

    def test_print_shows_no_secret(self):
        said = run("check", "--print", "-c", self.file(GOOD.format(listen="127.0.0.1:8080")))
        self.assertEqual(said.status, 0)
        self.assertIn("window: ", said.out)
        self.assertNotIn("0f1e2d3c4b5a6978", said.out)

    def test_serve_binds_nothing_with_a_wrong_configuration(self):
        said = self.serve(self.file(WRONG), "--listen", "127.0.0.1:0")
        self.assertEqual((said.status, said.out), (78, ""))
        self.assertNotIn("listening", said.err)

    def test_a_wrong_command_line_is_told_before_the_file_is_read(self):
        self.assertEqual(self.serve("nowhere.yaml", "--listen", "here").status, 64)

    def test_a_port_in_use_names_the_option_that_chooses_another(self):
        path = self.file(GOOD.format(listen="127.0.0.1:0") + "admin: 127.0.0.1:0\n")
        with socket.create_server(("127.0.0.1", 0)) as taken:
            address = "127.0.0.1:%d" % taken.getsockname()[1]
            for option in ("--listen", "--admin"):
                said = self.serve(path, option, address)
                self.assertEqual((said.status, said.out), (1, ""))
                self.assertIn(f"can't listen on {address}: Address already in use; {option} ADDRESS:PORT chooses "
                              "another", said.err)

    def test_options_come_before_the_file(self):
        config = basic("http://127.0.0.1:9001").replace("listen: 127.0.0.1:0", "listen: 127.0.0.1:1")
        with Gateway(config, ["--listen", "127.0.0.1:0", "--workers", "2"]) as gateway:
            self.assertGreater(gateway.address[1], 1)
            self.assertEqual(gateway.admin_get("/livez")[0], 200)

    def test_the_version_is_the_one_that_the_metrics_show(self):
        first, *rest = run("--version").out.splitlines()
        said = {"version": first.split()[1], **dict(line.split(" ", 1) for line in rest)}
        with Gateway(basic("http://127.0.0.1:9001")) as gateway:
            (shown,) = [name for name in gateway.metrics() if name.startswith("countersign_build_info{")]
        self.assertEqual(dict(re.findall(r'(\w+)="([^"]*)"', shown)), said)

    def test_files_that_others_can_read_are_warned_of(self):
        os.chmod(self.folder, 0o755)
        secret = os.path.join(self.folder, "secret")
        with open(secret, "w", encoding="utf-8") as stream:
            stream.write("0f1e2d3c4b5a6978")
        os.chmod(secret, 0o644)
        path = self.file(GOOD.format(listen="127.0.0.1:0"))
        os.chmod(path, 0o644)
        readable = "everyone on this machine can read it (mode 0644): chmod "
        own = re.escape(f"{path}: warning: holds secrets, and {readable}") + "(?:o|go)= " + re.escape(path)
        said = run("check", "-c", path)
        self.assertEqual(said.status, 0)
        self.assertRegex(said.err, rf"\A{own}\n\Z")
        self.assertEqual(run("check", "--strict", "-c", path).status, 78)
        # Only who has secrets has something to hide; the file with the secret has.
        path = self.file(GOOD.format(listen="127.0.0.1:0").replace("0f1e2d3c4b5a6978", "file:secret"))
        said = run("check", "-c", path)
        self.assertRegex(said.err, rf"\A{re.escape(path)}:2:\d+: clients.billing.secret: warning: file:secret: "
                                   rf"{re.escape(readable)}(?:o|go)= {re.escape(secret)}\n\Z")
        os.chmod(secret, 0o600)
        self.assertEqual(run("check", "--strict", "-c", path).err, "")
        # What systemd hands over is its own business.
        path = self.file(GOOD.format(listen="127.0.0.1:0").replace("0f1e2d3c4b5a6978", "credential:secret"))
        os.chmod(secret, 0o644)
        said = run("check", "--strict", "-c", path, environment={"CREDENTIALS_DIRECTORY": self.folder})
        self.assertEqual((said.status, said.err), (0, ""))

    def test_too_few_descriptors_are_told_before_clients_feel_it(self):
        config = basic("http://127.0.0.1:9001", more="limits: {connections: 900}")
        with Gateway(config, under=("prlimit", "--nofile=64:2000")) as gateway:
            self.assertEqual(gateway.metrics()["process_max_fds"], 2000)
            self.assertFalse([line for line in gateway.diagnostics if "descriptors" in line])
        with Gateway(config, under=("prlimit", "--nofile=64:1000")) as gateway:
            self.assertEqual(gateway.metrics()["process_max_fds"], 1000)
            self.assertTrue([line for line in gateway.diagnostics if "limits.connections: 900 may take " in line])

    def test_too_few_descriptors_for_another_configuration_are_told_too(self):
        config = basic("http://127.0.0.1:9001", more="limits: {connections: CLIENTS}")
        with Gateway(config.replace("CLIENTS", "100"), under=("prlimit", "--nofile=64:1000")) as gateway:
            self.assertFalse([line for line in gateway.diagnostics if "descriptors" in line])
            with open(gateway.config, "w", encoding="utf-8") as stream:
                stream.write(config.replace("CLIENTS", "900"))
            gateway.signal(signal.SIGHUP)
            gateway.wait_for_diagnostic("limits.connections: 900 may take ")

    def test_its_memory_is_in_no_core_dump_unless_told_so(self):
        for options, dumpable in (([], False), (["--dumpable"], True)):
            with Gateway(basic("http://127.0.0.1:9001"), options, under=("prlimit", "--core=9999:9999")) as gateway:
                with open(f"/proc/{gateway.process.pid}/limits", encoding="ascii") as stream:
                    most = re.search(r"^Max core file size +\S+ +(\S+)", stream.read(), re.M).group(1)
                # What is in force, sanitizers lower of their own accord.
                self.assertEqual(most, "9999" if dumpable else "0")
                # What isn't dumpable is root's.
                owner = os.stat(f"/proc/{gateway.process.pid}/environ").st_uid
                self.assertEqual(owner, os.geteuid() if dumpable else 0)

    def test_addresses_of_the_command_line_are_warned_of_like_the_files(self):
        config = basic("http://127.0.0.1:9001")
        with Gateway(config, ["--listen", "0.0.0.0:0", "--admin", "0.0.0.0:0"]) as gateway:
            said = "\n".join(gateway.diagnostics)
            self.assertIn("warning: --listen: reachable from other machines without TLS", said)
            self.assertIn("warning: --admin: reachable from other machines", said)


if __name__ == "__main__":
    unittest.main()
