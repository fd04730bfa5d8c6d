#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""`serve` and `check` as an operator meets them."""

import json
import os
import re
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

    def test_addresses_of_the_command_line_are_warned_of_like_the_files(self):
        config = basic("http://127.0.0.1:9001")
        with Gateway(config, ["--listen", "0.0.0.0:0", "--admin", "0.0.0.0:0"]) as gateway:
            said = "\n".join(gateway.diagnostics)
            self.assertIn("warning: --listen: reachable from other machines without TLS", said)
            self.assertIn("warning: --admin: reachable from other machines", said)


if __name__ == "__main__":
    unittest.main()
