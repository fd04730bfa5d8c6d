# SPDX-License-Identifier: Apache-2.0
"""Finds two shapes of coroutine that are dangerous, one by GCC 12, one by the language. Wants code without comments."""

import re

_BEFORE_LAMBDA = re.compile(r"(?:[(,={};:?&|!<>+\-*/%^~]|\b(?:return|co_return|co_await|co_yield|case|else))\s*$|^\s*$")


def _closing(code, at):
    """The offset behind the bracket that closes the one at `at`."""
    depth = 0
    for offset in range(at, len(code)):
        if code[offset] in "([{":
            depth += 1
        elif code[offset] in ")]}":
            depth -= 1
            if depth == 0:
                return offset + 1
    return len(code)


def _introducers(code, begin, end):
    """Offsets of the '[' that begin lambdas: neither subscripts nor attributes."""
    at = begin
    while (at := code.find("[", at, end)) >= 0:
        if code.startswith("[[", at):
            at = _closing(code, at)
            continue
        if _BEFORE_LAMBDA.search(code[max(0, at - 40):at]):
            yield at
        at += 1


def _begin(code, at):
    depth = 0
    for offset in range(at - 1, -1, -1):
        mark = code[offset]
        if mark == "}" and depth == 0 and code[offset + 1:at].lstrip()[:1] not in tuple(",)(.]"):
            return offset + 1  # a block before this statement, not a part of it
        if mark in ")]}":
            depth += 1
        elif mark in "([{" and depth > 0:
            depth -= 1
        elif mark in ";{" and depth == 0:
            return offset + 1
    return 0


def _statement(code, at):
    """Where the statement around `at` begins and ends."""
    begin = _begin(code, at)
    depth = 0
    for offset in range(begin, len(code)):
        mark = code[offset]
        if mark == "{" and depth == 0 and code[begin:offset].rstrip()[-1:] == ")":
            return begin, offset  # the body of an if, while, for
        if mark in "([{":
            depth += 1
        elif mark in ")]}":
            depth -= 1
            if depth < 0 and mark == "}":
                return begin, offset
        elif mark == ";" and depth <= 0:
            return begin, offset
    return begin, len(code)


def lambdas_beside_co_await(code):
    seen = set()
    for found in re.finditer(r"\bco_await\b", code):
        begin, end = _statement(code, found.start())
        for at in _introducers(code, begin, end):
            if at not in seen:
                seen.add(at)
                yield at


def capturing_coroutines(code):
    for at in _introducers(code, 0, len(code)):
        behind = _closing(code, at)
        if not code[at + 1:behind - 1].strip():
            continue
        head = re.compile(r"\s*(?:<[^{}()]*>\s*)?(?:\([^{}]*?\))?[^{};]*\{").match(code, behind)
        if not head:
            continue
        body = code[head.end() - 1:_closing(code, head.end() - 1)]
        if re.search(r"\bco_(?:await|return|yield)\b", _without_inner_lambdas(body)):
            yield at


def _without_inner_lambdas(body):
    """An inner lambda's co_await is its own."""
    for at in list(_introducers(body, 1, len(body))):
        brace = body.find("{", _closing(body, at))
        if brace >= 0 and ";" not in body[at:brace]:
            end = _closing(body, brace)
            body = body[:at] + re.sub(r"[^\n]", " ", body[at:end]) + body[end:]
    return body
