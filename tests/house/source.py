# SPDX-License-Identifier: Apache-2.0
"""Reads a tree of files, and C++ without its comments and literals."""

import os
import re

from tables import DATA, ROOT_IGNORED

CPP = (".cpp", ".hpp")
SCRIPTS = (".py", ".sh", ".php", ".js", ".mjs", ".go", ".cmake")

_token = re.compile(r"""
    //[^\n]*
  | /\*.*?\*/
  | R"(?P<delimiter>[^()\\\s]{0,16})\(.*?\)(?P=delimiter)"
  | "(?:\\.|[^"\\\n])*"
  | (?<![0-9a-fA-F])'(?:\\.|[^'\\\n])*'
""", re.X | re.S)
_include = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)


def _blank(match):
    """Blanks of the same shape, so that line numbers stay; quotes stay as the ends of a literal."""
    text = match.group(0)
    if text[0] == "/":
        return re.sub(r"[^\n]", " ", text)
    inner = re.sub(r"[^\n]", " ", text[1:-1])
    return text[-1] + inner + text[-1]


class File:
    def __init__(self, path, text):
        self.path = path  # from the root, with '/'
        self.text = text
        self.lines = text.splitlines()
        self.is_cpp = path.endswith(CPP)
        self.is_script = path.endswith(SCRIPTS) or text.startswith("#!")
        self.code = _token.sub(_blank, text) if self.is_cpp else ""

    def line(self, offset):
        return self.text.count("\n", 0, offset) + 1

    def includes(self):
        """(line, quoted?, name) of each include; those in comments don't count."""
        for found in _include.finditer(self.text):
            if self.code[found.start():found.end()].strip().startswith("#"):
                yield self.line(found.start(1)), found.group(1) == '"', found.group(2)

    def under(self, places):
        return self.path.startswith(tuple(places))

    @property
    def room(self):
        parts = self.path.split("/")
        return "/".join(parts[:2]) if len(parts) > 2 and parts[0] in ("core", "gateway") else None


class Tree:
    def __init__(self, root):
        self.root = root
        self.names = sorted(set(os.listdir(root)) - ROOT_IGNORED)
        self.files = sorted(self._read(), key=lambda file: file.path)
        self.paths = {file.path for file in self.files}

    def _read(self):
        for folder, folders, files in os.walk(self.root):
            at = os.path.relpath(folder, self.root).replace(os.sep, "/")
            prefix = "" if at == "." else at + "/"
            folders[:] = [f for f in folders if f != "__pycache__" and not (prefix == "" and f in ROOT_IGNORED)]
            for name in files:
                path = prefix + name
                if path.startswith(DATA) or (prefix == "" and name in ROOT_IGNORED):
                    continue
                with open(os.path.join(folder, name), "rb") as stream:
                    raw = stream.read()
                if b"\0" not in raw:
                    yield File(path, raw.decode("utf-8", "replace"))
