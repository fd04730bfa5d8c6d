#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What a comparison makes of its rounds, and the picture it draws of them."""

import glob
import json
import os
import sys
import unittest
from xml.etree import ElementTree

BENCH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "bench")
sys.path[:0] = [os.path.join(BENCH, "compare"), BENCH]

import figures  # noqa: E402: the line above finds it
import picture  # noqa: E402
import report  # noqa: E402
import schemes  # noqa: E402

SVG = "{http://www.w3.org/2000/svg}"


def rounds(**of_peers):
    """Of [µs, …] for each peer."""
    return [{name: {"us": of_peer[number]} for name, of_peer in of_peers.items()}
            for number in range(len(of_peers["gateway"]))]


def row(size="1KiB", sealed=True, **of_peers):
    name = f"{size} {'sealed' if sealed else 'plain'}"
    return {"row": name, "size": size, "sealed": sealed, "figures": figures.compare(name, rounds(**of_peers))}


def of_schemes(laravel=20, jwe=22, hmac=18, ed25519=120, verify=100, times=1):
    """Rounds, all alike but for how fast the machine was in each."""
    rounds_of = [{"laravel": laravel, "rfc9421_jwe": jwe, "rfc9421": hmac, "rfc9421_ed25519": ed25519,
                  "openssl_verify": verify} for _ in range(times)]
    return [{name: {"us": value * (number + 1)} for name, value in each.items()}
            for number, each in enumerate(rounds_of)]


def result(*rows, at_rest=8 << 20, idle=5000, jwe=22):
    return {"date": "2026-01-02", "machine": {"model": "A & B <fast>", "kernel": "6.1"},
            "asked": {"connections": 64, "rounds": 9}, "cpu": list(rows),
            "schemes": {"figures": figures.schemes(of_schemes(jwe=jwe))},
            "memory": {"gateway": {"at_rest": at_rest, "per_idle_connection": {"1000": idle}}}}


class Figures(unittest.TestCase):
    def test_spread_of_one_and_of_many(self):
        self.assertEqual(figures.summary([3]), {"median": 3, "low": 3, "high": 3, "min": 3, "max": 3})
        self.assertEqual(figures.summary([5, 1, 4, 2, 3]), {"median": 3, "low": 2, "high": 4, "min": 1, "max": 5})

    def test_ratios_are_of_the_same_round(self):
        # The machine was slow in one round and for all: that is no spread.
        found = figures.compare("1KiB sealed", rounds(gateway=[8, 80, 8], nginx=[10, 100, 10]))
        self.assertEqual(found["nginx"]["ratio"], {"median": 0.8, "low": 0.8, "high": 0.8, "min": 0.8, "max": 0.8})
        self.assertEqual((found["gateway"]["to_nginx"], found["nginx"]["to_nginx"]), (0.8, 1))
        self.assertNotIn("ratio", found["gateway"])

    def test_the_limit_itself_is_kept_and_more_is_not(self):
        limit = figures.LIMITS["1KiB plain"]["nginx"]
        for gateway, kept in ((limit * 100, True), (limit * 100 + 1, False)):
            cell = figures.compare("1KiB plain", rounds(gateway=[gateway], nginx=[100]))["nginx"]
            self.assertEqual((cell["limit"], cell["over"]), (limit, not kept))

    def test_a_row_of_ones_own_has_no_limit(self):
        cell = figures.compare("3KiB sealed", rounds(gateway=[900], nginx=[1]))["nginx"]
        self.assertEqual((cell["limit"], cell["over"]), (None, False))

    def test_each_limit_that_is_not_kept_is_told(self):
        fine = row(gateway=[8], nginx=[10], haproxy=[10], nginx_lua=[100])
        self.assertEqual(list(figures.over(result(fine))), [])
        for changed in (result(row(gateway=[10], nginx=[10])), result(fine, jwe=23.1),
                        result(fine, at_rest=(16 << 20) + 1), result(fine, idle=(8 << 10) + 1)):
            self.assertEqual(len(list(figures.over(changed))), 1, changed)


