#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Feeds the checker small trees. Each rule must complain of each of its bad trees, and no rule of a good one."""

import os
import tempfile
import unittest

import rules
import tables
from source import Tree

SPDX = "// SPDX-License-Identifier: Apache-2.0\n"


def header(room, body=""):
    return f"{SPDX}#pragma once\nnamespace {room.replace('/', '::')} {{\n{body}\n}}\n"


def in_function(body):
    return SPDX + "boost::asio::awaitable<void> run(int x) {\n" + body + "\n}\n"


GOOD = {
    "README.md": "Sleep well. Paths such as /etc/countersign are everyone's.\n",
    "core/base/bytes.hpp": header("core/base"),
    "core/keys/client.hpp": header("core/keys", "// std::thread, TO" + "DONE and /workers in a comment are no offence"),
    "core/keys/client.cpp": SPDX + '#include "core/keys/client.hpp"\n#include <string>\n'
                            '#include "core/base/bytes.hpp"\n'
                            'const char* text = "std::mutex std::chrono::system_clock::now()";\n',
    "core/crypto/mac.cpp": SPDX + "#include <openssl/evp.h>\n",
    "gateway/main.cpp": SPDX + '#include "gateway/cli/serve.hpp"\n',
    "gateway/cli/serve.hpp": header("gateway/cli"),
    "gateway/sys/clock.cpp": SPDX + "using namespace std::chrono;\n"
                             "auto now() { return std::chrono::steady_clock::now(); }\n",
    "gateway/net/deadline.cpp": SPDX + "#include <boost/asio.hpp>\nboost::asio::steady_timer timer;\n",
    "gateway/net/session.cpp": in_function(
        "[[maybe_unused]] int a = values[3];\n"
        "auto f = [x](int y) { return x + y; };\n"
        "co_await other(f(1), values[2]);\n"
        "if (co_await ready()) { std::sort(b, e, [](int l, int r) { return l < r; }); }\n"
        "for (int i = 0; i < 3; ++i) { co_await other(i); }\n"
        "post([] { done(); });"),
    "tests/core/keys/client.cpp": SPDX + "BOOST_AUTO_TEST_SUITE(core)\nBOOST_AUTO_TEST_SUITE(keys)\n"
                                         "BOOST_AUTO_TEST_SUITE(clients)\nBOOST_AUTO_TEST_CASE(is_good) {}\n",
    "tests/vectors/data.json": "TO" + "DO /wo" + "rk/x",
}

