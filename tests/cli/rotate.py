#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""`rotate`: a secret is added, taken over by the client, and the old one dropped once no gateway has seen it used."""

import base64
import json
import os
import re
import stat
import subprocess
import tempfile
import time
import unittest

from command import run
from gateway import BINARY, PATIENCE, Gateway
from laravel import Client
from upstream import Upstream, reserved_port
from wire import exchange

OLD = b"0f1e2d3c4b5a6978"
CONFIG = """\
listen: 127.0.0.1:0
admin: 127.0.0.1:0
workers: 1
clients:
  billing: {secrets: file:billing.yaml}
  inline: {secret: 1f1e2d3c4b5a6978}
  several:
    secrets:
      - {id: a, value: "hex:30313233343536373839616263646566"}
  robot: {public_key: MCowBQYDK2VwAyEAA6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=}
  two: {signing_secret: any length at all, encryption_key: 3f1e2d3c4b5a6978}
  strong: {cipher: AES-256-GCM, secrets: file:strong.yaml}
  hooks: {secrets: file:hooks.yaml}
upstreams: {orders: UPSTREAM}
routes:
  - {path: /api/, scheme: laravel, upstream: orders}
  - {path: /v1/, scheme: rfc9421, upstream: orders}
  - {path: /hooks, scheme: standard-webhooks, client: hooks, upstream: orders}
"""
FILES = {
    "billing.yaml": f"# kept by rotate\n- {{id: old, value: {OLD.decode()}}}  # the first\n",
    "strong.yaml": '- {id: a, value: "hex:' + bytes(range(32)).hex() + '"}\n',
    "hooks.yaml": "- {id: a, value: whsec_" + base64.b64encode(bytes(range(24))).decode() + "}\n",
}