class Schemes(unittest.TestCase):
    def test_ratios_are_of_the_same_round(self):
        found = figures.schemes(of_schemes(times=3))
        self.assertEqual(found["rfc9421_jwe"]["to_laravel"], figures.summary([1.1, 1.1, 1.1]))
        self.assertEqual(found["laravel"]["us"]["median"], 40)
        self.assertNotIn("to_laravel", found["laravel"])
        self.assertNotIn("to_laravel", found["openssl_verify"])

    def test_the_limit_itself_is_kept_and_more_is_not(self):
        for jwe, over in ((23, False), (23.001, True)):
            cell = figures.schemes(of_schemes(jwe=jwe))["rfc9421_jwe"]
            self.assertEqual((cell["limit"], cell["over"]), (1.15, over))

    def test_what_a_signature_costs_is_told_by_what_openssl_takes(self):
        cell = figures.schemes(of_schemes(hmac=20, ed25519=125, verify=100))["rfc9421_ed25519"]
        self.assertEqual(cell["of_verification"]["median"], 1.05)

    def test_the_report_shows_each_and_what_is_too_much(self):
        said = "\n".join(report.scheme_lines(figures.schemes(of_schemes(jwe=24))))
        for title in schemes.TITLES.values():
            self.assertIn(title, said)
        self.assertRegex(said, r"JWE A256GCM +24\.0 +1\.20 .*1\.15 +OVER")
        self.assertIn("alone 100.0 µs; what ed25519 costs more than hmac-sha256 is 1.02 of it", said)

    def test_what_openssl_says_is_read(self):
        said = "+DT:Ed25519:253:1\n+R6:1:Ed25519:0.99\n+F6:0:253:Ed25519:26777.551020:8000.000000\n"
        self.assertEqual(schemes.verification_of(said), 125)


class Picture(unittest.TestCase):
    def bars(self, drawn):
        """{class: width} of the bars."""
        tree = ElementTree.fromstring(drawn)
        return {bar.get("class"): float(bar.get("width")) for bar in tree.iter(SVG + "rect")
                if bar.get("class") != "card"}

    def test_bars_are_as_long_as_their_ratios(self):
        bars = self.bars(picture.draw(result(row(gateway=[5], nginx=[10], haproxy=[20]))))
        self.assertEqual(set(bars), {"gateway", "nginx", "haproxy"})
        self.assertAlmostEqual(bars["gateway"] * 2, bars["nginx"], delta=0.2)
        self.assertAlmostEqual(bars["haproxy"], bars["nginx"] * 2, delta=0.2)

    def test_what_is_too_long_is_cut_and_shows_it(self):
        drawn = picture.draw(result(row("64KiB", gateway=[10], nginx=[10], nginx_lua=[170])))
        self.assertAlmostEqual(self.bars(drawn)["nginx_lua"], picture.length(picture.LARGEST), delta=0.1)
        self.assertEqual(drawn.count('class="cut"'), 1)
        self.assertIn(">17.00<", drawn)
        self.assertNotIn('class="cut"', picture.draw(result(row(gateway=[5], nginx=[10]))))

    def test_nothing_leaves_the_picture(self):
        rows = [row(gateway=[1], nginx=[1], haproxy=[90], nginx_lua=[90]),
                row(sealed=False, gateway=[1], nginx=[1], haproxy=[1])]
        tree = ElementTree.fromstring(picture.draw(result(*rows)))
        width, height = float(tree.get("width")), float(tree.get("height"))
        for shape in (*tree.iter(SVG + "rect"), *tree.iter(SVG + "text")):
            self.assertLessEqual(float(shape.get("x")) + float(shape.get("width", 100)), width)
            self.assertLessEqual(float(shape.get("y")) + float(shape.get("height", 8)), height)

    def test_it_needs_nothing_from_elsewhere(self):
        drawn = picture.draw(result(row(gateway=[5], nginx=[10])))
        for token in ("href", "<script", "@import", "url(", "<foreignObject"):
            self.assertNotIn(token, drawn)
        self.assertEqual(drawn.count("http"), 1)  # the name of SVG itself
        self.assertIn("prefers-color-scheme: dark", drawn)

    def test_the_readme_shows_what_the_last_result_draws(self):
        results = os.path.join(BENCH, "results")
        newest = max(glob.glob(os.path.join(results, "compare_*.json")))
        with open(newest, encoding="utf-8") as measured, \
                open(os.path.join(results, "compare.svg"), encoding="utf-8") as drawn:
            self.assertEqual(drawn.read(), picture.draw(json.load(measured)))


if __name__ == "__main__":
    unittest.main()