BAD = {
    "root_names": [{"docs/a.md": "x"}],
    "rooms": [{"core/attic/a.hpp": header("core/attic")}, {"gateway/loose.cpp": SPDX}],
    "ranks": [
        {"core/base/a.cpp": SPDX + '#include "core/keys/client.hpp"\n'},
        {"core/config/a.cpp": SPDX + '#include "core/admission/a.hpp"\n',
         "core/admission/a.hpp": header("core/admission")},
        {"core/route/a.cpp": SPDX + '#include "gateway/cli/serve.hpp"\n'},
        {"gateway/net/a.cpp": SPDX + '#include "gateway/cli/serve.hpp"\n'},
    ],
    "include_paths": [
        {"core/keys/a.cpp": SPDX + '#include "client.hpp"\n'},
        {"core/keys/a.cpp": SPDX + '#include "core/keys/absent.hpp"\n'},
        {"core/keys/a.cpp": SPDX + '#include "tests/a.hpp"\n', "tests/a.hpp": SPDX + "#pragma once\n"},
        {"core/keys/a.cpp": SPDX + "#include <core/base/bytes.hpp>\n"},
    ],
    "own_header_first": [{"core/keys/client.cpp": SPDX + '#include <string>\n#include "core/keys/client.hpp"\n'}],
    "libraries": [
        {"core/keys/a.cpp": SPDX + "#include <openssl/evp.h>\n"},
        {"core/route/a.cpp": SPDX + "#  include <yaml-cpp/yaml.h>\n"},
        {"core/http/a.cpp": SPDX + "#include <boost/asio/buffer.hpp>\n"},
        {"gateway/session/a.cpp": SPDX + "#include <boost/beast.hpp>\n"},
        {"gateway/session/a.cpp": SPDX + "#include <prometheus/counter.h>\n"},
        {"gateway/session/a.cpp": SPDX + "#include <spdlog/spdlog.h>\n"},
    ],
    "core_includes": [{"core/keys/a.cpp": SPDX + f"#include <{name}>\n"} for name in (
        "thread", "mutex", "atomic", "iostream", "fstream", "random", "filesystem", "sys/socket.h",
        "boost/filesystem.hpp")],
    "tokens": [
        {"core/keys/a.cpp": SPDX + "auto t = std::chrono::system_clock::now();\n"},
        {"gateway/session/a.cpp": SPDX + "auto t = std::chrono::steady_clock::now();\n"},
        {"tests/core/keys/a.cpp": SPDX + "auto t = steady_clock::now();\n"},
        {"gateway/session/a.cpp": SPDX + "int r = std::rand();\n"},
        {"gateway/session/a.cpp": SPDX + "RAND_bytes(p, 16);\n"},
        {"tests/core/keys/a.cpp": SPDX + "int r = rand();\n"},
        {"core/keys/a.cpp": SPDX + 'auto e = std::getenv("A");\n'},
        {"gateway/session/a.cpp": SPDX + 'auto e = std::getenv("A");\n'},
        {"core/keys/a.cpp": SPDX + "std::mutex lock;\n"},
        {"core/keys/a.cpp": SPDX + "thread_local int x;\n"},
        {"core/keys/a.cpp": SPDX + "std::cerr << 1;\n"},
        {"gateway/session/a.cpp": SPDX + "boost::asio::steady_timer timer;\n"},
        {"gateway/net/stream.cpp": SPDX + "boost::asio::steady_timer timer;\n"},
        {"tests/gateway/net/a.cpp": SPDX + "std::this_thread::sleep_for(1s);\n"},
        {"tests/gateway/net/a.cpp": SPDX + "usleep(10);\n"},
        {"gateway/session/a.cpp": SPDX + "auto a = ok ? co_await f() : g();\n"},
    ],
    "using_namespace": [
        {"core/keys/a.cpp": SPDX + "using namespace std;\n"},
        {"core/keys/a.hpp": header("core/keys", "inline void f() {\n  using namespace std::chrono;\n}")},
    ],
    "script_tokens": [
        {"tests/interop/a.py": "# SPDX-License-Identifier: Apache-2.0\ntime.sleep(1)\n"},
        {"tests/interop/a.sh": "# SPDX-License-Identifier: Apache-2.0\nrun & sleep 1\n"},
        {"tests/interop/a.php": "// SPDX-License-Identifier: Apache-2.0\nusleep(10);\n"},
        {"tests/run.sh": "# SPDX-License-Identifier: Apache-2.0\npkill countersign\n"},
        {"conf/README.md": "Stop it with killall countersign.\n"},
    ],
    "coroutines": [
        {"gateway/session/a.cpp": in_function("co_await wait([x] { return x; });")},
        {"gateway/session/a.cpp": in_function("auto r = co_await wait(1, [&](int y) { g(); return y; });")},
        {"gateway/session/a.cpp": in_function("if (auto r = co_await wait([] { return 1; }); r) { g(); }")},
        {"gateway/session/a.cpp": in_function("use([] { return 1; }, co_await wait());")},
        {"gateway/session/a.cpp": in_function("co_await [x]() -> awaitable<void> { co_return; }();")},
        {"gateway/session/a.cpp": in_function("spawn(e, [x]() -> awaitable<void> { co_await g(x); }, detached);")},
        {"gateway/session/a.cpp": in_function("auto f = [this, x](int y) -> awaitable<int> {\n co_return x; };")},
    ],
    "unfinished": [
        {"core/keys/a.cpp": SPDX + "// TO" + "DO: more\n"},
        {"README.md": "A place" + "holder.\n"},
        {"tests/a.sh": "# this will do for" + " now\n"},
        {"gateway/net/a.cpp": SPDX + "void st" + "ub();\n"},
    ],
    "machine_paths": [{"README.md": "See /wor" + "k/main.\n"}, {"tests/run.sh": "cd /tm" + "p/x\n"},
                      {"bench/a.py": "open('/hom" + "e/me/x')\n"}],
    "lengths": [
        {"core/keys/a.cpp": SPDX + "\n" * tables.LONGEST_FILE},
        {"tests/core/keys/a.cpp": SPDX + "\n" * tables.LONGEST_TEST},
        {"tests/a.sh": "# " + "x" * tables.LONGEST_LINE + "\n"},
    ],
    "licence_line": [{"core/keys/a.cpp": "int x;\n"}, {"tests/a.py": "x = 1\n"}, {".ci/run": "#!/bin/sh\n"}],
    "pragma_once": [{"core/keys/a.hpp": SPDX + "// #pragma once in a comment\nnamespace core::keys {}\n"}],
    "namespaces": [{"core/keys/a.hpp": SPDX + "#pragma once\nnamespace core::base {}\n"}],
    "suites": [{"tests/core/keys/a.cpp": SPDX + "BOOST_AUTO_TEST_SUITE(core)\nBOOST_AUTO_TEST_SUITE(keys)\n"
                                                "BOOST_AUTO_TEST_CASE(x) {}\n"},
               {"tests/core/keys/a.cpp": SPDX + "BOOST_AUTO_TEST_SUITE(core)\nBOOST_AUTO_TEST_SUITE(keys)\n"
                                                "BOOST_AUTO_TEST_SUITE(b)\nBOOST_AUTO_TEST_CASE(x) {}\n"}],
}


