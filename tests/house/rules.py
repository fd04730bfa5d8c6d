# SPDX-License-Identifier: Apache-2.0
"""The rules. Each takes the tree and yields (path, line, message)."""

import re

import tables
from coroutines import capturing_coroutines, lambdas_beside_co_await


def root_names(tree):
    for name in tree.names:
        if not name.startswith(".") and name not in tables.ROOT_NAMES:
            yield name, 1, "the root holds the product's names and nothing else"


def rooms(tree):
    for file in tree.files:
        if not file.is_cpp or not file.under(("core/", "gateway/")) or file.path == tables.MAIN:
            continue
        if file.room not in tables.RANKS:
            yield file.path, 1, "not in a room that has a rank"


def ranks(tree):
    for file in tree.files:
        if not file.is_cpp or file.room not in tables.RANKS:
            continue
        mine = tables.RANKS[file.room]
        for line, quoted, name in file.includes():
            theirs = "/".join(name.split("/")[:2])
            if quoted and theirs in tables.RANKS and theirs != file.room and tables.RANKS[theirs] >= mine:
                yield file.path, line, f"{file.room} (rank {mine}) includes {theirs} (rank {tables.RANKS[theirs]})"


def include_paths(tree):
    for file in tree.files:
        if not file.is_cpp:
            continue
        for line, quoted, name in file.includes():
            rooted = name.startswith(("core/", "gateway/"))
            if quoted and name not in tree.paths:
                yield file.path, line, f'"{name}" is not a path from the root'
            if quoted and file.under(("core/", "gateway/")) and not rooted:
                yield file.path, line, f'"{name}" is neither core nor gateway'
            if not quoted and rooted:
                yield file.path, line, f"<{name}> is ours and wants quotes"


def own_header_first(tree):
    for file in tree.files:
        if not file.path.endswith(".cpp") or file.room is None:
            continue
        header = file.path[:-4] + ".hpp"
        first = next(file.includes(), None)
        if header in tree.paths and first and first[2] != header:
            yield file.path, first[0], f'its own header "{header}" comes first, so that it proves to be complete'


def libraries(tree):
    for file in tree.files:
        if not file.is_cpp or not file.under(("core/", "gateway/")):
            continue
        for line, quoted, name in file.includes():
            for prefix, homes, why in tables.LIBRARY_HOMES:
                if not quoted and name.startswith(prefix) and not file.under(homes):
                    yield file.path, line, f"<{name}> belongs to {' '.join(homes)}: {why}"


def core_includes(tree):
    for file in tree.files:
        if not file.is_cpp or not file.under(("core/",)):
            continue
        for line, quoted, name in file.includes():
            for banned in tables.NOT_IN_CORE:
                if not quoted and (name == banned or banned[-1] == "/" and name.startswith(banned)
                                   or banned.startswith("boost/") and re.match(banned + r"[/.]", name)):
                    yield file.path, line, f"core includes <{name}>"


def tokens(tree):
    for file in tree.files:
        if file.is_cpp:
            yield from _search(file, file.code, tables.TOKENS)


def script_tokens(tree):
    for file in tree.files:
        if file.is_script or file.path.endswith((".md", ".yml", ".yaml", ".txt", "/run")):
            yield from _search(file, file.text, tables.SCRIPT_TOKENS)


def _search(file, text, table):
    for rule, pattern, trees, excepted, why in table:
        if file.under(trees) and not (excepted and file.under(excepted)):
            for found in re.finditer(pattern, text, re.M):
                yield file.path, file.line(found.start()), f"{rule}: '{found.group(0).strip()}': {why}"


def using_namespace(tree):
    for file in tree.files:
        if file.is_cpp:
            # In a source a small namespace harms nobody.
            pattern = r"\busing\s+namespace\b" + ("" if file.path.endswith(".hpp") else r"\s+(?:std|boost)\s*;")
            for found in re.finditer(pattern, file.code, re.M):
                if file.under(("core/", "gateway/")):
                    yield file.path, file.line(found.start()), "names say where they come from"


def coroutines(tree):
    for file in tree.files:
        if file.is_cpp:
            for offset in lambdas_beside_co_await(file.code):
                yield file.path, file.line(offset), "a lambda in the same expression as co_await (GCC PR 107288)"
            for offset in capturing_coroutines(file.code):
                yield file.path, file.line(offset), "a coroutine lambda with captures dies before its coroutine does"


def unfinished(tree):
    for file in tree.files:
        if not file.under(tables.UNFINISHED_EXCEPT):
            for found in re.finditer(tables.UNFINISHED, file.text):
                yield file.path, file.line(found.start()), f"unfinished: '{found.group(0)}'"


def machine_paths(tree):
    for file in tree.files:
        if not file.under(tables.MACHINE_PATH_EXCEPT):
            for found in re.finditer(tables.MACHINE_PATH, file.text):
                yield file.path, file.line(found.start()), f"a path of one machine: '{found.group(0)}'"


def lengths(tree):
    for file in tree.files:
        if not (file.is_cpp or file.is_script) or file.under(tables.LENGTH_EXCEPT):
            continue
        most = tables.LONGEST_TEST if file.under(("tests/",)) else tables.LONGEST_FILE
        if len(file.lines) > most:
            yield file.path, most + 1, f"{len(file.lines)} lines: two ideas, want two files (at most {most})"
        for number, text in enumerate(file.lines, 1):
            if file.is_script and len(text) > tables.LONGEST_LINE:  # of C++, clang-format knows
                yield file.path, number, f"{len(text)} columns (at most {tables.LONGEST_LINE})"


def licence_line(tree):
    for file in tree.files:
        if file.is_cpp or file.is_script:
            if not any("SPDX-License-Identifier: Apache-2.0" in line for line in file.lines[:3]):
                yield file.path, 1, "no SPDX-License-Identifier: Apache-2.0 in the first three lines"


def pragma_once(tree):
    for file in tree.files:
        if file.path.endswith(".hpp") and not re.search(r"^#pragma once$", file.text, re.M):
            yield file.path, 1, "no #pragma once"


def namespaces(tree):
    for file in tree.files:
        if file.path.endswith(".hpp") and file.room:
            wanted = file.path.rsplit("/", 1)[0].replace("/", "::")
            if not re.search(rf"\bnamespace\s+{wanted}\b", file.code):
                yield file.path, 1, f"folder path = namespace: {wanted}"


def suites(tree):
    for file in tree.files:
        if not file.path.endswith(".cpp") or not file.under(("tests/core/", "tests/gateway/")):
            continue
        if not re.search(r"\bBOOST_\w+_TEST_CASE", file.code):
            continue
        wanted = file.path[len("tests/"):-len(".cpp")].split("/")
        named = re.findall(r"\bBOOST_(?:AUTO|FIXTURE)_TEST_SUITE\s*\(\s*(\w+)", file.code)
        # The last may differ a little, because a suite is a namespace and must not be called as a type of its room.
        last = "".join(named[len(wanted) - 1:][:1])
        if named[:len(wanted) - 1] != wanted[:-1] or not (last and (last in wanted[-1] or wanted[-1] in last)):
            yield file.path, 1, f"suites nest by path: {' '.join(wanted)}, not {' '.join(named)}"


ALL = [root_names, rooms, ranks, include_paths, own_header_first, libraries, core_includes, tokens, script_tokens,
       using_namespace, coroutines, unfinished, machine_paths, lengths, licence_line, pragma_once, namespaces, suites]
