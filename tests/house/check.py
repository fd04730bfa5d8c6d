#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Checks the rooms and the habits of a source tree: check.py [ROOT]. What is allowed where stands in tables.py."""

import os
import sys

import rules
from source import Tree


def complaints(root):
    tree = Tree(root)
    for rule in rules.ALL:
        for path, line, message in rule(tree):
            yield f"{path}:{line}: {rule.__name__}: {message}"


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
    found = list(complaints(root))
    print("\n".join(found) if found else "the house is in order")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
