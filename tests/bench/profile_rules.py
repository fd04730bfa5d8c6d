#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What a profile makes of perf's samples, and the flame graph it draws of them."""

import os
import sys
import unittest
from xml.etree import ElementTree

BENCH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "bench")
sys.path[:0] = [os.path.join(BENCH, "profile")]

import flame  # noqa: E402: the line above finds it
import stacks  # noqa: E402

SVG = "{http://www.w3.org/2000/svg}"
KERNEL = "([kernel.kallsyms])"
SEND = f"""
 ffffffff81000001 tcp_ack+0x10 {KERNEL}
 ffffffff81000002 tcp_sendmsg {KERNEL}
 ffffffff81000003 __x64_sys_sendto {KERNEL}
 ffffffff81000004 do_syscall_64 {KERNEL}
 ffffffff81000005 entry_SYSCALL_64_after_hwframe {KERNEL}
      7f0000000001 __send (/usr/lib/x86_64-linux-gnu/libc.so.6)
"""
INTERRUPT = f"""
 ffffffff81000006 net_rx_action {KERNEL}
 ffffffff81000007 asm_sysvec_apic_timer_interrupt {KERNEL}
      560000000001 core::http::frame(core::http::head const&) (/opt/countersign)
"""
OWN = "\n 560000000002 core::http::(anonymous namespace)::gather(core::http::fields const&) (/opt/countersign)\n"
BEAST = "\n 560000000003 boost::beast::http::basic_parser<true>::parse_fields(char const*&) (/opt/countersign)\n"
LIBRARY = "\n 7f0000000002 [unknown] (/usr/lib/x86_64-linux-gnu/libcrypto.so.3)\n"
OTHER = "\n 560000000004 ngx_hash_find (/usr/sbin/nginx)\n"


class Stacks(unittest.TestCase):
    def test_a_system_call_stands_for_what_the_kernel_does_in_it(self):
        self.assertEqual(stacks.path(SEND), [("sendto", True), ("tcp_sendmsg", True), ("tcp_ack", True)])
        entry = SEND.replace("__x64_sys_sendto", "do_writev")
        self.assertEqual(stacks.path(entry)[0], ("writev", True))
        entry = SEND.replace("__x64_sys_sendto", "__sys_sendmsg")
        self.assertEqual(stacks.path(entry)[0], ("sendmsg", True))

    def test_the_kernel_without_a_system_call_is_told_from_who_was_interrupted(self):
        self.assertEqual(stacks.path(INTERRUPT), [(stacks.ELSEWHERE, True), ("asm_sysvec_apic_timer_interrupt", True),
                                                  ("net_rx_action", True)])

    def test_code_outside_the_kernel_belongs_to_its_room_or_library(self):
        self.assertEqual(stacks.path(OWN), [("core/http", False), ("gather", False)])
        self.assertEqual(stacks.path(BEAST), [("Boost.Beast", False), ("parse_fields", False)])
        self.assertEqual(stacks.path(LIBRARY), [("libcrypto", False), ("[unknown]", False)])
        self.assertEqual(stacks.path(OTHER), [("nginx", False), ("ngx_hash_find", False)])

    def test_nothing_is_no_sample(self):
        self.assertEqual(stacks.path("\n"), [])
        self.assertEqual(stacks.tree("").weight, 0)

    def test_shares_are_of_all_samples_and_crumbs_are_left_to_their_caller(self):
        root = stacks.tree("\n\n".join([SEND] * 600 + [OWN] * 399 + [OTHER]))
        self.assertEqual(root.weight, 1000)
        _, _, share, children = stacks.pruned(root, root.weight)
        self.assertEqual(share, 1)
        self.assertEqual([(name, share) for name, _, share, _ in children], [("sendto", 0.6), ("core/http", 0.399)])

    def test_a_function_that_only_calls_another_is_left_out(self):
        root = stacks.tree("\n\n".join([SEND, SEND, SEND.replace("tcp_ack", "tcp_push")]))
        send = stacks.pruned(root, root.weight)[3][0]
        self.assertEqual([child[0] for child in send[3]], ["tcp_ack", "tcp_push"])


class Picture(unittest.TestCase):
    def test_widths_are_time_and_to_one_scale(self):
        trees = [["all", False, 1.0, [["sendto", True, 0.5, []], ["core/http", False, 0.25, []]]],
                 ["all", False, 1.0, [["writev", True, 1.0, []]]]]
        svg = flame.draw({"title": "A & B", "quiet": "<fast>", "profiles": [
            {"name": "Countersign", "us": 10.0, "tree": trees[0]}, {"name": "nginx", "us": 20.0, "tree": trees[1]}]})
        found = {}
        for group in ElementTree.fromstring(svg).iter(f"{SVG}g"):
            found[group.find(f"{SVG}title").text] = float(group.find(f"{SVG}rect").get("width"))
        whole = found["writev: 20.00 µs"]
        self.assertEqual(whole, flame.WIDTH - 2 * flame.MARGIN)
        self.assertAlmostEqual(found["sendto: 5.00 µs"], whole / 4)
        self.assertAlmostEqual(found["core/http: 2.50 µs"], whole / 8)

    def test_a_name_is_cut_to_its_box(self):
        self.assertIn("…", "".join(flame.box(0, 0, 60, "a_very_long_function_name", "own", 1)))
        self.assertNotIn("<text", "".join(flame.box(0, 0, 10, "name", "own", 1)))


if __name__ == "__main__":
    unittest.main()
