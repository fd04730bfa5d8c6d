# SPDX-License-Identifier: Apache-2.0
"""Finds the checks in a C++ source, and writes the source so that each can be switched off at run time.

A check is one operand of a condition that refuses: `if (A || B) return errc::x;` holds two, `return A && B;` of a
decoder holds two, `const bool clear = A && B;` as well. Operands are found by their brackets, not by a compiler:
what this does not understand, it leaves alone.
"""

import re

# What a refusing statement says.
REFUSES = re.compile(r"\b(?:co_)?return\b[^;]*(?:\berrc::|\.error\(\))|"
                     r"\breturn\s+(?:false|std::nullopt|\{\}|-1|comparison::broken)\s*;|"
                     r"=\s*(?:(?:base::)?errc::\w+|[\w.*>-]+\.error\(\)|state::invalid)\s*;")
DECLARES = re.compile(r"^\s*(?:const\s+)?[\w:<>]+[\s*&]+\w+\s*=[^=]")
CONJUNCTION = re.compile(r"\breturn\b|\bconst\s+bool\s+\w+\s*=|\b(\w+)\s*=\s*(?=\1\s*&&)")
OPEN, CLOSE = "([{", ")]}"


class Check:
    def __init__(self, path, line, text):
        self.path, self.line, self.text = path, line, text
        self.number = 0

    def __str__(self):
        return f"{self.path}:{self.line}: {self.text}"


def masked(text):
    """The text with comments and literals blanked, so that brackets in it are brackets."""
    pattern = re.compile(r'//[^\n]*|/\*.*?\*/|R"\((?:.*?)\)"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.S)

    def blank(found):
        literal = found.group(0)
        fill = " " if literal.startswith("/") else "0"
        return re.sub(r"[^\n]", fill, literal)
    # Digit separators are no quotes.
    return pattern.sub(blank, re.sub(r"(?<=\d)'(?=\d)", "0", text))


def matching(code, at):
    """Position of the bracket that closes the one at `at`."""
    depth = 0
    for i in range(at, len(code)):
        if code[i] in OPEN:
            depth += 1
        elif code[i] in CLOSE:
            depth -= 1
            if depth == 0:
                return i
    raise ValueError("brackets don't match")


def statement_end(code, at):
    """Where the statement that begins at `at` ends: behind its ';' or '}'."""
    while code[at].isspace():
        at += 1
    if code[at] == "{":
        return matching(code, at) + 1
    while code[at] != ";":
        at = matching(code, at) + 1 if code[at] in OPEN else at + 1
    return at + 1


def split(code, begin, end, operator):
    """Ranges of the operands that `operator` separates on the outermost level."""
    parts, start, i = [], begin, begin
    while i < end:
        if code[i] in OPEN:
            i = matching(code, i) + 1
        elif code.startswith(operator, i):
            parts.append((start, i))
            i += len(operator)
            start = i
        else:
            i += 1
    return parts + [(start, end)]


def trimmed(code, begin, end):
    while begin < end and code[begin].isspace():
        begin += 1
    while end > begin and code[end - 1].isspace():
        end -= 1
    return begin, end


class Source:
    """One file, and the checks in it."""

    def __init__(self, path, text):
        self.path, self.text, self.code = path, text, masked(text)
        self.checks = []
        self._edits = []  # (check, begin, end, before, after), outer ones first
        self._ifs()
        self._conjunctions()

    def instrumented(self):
        """The text in which check n is off while mutant n is active. Numbers must have been given."""
        inserts = []
        for order, (check, begin, end, before, after) in enumerate(self._edits):
            # Where several begin or end in one place, the outer one begins first and ends last. The operand is
            # evaluated all the same: it may read on, and only its verdict is to be ignored.
            inserts.append((begin, 1, order, before))
            inserts.append((end, 0, -order, after % check.number))
        out, last = [], 0
        for at, _, _, what in sorted(inserts):
            out += [self.text[last:at], what]
            last = at
        return "".join(out) + self.text[last:]

    def _add(self, begin, end, before, after):
        text = re.sub(r"\s+", " ", self.text[begin:end])
        check = Check(self.path, self.text.count("\n", 0, begin) + 1, text)
        self.checks.append(check)
        self._edits.append((check, begin, end, before, after))

    def _inner(self, begin, end):
        """The range within the brackets, if one pair holds all of it."""
        if self.code[begin] == "(" and matching(self.code, begin) == end - 1:
            return trimmed(self.code, begin + 1, end - 1)
        return None

    def _refusing(self, begin, end):
        """The condition refuses if it is true: off means false."""
        begin, end = trimmed(self.code, begin, end)
        if len(split(self.code, begin, end, "?")) > 1:
            return
        operands = split(self.code, begin, end, "||")
        if len(operands) > 1:
            for operand in operands:
                self._refusing(*operand)
            return
        if inner := self._inner(begin, end):
            self._refusing(*inner)
            return
        self._add(begin, end, "((", ") && ::mutation::on(%d))")
        for part in split(self.code, begin, end, "&&"):
            part = trimmed(self.code, *part)
            inner = self._inner(*part)
            if inner and len(split(self.code, *inner, "||")) > 1:
                self._refusing(*inner)
        if self.code[begin] == "!" and (inner := self._inner(begin + 1, end)):
            if len(split(self.code, *inner, "&&")) > 1:
                self._accepting(*inner)

    def _accepting(self, begin, end):
        """The condition accepts if all operands are true: off means true."""
        begin, end = trimmed(self.code, begin, end)
        for part in split(self.code, begin, end, "&&"):
            part = trimmed(self.code, *part)
            self._add(*part, "((", ") || !::mutation::on(%d))")
            if inner := self._inner(*part):
                for alternative in split(self.code, *inner, "||"):
                    if len(split(self.code, *alternative, "&&")) > 1:
                        self._accepting(*alternative)

    def _ifs(self):
        for found in re.finditer(r"\bif\s*\(", self.code):
            opening = found.end() - 1
            closing = matching(self.code, opening)
            if not REFUSES.search(self.code[closing + 1:statement_end(self.code, closing + 1)]):
                continue
            begin = split(self.code, opening + 1, closing, ";")[-1][0]
            if not DECLARES.match(self.code[begin:closing]):
                self._refusing(begin, closing)

    def _conjunctions(self):
        for found in CONJUNCTION.finditer(self.code):
            end = statement_end(self.code, found.end()) - 1
            text = self.code[found.end():end]
            whole = len(split(self.code, found.end(), end, "?")) == 1 and "errc::" not in text
            if whole and len(split(self.code, found.end(), end, "||")) == 1 \
                    and len(split(self.code, found.end(), end, "&&")) > 1:
                self._accepting(found.end(), end)
