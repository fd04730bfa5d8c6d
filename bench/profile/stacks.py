# SPDX-License-Identifier: Apache-2.0
"""perf's samples as a tree: first where the processor was (a system call, a room of ours, a library), then what it did
there. Knows no process and no file."""

import re

SYSTEM_CALL = re.compile(r"^__(?:(?:x64|arm64|se)_)?sys_(\w+)$")
INLINED = {"do_writev": "writev", "ksys_write": "write"}  # whose entry compilers leave out
ENTRY = {"[unknown]", "entry_SYSCALL_64_after_hwframe", "entry_SYSCALL_64", "do_syscall_64", "x64_sys_call"}
ELSEWHERE = "kernel: interrupts, scheduling"
NAMESPACES = re.compile(r"\b(core|gateway|boost)::(\w+)::")
LIBRARIES = {"libcrypto": "libcrypto", "libc.": "libc", "libstdc++": "libstdc++", "[vdso]": "clocks"}
LEAST = 0.002  # of all samples: what has less is left to its caller
WRAPPER = 0.96  # a function that spends so much of its time in one other says nothing of its own


class Node:
    def __init__(self, name, kernel):
        self.name, self.kernel, self.weight, self.children = name, kernel, 0, {}

    def child(self, name, kernel):
        return self.children.setdefault(name, Node(name, kernel))


def frames(sample):
    """[(symbol, object), …] of one paragraph of `perf script`, the innermost first."""
    for line in sample.strip().split("\n"):
        found = re.match(r"^\s*[0-9a-f]+ (.*) \((.*)\)$", line)
        if found:
            yield re.sub(r"\+0x[0-9a-f]+$", "", found[1]), found[2]


def is_kernel(place):
    return place.startswith("[kernel") or place.endswith(".ko]") or place == "[guest.kernel.kallsyms]"


def short(symbol):
    """A function's name without what it takes and where it lives."""
    symbol = re.sub(r"\(anonymous namespace\)::|\[clone [^]]*\]|\[abi:\w+\]", "", symbol)
    symbol = re.sub(r"\(.*", "", re.sub(r"operator\(\)", "operator", symbol))
    while re.search(r"<[^<>]*>", symbol):
        symbol = re.sub(r"<[^<>]*>", "", symbol)
    return symbol.split(" ")[-1].split("::")[-1] or symbol


def room(symbol, place):
    """To whom a function outside of the kernel belongs."""
    file = place.rsplit("/", 1)[-1]
    for begin, name in LIBRARIES.items():
        if file.startswith(begin):
            return name
    found = NAMESPACES.search(symbol)
    if not found:
        return file
    return f"Boost.{found[2].capitalize()}" if found[1] == "boost" else f"{found[1]}/{found[2]}"


def path(sample):
    """[(name, kernel), …] from the outside in; empty if there is nothing in the sample."""
    taken = list(frames(sample))
    if not taken:
        return []
    if not is_kernel(taken[0][1]):
        symbol, place = taken[0]
        return [(room(symbol, place), False), (short(symbol), False)]
    inside = [symbol for symbol, place in reversed(taken) if is_kernel(place) and symbol not in ENTRY]
    for at, symbol in enumerate(inside):
        call = SYSTEM_CALL.match(symbol)
        if call or symbol in INLINED:
            return [(call[1] if call else INLINED[symbol], True)] + [(name, True) for name in inside[at + 1:]]
    return [(ELSEWHERE, True)] + [(name, True) for name in inside]


def tree(script):
    """Of the whole output of `perf script -F ip,sym,dso`."""
    root = Node("all", False)
    for sample in script.split("\n\n"):
        if names := path(sample):
            root.weight += 1
            at = root
            for name, kernel in names:
                at = at.child(name, kernel)
                at.weight += 1
    return root


def pruned(node, total):
    """As nested lists [name, kernel, share, [children]], heaviest first, without wrappers and without crumbs."""
    while len(node.children) == 1 and not node.name == "all":
        only = next(iter(node.children.values()))
        if only.weight < WRAPPER * node.weight:
            break
        named = Node(node.name, node.kernel)
        named.weight, named.children = node.weight, only.children
        node = named
    kept = sorted((child for child in node.children.values() if child.weight >= LEAST * total),
                  key=lambda child: (-child.weight, child.name))
    return [node.name, node.kernel, round(node.weight / total, 5), [pruned(child, total) for child in kept]]