class Check(unittest.TestCase):
    def complaints(self, files):
        with tempfile.TemporaryDirectory() as root:
            for path, text in files.items():
                os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
                with open(os.path.join(root, path), "w", encoding="utf-8") as stream:
                    stream.write(text)
            tree = Tree(root)
            return {rule.__name__: list(rule(tree)) for rule in rules.ALL}

    def test_a_good_tree_is_in_order(self):
        found = {rule: said for rule, said in self.complaints(GOOD).items() if said}
        self.assertEqual(found, {})

    def test_each_rule_has_bad_trees(self):
        self.assertEqual({rule.__name__ for rule in rules.ALL}, set(BAD))

    def test_each_bad_tree_is_complained_of(self):
        for rule, trees in BAD.items():
            for number, files in enumerate(trees):
                with self.subTest(rule=rule, tree=number):
                    said = self.complaints({**GOOD, **files})[rule]
                    named = {path for path, _, _ in said}
                    self.assertLessEqual(named, set(files) | {path.split("/")[0] for path in files})
                    self.assertNotEqual(said, [])

    def test_each_kind_of_token_has_a_bad_tree(self):
        said = " ".join(message for trees in (BAD["tokens"], BAD["script_tokens"]) for files in trees
                        for rule in ("tokens", "script_tokens")
                        for _, _, message in self.complaints(files)[rule])
        for kind, *_ in tables.TOKENS + tables.SCRIPT_TOKENS:
            self.assertIn(kind + ":", said)

    def test_the_line_is_named(self):
        said = self.complaints({"core/keys/a.cpp": SPDX + "\n/* two\nlines */\nstd::mutex lock;\n"})["tokens"]
        self.assertEqual([line for _, line, _ in said], [5])

    def test_build_folders_and_data_are_not_read(self):
        unread = {"build/dev/a.cpp": "std::mutex", ".git/x.py": "", "core/keys/__pycache__/a.py": ""}
        said = self.complaints({**GOOD, **unread})
        self.assertEqual({rule: found for rule, found in said.items() if found}, {})


if __name__ == "__main__":
    unittest.main()