class Rotate(unittest.TestCase):
    def setUp(self):
        self.service = self.enterContext(Upstream())
        self.folder = self.enterContext(tempfile.TemporaryDirectory())
        for name, text in FILES.items():
            with open(self.path(name), "w", encoding="utf-8") as stream:
                stream.write(text)
            os.chmod(self.path(name), 0o640)
        self.config = self.path("gateway.yaml")
        with open(self.config, "w", encoding="utf-8") as stream:
            stream.write(CONFIG.replace("UPSTREAM", self.service.url))

    def path(self, name):
        return os.path.join(self.folder, name)

    def text(self, name):
        with open(self.path(name), encoding="utf-8") as stream:
            return stream.read()

    def serve(self):
        return Gateway(CONFIG.replace("UPSTREAM", self.service.url), keep=self.folder)

    def rotate(self, *more, client="billing"):
        return run("rotate", "-c", self.config, "--client", client, *more)

    def unchanged(self):
        for name, text in FILES.items():
            self.assertEqual(self.text(name), text)
        self.assertEqual(sorted(os.listdir(self.folder)), sorted([*FILES, "gateway.yaml"]))

    def passes(self, gateway, secret, version="1.0.0"):
        return exchange(gateway.address, Client("billing", secret, version=version).request()).status == 200

    def secrets_of(self, gateway, client="billing"):
        told = json.loads(gateway.admin_get(f"/clients?client={client}")[1])
        return {secret["id"]: secret for secret in told["clients"][0]["secrets"]}

    def change_over(self, gateway, new, name):
        """The client goes on with the new secret until that was used in a later second than the old one."""
        seen = self.secrets_of(gateway)
        while not seen[name]["last_used"] or seen[name]["last_used"] <= seen["old"]["last_used"]:
            self.assertTrue(self.passes(gateway, new, "1.2.0"))
            seen = self.secrets_of(gateway)
        return seen

    def test_a_new_secret_is_added_and_printed_and_nothing_else_changes(self):
        said = self.rotate()
        self.assertEqual(said.status, 0, said)
        found = re.fullmatch(r"client: billing\nid:     (\S+)\nsecret: ([0-9A-Za-z]{16})\nfile:   (\S+)\n", said.out)
        self.assertIsNotNone(found, said)
        self.assertEqual(found[3], self.path("billing.yaml"))
        self.assertRegex(found[1], r"\A\d{4}-\d\d-\d\dT\d{6}Z\Z")
        lines = self.text("billing.yaml").splitlines(keepends=True)
        self.assertEqual("".join([lines[0], *lines[2:]]), FILES["billing.yaml"])
        self.assertRegex(lines[1], r'\A- \{id: "%s", value: "%s", from: \S+\}\n\Z' % (found[1], found[2]))
        self.assertEqual(stat.S_IMODE(os.stat(self.path("billing.yaml")).st_mode), 0o640)
        self.assertEqual(run("check", "-c", self.config).status, 0)
        self.assertNotIn(found[2], said.err)

    def test_it_is_made_as_the_client_can_take_it(self):
        for client, pattern, size in (("strong", r"hex:([0-9a-f]+)", 32), ("hooks", r"whsec_(\S+)", 24)):
            with self.subTest(client):
                told = json.loads(self.rotate("--json", client=client).out)
                text = re.fullmatch(pattern, told["value"])[1]
                self.assertEqual(len(bytes.fromhex(text) if client == "strong" else base64.b64decode(text)), size)
                self.assertEqual((told["client"], told["done"], told["file"]),
                                 (client, "added", self.path(client + ".yaml")))
        told = json.loads(self.rotate("--json", "--format", "hex", "--id", "mine").out)
        self.assertEqual((told["secret"], len(told["value"])), ("mine", len("hex:") + 32))

    def test_what_would_make_the_configuration_wrong_is_not_written(self):
        for arguments, why in ((("--bytes", "32"), "has 32 bytes, and the key of AES-128-CBC must be exactly 16"),
                               (("--id", "old"), '"old" is another secret\'s id already'),
                               (("--id", "a b"), "clients.billing.secrets[0].id: ")):
            with self.subTest(arguments):
                said = self.rotate(*arguments)
                self.assertEqual((said.status, said.out), (1, ""))
                place = re.escape(self.path("billing.yaml")) + r":\d+:\d+: "
                self.assertRegex(said.err, "\\Acountersign: nothing was changed: the configuration would be wrong with "
                                           f"it: {place}")
                self.assertIn(why, said.err)
        self.unchanged()
        for number in range(3):
            self.assertEqual(self.rotate("--id", f"s{number}").status, 0)
        before = self.text("billing.yaml")
        said = self.rotate()
        self.assertEqual((said.status, said.out), (1, ""))
        self.assertIn("5 are in force at once", said.err)
        self.assertEqual(self.text("billing.yaml"), before)

    def test_no_secret_is_written_where_everyone_can_read_it(self):
        kept = self.path("billing.yaml")
        with open(self.path("old.key"), "w", encoding="utf-8") as stream:
            stream.write(OLD.decode())
        os.chmod(self.path("old.key"), 0o600)
        with open(kept, "w", encoding="utf-8") as stream:
            stream.write('- {id: one, value: "file:old.key"}\n')
        os.chmod(kept, 0o644)
        os.chmod(self.folder, 0o755)
        said = self.rotate()
        self.assertEqual((said.status, said.out), (1, ""))
        self.assertIn(f"nothing was changed: the new secret would stand in {kept}, which holds none yet, and everyone "
                      "on this machine can read it (mode 0644): chmod ", said.err)
        self.assertEqual(self.text("billing.yaml"), '- {id: one, value: "file:old.key"}\n')
        os.chmod(kept, 0o640)
        self.assertEqual(self.rotate().status, 0)

    def test_inline_secrets_are_for_their_keeper_to_change(self):
        said = self.rotate(client="inline")
        self.assertEqual(said.status, 1)
        self.assertRegex(said.out, r'\A    secrets: .*\n      - \{id: "\S+", value: "[0-9A-Za-z]{16}", from: \S+\}\n'
                                   r"      - \{id: default, value: …\}\n\Z")
        self.assertNotIn("1f1e2d3c", said.out + said.err)
        self.assertIn(f'nothing was changed: the secrets of "inline" stand in {self.config} itself; put these lines '
                      "there.", said.err)
        said = self.rotate(client="several")
        self.assertEqual(said.status, 1)
        self.assertRegex(said.out, r'\A    secrets: .*\n      - \{id: "\S+", value: "\S+", from: \S+\}\n      …\n\Z')
        for client, why in (("robot", "has a public key"), ("two", "has a signing_secret, of which there is only one")):
            said = self.rotate(client=client)
            self.assertEqual((said.status, said.out), (1, ""))
            self.assertIn(why, said.err)
        self.unchanged()

    def test_the_file_is_named_that_holds_a_client_and_its_secrets(self):
        kept, clients = self.path("clients.yaml"), CONFIG[CONFIG.index("clients:\n") + 9:CONFIG.index("upstreams:")]
        with open(kept, "w", encoding="utf-8") as stream:
            stream.write(clients.replace("\n  ", "\n")[2:])
        with open(self.config, "w", encoding="utf-8") as stream:
            stream.write(CONFIG.replace(clients, " file:clients.yaml\n").replace("UPSTREAM", self.service.url))
        for asked in ((), ("--revoke", "default")):
            said = self.rotate(*asked, client="inline")
            self.assertEqual(said.status, 1)
            self.assertIn(f'the secrets of "inline" stand in {kept} itself; ', said.err)

    def test_from_one_secret_to_the_next_without_a_meeting(self):
        with self.serve() as gateway:
            admin = "http://%s:%d" % gateway.admin
            self.assertTrue(self.passes(gateway, OLD, "1.1.0"))
            said = self.rotate("--json", "--reload", "--admin", admin)
            self.assertEqual(said.status, 0, said)
            self.assertIn(f"countersign: {admin} goes by it now\n", said.err)
            told = json.loads(said.out)
            new = told["value"].encode()

            # The client has not changed over, and a gateway that has just begun knows nothing.
            said = self.rotate("--retire", "--admin", admin)
            self.assertEqual(said.status, 1)
            self.assertRegex(said.out, rf"\A{admin}, which counts since \S+ \(\d+ s\):\n"
                                       rf'  "{told["secret"]}" was not used\n'
                                       r'  "old" was last used \d+ s ago from 127.0.0.1, version 1.1.0\n\Z')
            self.assertRegex(said.err, rf'warning: {admin}: "old" was last used \d+ s ago from 127.0.0.1')
            self.assertIn("warning: no other secret was used since: the client has not changed over\n", said.err)
            self.assertIn('nothing was changed: "old" of "billing" stays; --force drops it all the same', said.err)
            said = self.rotate("--retire", "--admin", admin, "--unused-for", "0s")
            self.assertEqual(said.status, 1, said)

            seen = self.change_over(gateway, new, told["secret"])
            self.assertEqual((seen["old"]["address"], seen["old"]["version"]), ("127.0.0.1", "1.1.0"))
            self.assertEqual(seen[told["secret"]]["version"], "1.2.0")
            self.assertEqual(self.rotate("--retire", "--admin", admin, "--unused-for", "1h").status, 1)
            said = self.rotate("--retire", "--admin", admin, "--unused-for", "0s", "--reload")
            self.assertEqual(said.status, 0, said)
            self.assertIn(f'"old" of "billing" is gone from {self.path("billing.yaml")}\n', said.out)
            self.assertNotIn(OLD.decode(), self.text("billing.yaml"))
            self.assertTrue(self.passes(gateway, new))
            self.assertFalse(self.passes(gateway, OLD))

            said = self.rotate("--retire", "--force")
            self.assertEqual(said.status, 1)
            self.assertIn("is the only secret of", said.err)

    def test_an_old_secret_stays_unless_all_gateways_tell(self):
        self.assertEqual(self.rotate("--id", "new").status, 0)
        before = self.text("billing.yaml")
        nobody = "http://127.0.0.1:%d" % self.enterContext(reserved_port()).getsockname()[1]
        said = self.rotate("--retire", "--admin", nobody)
        self.assertEqual(said.status, 1)
        self.assertIn(f"countersign: warning: {nobody}: can't connect", said.err)
        self.assertEqual(self.text("billing.yaml"), before)
        said = self.rotate("--retire")
        self.assertEqual((said.status, said.out), (64, ""))
        self.assertIn("--retire needs --admin URL of every gateway", said.err)
        said = self.rotate("--retire", "--force", "--json")
        self.assertEqual(said.status, 0, said)
        self.assertEqual(json.loads(said.out), {"client": "billing", "done": "retired", "secret": "old",
                                                "file": self.path("billing.yaml"), "evidence": []})

    def test_what_has_leaked_goes_at_once(self):
        with self.serve() as gateway:
            admin = "http://%s:%d" % gateway.admin
            self.assertTrue(self.passes(gateway, OLD, "1.1.0"))
            said = self.rotate("--revoke", "old")
            self.assertEqual(said.status, 1)
            self.assertIn('"old" is the only secret of "billing"', said.err)
            self.unchanged_but_state()
            new = json.loads(self.rotate("--json", "--reload", "--admin", admin).out)["value"].encode()
            said = self.rotate("--revoke", "old", "--json", "--reload", "--admin", admin)
            self.assertEqual(said.status, 0, said)
            told = json.loads(said.out)
            self.assertEqual((told["done"], told["secret"]), ("revoked", "old"))
            (seen,) = told["evidence"]
            old = next(secret for secret in seen["secrets"] if secret["id"] == "old")
            self.assertEqual((old["address"], old["version"]), ("127.0.0.1", "1.1.0"))
            self.assertIn("what it opened before goes on: answers under way and WebSockets", said.err)
            self.assertFalse(self.passes(gateway, OLD))
            self.assertTrue(self.passes(gateway, new))
        said = self.rotate("--revoke", "oldd")
        self.assertEqual((said.status, said.out), (64, ""))
        self.assertIn('"billing" has no secret called "oldd"', said.err)

    def test_why_a_gateway_refuses_to_reload_is_said(self):
        with self.serve() as gateway:
            admin = "http://%s:%d" % gateway.admin
            text = CONFIG.replace("UPSTREAM", "http://no-such-host.invalid:80")
            with open(self.config, "w", encoding="utf-8") as stream:
                stream.write(text)
            said = self.rotate("--reload", "--admin", admin)
            self.assertEqual(said.status, 1)
            self.assertRegex(said.err, r"(?m)^countersign: it was written, but is not in force everywhere: "
                                       rf"{admin}/reload: 422, Nothing has changed: [^\n]*\n"
                                       rf"countersign: {self.config}: can't find the host no-such-host.invalid: .+$")
            self.assertNotIn("warning: ", said.err)

    def test_two_in_one_second_have_ids_of_their_own(self):
        """Whichever second it is made in, another one has that id already, and the one after it."""
        now = int(time.time())
        taken = [time.strftime("%Y-%m-%dT%H%M%SZ", time.gmtime(now + after)) + more
                 for after in range(60) for more in ("", "-2")]
        with open(self.path("billing.yaml"), "a", encoding="utf-8") as stream:
            for number, name in enumerate(taken):
                day = f"20{number // 28 + 10}-02-{number % 28 + 1:02}T"
                stream.write(f'- {{id: "{name}", value: old secret {number:05}, from: {day}00:00:00Z, '
                             f"until: {day}01:00:00Z}}\n")
        said = self.rotate("--json")
        self.assertEqual(said.status, 0, said)
        made = json.loads(said.out)["secret"]
        self.assertRegex(made, r"\A\d{4}-\d\d-\d\dT\d{6}Z-3\Z")
        self.assertIn(made[:-2], taken)

    def write(self, *generations):
        with open(self.path("billing.yaml"), "w", encoding="utf-8") as stream:
            for number, one in enumerate(generations):
                stream.write(f"- {{value: 0f1e2d3c4b5a697{number}, {one}}}\n")

    def test_the_oldest_is_the_one_that_began_first(self):
        for generations, oldest in ((("id: a, from: 2020-01-01", "id: b, from: 2021-01-01"), "a"),
                                    (("id: b, from: 2021-01-01", "id: a, from: 2020-01-01"), "a"),
                                    (("id: c, from: 2022-01-01", "id: a, from: 2020-01-01",
                                      "id: b, from: 2021-01-01"), "a"),
                                    (("id: b, from: 2021-01-01", "id: a"), "a")):
            with self.subTest(generations):
                self.write(*generations)
                said = self.rotate("--retire", "--force", "--json")
                self.assertEqual(said.status, 0, said)
                self.assertEqual(json.loads(said.out)["secret"], oldest)
                self.assertNotIn(f"id: {oldest}", self.text("billing.yaml"))

    def test_where_it_is_not_certain_which_is_the_oldest_it_is_to_be_named(self):
        for generations in (("id: a", "id: b"), ("id: a", "id: b, from: 2021-01-01"),
                            ("id: b, from: 2021-01-01", "id: a", "id: c"),
                            ("id: a, from: 2021-01-01", "id: b, from: 2021-01-01")):
            with self.subTest(generations):
                self.write(*generations)
                before = self.text("billing.yaml")
                said = self.rotate("--retire", "--force")
                self.assertEqual((said.status, said.out), (64, ""))
                self.assertIn('which secret of "billing" is the oldest, the file does not say for certain', said.err)
                self.assertIn("--retire ID names it: a, b", said.err)
                self.assertEqual(self.text("billing.yaml"), before)
                said = self.rotate("--retire", "b", "--force", "--json")
                self.assertEqual((said.status, json.loads(said.out)["secret"]), (0, "b"), said)
        self.write("id: a", "id: b")
        said = self.rotate("--retire", "bb", "--force")
        self.assertEqual((said.status, said.out), (64, ""))
        self.assertIn('"billing" has no secret called "bb"', said.err)

    def test_one_that_is_named_is_dropped_no_sooner_than_another(self):
        self.write("id: a", "id: b")
        before = self.text("billing.yaml")
        with Gateway(CONFIG.replace("UPSTREAM", self.service.url), keep=self.folder) as gateway:
            admin = "http://%s:%d" % gateway.admin
            self.assertTrue(self.passes(gateway, b"0f1e2d3c4b5a6971"))
            said = self.rotate("--retire", "b", "--admin", admin, "--unused-for", "0s")
            self.assertEqual(said.status, 1)
            self.assertIn('nothing was changed: "b" of "billing" stays', said.err)
            self.assertEqual(self.text("billing.yaml"), before)

    def unchanged_but_state(self):
        for name, text in FILES.items():
            self.assertEqual(self.text(name), text)

    def test_two_at_a_time_lose_nothing(self):
        running = [subprocess.Popen([BINARY, "rotate", "-c", self.config, "--client", "billing", "--id", f"s{number}"],
                                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for number in range(3)]
        self.assertEqual([one.wait(PATIENCE) for one in running], [0, 0, 0])
        text = self.text("billing.yaml")
        for number in range(3):
            self.assertIn(f'id: "s{number}"', text)


if __name__ == "__main__":
    unittest.main()
