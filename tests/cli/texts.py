#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What the commands say of themselves and of a wrong command line. With --write the golden files are written anew."""

import os
import sys
import unittest

from command import run

GOLDEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "golden")
COMMANDS = ("serve", "check", "keygen", "sign", "call", "explain", "demo", "derive", "vectors", "rotate")

# (command line, what stderr begins with); each exits with 64 and says nothing on stdout.
WRONG = (
    ("bogus", 'countersign: there is no command "bogus"; known here: '),
    ("sgin", 'countersign: there is no command "sgin"; did you mean "sign"?\n'),
    ("--bogus", "countersign: "),
    ("serve", "countersign serve: --config is required\nSee `countersign serve --help`.\n"),
    ("check", "countersign check: --config is required\n"),
    ("serve -c x.yaml --bogus", "countersign serve: The following argument was not expected: --bogus\n"),
    ("check -c x.yaml more", "countersign check: The following argument was not expected: more\n"),
    ("serve -c x.yaml --listen 8080", 'countersign serve: --listen: "8080" must be ADDRESS:PORT'),
    ("serve -c x.yaml --listen 127.0.0.1:", "countersign serve: --listen: "),
    ("serve -c x.yaml --listen 127.0.0.1:65536", "countersign serve: --listen: "),
    ("serve -c x.yaml --listen localhost:80", "countersign serve: --listen: "),
    ("serve -c x.yaml --admin 127.0.0.300:80", "countersign serve: --admin: "),
    ("serve -c x.yaml --workers 0", "countersign serve: --workers: "),
    ("serve -c x.yaml --workers many", "countersign serve: "),
    ("demo --listen 8080", "countersign demo: --listen: "),
    ("demo --admin ::1:80", "countersign demo: --admin: "),
    ("keygen --bytes 15", "countersign keygen: --bytes: "),
    ("keygen --bytes 1025", "countersign keygen: --bytes: "),
    ("keygen --format base32", "countersign keygen: --format: "),
    ("keygen --format laravel --bytes 20", "countersign keygen: --format: an APP_KEY has 16 or 32 bytes, not 20\n"),
    ("keygen --ed25519 --bytes 16", "countersign keygen: "),
    ("keygen --ed25519 --format hex", "countersign keygen: "),
    ("sign -c x.yaml --client a", "countersign sign: url is required\n"),
    ("sign -c x.yaml http://h/", "countersign sign: --client is required\n"),
    ("sign -c x.yaml --client a --raw --json http://h/", "countersign sign: "),
    ("sign -c x.yaml --client a --at -1 http://h/", "countersign sign: "),
    ("sign -c x.yaml --client a --at 100000000000 http://h/", "countersign sign: --at: "),
    ("sign -c x.yaml --client a --at now http://h/", "countersign sign: "),
    ("call -c x.yaml --client a -i --json http://h/", "countersign call: "),
    ("call -c x.yaml --client a --timeout 0 http://h/", "countersign call: --timeout: "),
    ("rotate -c x.yaml", "countersign rotate: --client is required\n"),
    ("rotate -c x.yaml --client a --bytes 15", "countersign rotate: --bytes: "),
    ("rotate -c x.yaml --client a --retire --id b", "countersign rotate: "),
    ("rotate -c x.yaml --client a --retire --revoke b", "countersign rotate: "),
    ("rotate -c x.yaml --client a --force", "countersign rotate: --force requires --retire\n"),
    ("rotate -c x.yaml --client a --unused-for 1h", "countersign rotate: --unused-for requires --retire\n"),
    ("rotate -c x.yaml --client a --retire --unused-for 1 --force", "countersign rotate: --unused-for: "),
    ("rotate -c x.yaml --client a --retire", "countersign: --retire needs --admin URL of every gateway"),
    ("rotate -c x.yaml --client a --reload", "countersign: --reload needs --admin URL of every gateway"),
    ("rotate -c x.yaml --client a --admin https://h", 'countersign: --admin: "https://h" must be http://HOST:PORT'),
)


def golden(name):
    return os.path.join(GOLDEN, name + ".txt")


class Texts(unittest.TestCase):
    maxDiff = None

    def test_every_command_has_its_help(self):
        for name, arguments in [("countersign", []), *((command, [command]) for command in COMMANDS)]:
            with self.subTest(name):
                said = run(*arguments, "--help")
                self.assertEqual((said.status, said.err), (0, ""))
                with open(golden(name), encoding="utf-8") as stream:
                    self.assertEqual(said.out, stream.read())
                self.assertEqual(run(*arguments, "-h").out, said.out)

    def test_the_list_of_commands_is_whole(self):
        listed = run("--help").out.split("Subcommands:\n")[1].splitlines()
        self.assertEqual([line.split()[0] for line in listed if line[2:3].strip()], list(COMMANDS))

    def test_without_a_command_the_help_is_an_error(self):
        said = run()
        self.assertEqual((said.status, said.out, said.err), (64, "", run("--help").out))

    def test_the_version_is_a_result(self):
        said = run("--version")
        self.assertEqual((said.status, said.err), (0, ""))
        number = r"\d+(?:\.\d+)+"
        self.assertRegex(said.out, rf"\Acountersign {number}\ncompiler (?:GCC|Clang) {number}.*\n"
                                   rf"openssl {number}\nboost {number}\n\Z")
        self.assertEqual(run("--version").out, said.out)

    def test_a_wrong_command_line_exits_with_64_and_says_why(self):
        for line, expected in WRONG:
            with self.subTest(line):
                said = run(*line.split())
                self.assertEqual((said.status, said.out), (64, ""), said)
                self.assertEqual(said.err[:len(expected)], expected)

    def test_a_file_that_is_not_there_exits_with_78(self):
        more = {"sign": ["--client", "a", "http://h/"], "call": ["--client", "a", "http://h/"]}
        for command in ("serve", "check", "sign", "call"):
            with self.subTest(command):
                said = run(command, "-c", "nowhere.yaml", *more.get(command, []))
                self.assertEqual((said.status, said.out, said.err), (
                    78, "", "nowhere.yaml: the file can't be read: No such file or directory\n"))


def write():
    for name, arguments in [("countersign", []), *((command, [command]) for command in COMMANDS)]:
        with open(golden(name), "w", encoding="utf-8") as stream:
            stream.write(run(*arguments, "--help").out)


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        write()
    else:
        unittest.main()
