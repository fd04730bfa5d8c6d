#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The alert rules: promtool takes them, each fires when it should, and asks for what there is in the exposition."""

import os
import re
import subprocess
import tempfile
import unittest

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
RULES = os.path.abspath(os.path.join(ROOT, "conf", "prometheus", "alerts.yaml"))
CASES = [os.path.join(ROOT, "tests", "service", name) for name in ("alerts.yaml", "alerts_of_a_month.yaml")]
EXPOSITION = os.path.join(ROOT, "tests", "gateway", "metrics", "exposition.txt")
PROMETHEUS_OWN = {"up"}
NAMES = re.compile(r"\b(?:up|(?:countersign|process)_\w+)\b")


def text_of(path):
    with open(path, encoding="utf-8") as stream:
        return stream.read()


def expressions(text):
    """What stands after each `expr:`, also on the more indented lines below it."""
    return re.findall(r"^ {8}expr: (.*\n(?: {10}.*\n)*)", text, re.M)


class Alerts(unittest.TestCase):
    def promtool(self, *arguments):
        done = subprocess.run(["promtool", *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_promtool_takes_them(self):
        self.promtool("check", "rules", RULES)

    def test_each_fires_when_it_should_and_not_otherwise(self):
        for path in CASES:
            with tempfile.NamedTemporaryFile("w", suffix=".yaml", encoding="utf-8") as cases:
                cases.write(text_of(path).replace("[RULES]", f'["{RULES}"]'))
                cases.flush()
                self.promtool("test", "rules", cases.name)

    def test_each_says_for_how_long_how_bad_and_what_to_do(self):
        rules = re.split(r"^ {6}- alert: ", text_of(RULES), flags=re.M)[1:]
        self.assertGreater(len(rules), 10)
        for rule in rules:
            for wanted in (r"^ {8}for: \d+[mh]$", r"^ {8}labels: \{severity: (?:warning|critical)\}$",
                           r"^ {10}summary: \S", r"^ {10}description: \S"):
                self.assertRegex(rule, re.compile(wanted, re.M))

    def test_each_is_tested(self):
        tested = "".join(text_of(path) for path in CASES)
        for name in re.findall(r"- alert: (\w+)", text_of(RULES)):
            self.assertIn(f'alertname="{name}"', tested)

    def test_what_they_ask_for_is_exposed(self):
        exposed = set(re.findall(r"^# TYPE (\w+) ", text_of(EXPOSITION), re.M))
        asked = expressions(text_of(RULES))
        self.assertEqual(len(asked), text_of(RULES).count("- alert:"))
        names = set().union(*(NAMES.findall(one) for one in asked))
        self.assertGreater(len(names), 10)
        self.assertEqual(names - exposed - PROMETHEUS_OWN, set())

    def test_what_they_are_grouped_by_are_labels_there(self):
        exposed = set(re.findall(r'[{,](\w+)="', text_of(EXPOSITION)))
        for one in expressions(text_of(RULES)):
            for names in re.findall(r"\b(?:by|on) \(([^)]*)\)", one):
                self.assertLessEqual(set(names.split(", ")) - {"job", "instance"}, exposed)
            self.assertLessEqual(set(re.findall(r'[{,](\w+)!?="', one)) - {"job"}, exposed)


if __name__ == "__main__":
    unittest.main()
