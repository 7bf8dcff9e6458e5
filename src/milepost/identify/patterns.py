"""Reads the small part of regular expressions that number formats are written in.

Supported: literals, `\\d`, `[…]`, groups (plain, `?:`, `?P<name>`), `|`, `?`, `{n}`, `{m,n}`.
Everything else is refused, because it could not be weighed (see `grammar`).
"""

from __future__ import annotations

import string

from milepost.identify.grammar import (
    ALPHABET,
    Chars,
    Choice,
    GrammarError,
    Group,
    Node,
    Repeat,
    Sequence,
)

_SPECIAL = frozenset("\\.^$*+?{}[]()|")


def parse(regex: str) -> Node:
    """The tree of `regex`; raises GrammarError with the place of what is not supported."""
    reader = _Reader(regex)
    node = reader.choice()
    if reader.at < len(regex):
        raise GrammarError(f"unexpected {regex[reader.at]!r} at {reader.at} in {regex!r}")
    return node


class _Reader:
    """Reads a regex from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def take(self, expected: str) -> bool:
        if self.text.startswith(expected, self.at):
            self.at += len(expected)
            return True
        return False

    def until(self, end: str) -> str:
        stop = self.text.find(end, self.at)
        if stop < 0:
            raise GrammarError(f"{end!r} is missing in {self.text!r}")
        inside, self.at = self.text[self.at : stop], stop + len(end)
        return inside

    def choice(self) -> Node:
        options = [self.sequence()]
        while self.take("|"):
            options.append(self.sequence())
        return options[0] if len(options) == 1 else Choice(tuple(options))

    def sequence(self) -> Node:
        parts: list[Node] = []
        while self.peek() and self.peek() not in "|)":
            parts.append(self.repeat(self.atom()))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def repeat(self, node: Node) -> Node:
        if self.take("?"):
            return Repeat(node, 0, 1)
        if not self.take("{"):
            return node
        bounds = self.until("}").split(",")
        if len(bounds) > 2 or not all(bound.isdigit() for bound in bounds):
            raise GrammarError(f"a repeat needs one or two bounds in {self.text!r}")
        return Repeat(node, int(bounds[0]), int(bounds[-1]))

    def atom(self) -> Node:
        if self.take("("):
            return self.bracket()
        if self.take("["):
            return Chars(_members(self.until("]")))
        if self.take("\\d"):
            return Chars(string.digits)
        char = self.peek()
        if char in _SPECIAL:
            raise GrammarError(f"{char!r} at {self.at} is not supported in {self.text!r}")
        self.at += 1
        return Chars(_members(char))

    def bracket(self) -> Node:
        name = self.until(">") if self.take("?P<") else ""
        if not name and not self.take("?:") and self.peek() == "?":
            raise GrammarError(f"look-around at {self.at} is not supported in {self.text!r}")
        node = self.choice()
        if not self.take(")"):
            raise GrammarError(f"')' is missing in {self.text!r}")
        return Group(name, node) if name else node


def _members(inside: str) -> str:
    chars: list[str] = []
    at = 0
    while at < len(inside):
        if inside[at + 1 : at + 2] == "-" and at + 2 < len(inside):
            chars += map(chr, range(ord(inside[at]), ord(inside[at + 2]) + 1))
            at += 3
        else:
            chars.append(inside[at])
            at += 1
    if unknown := set(chars) - set(ALPHABET):
        raise GrammarError(f"{sorted(unknown)} never stand in a normalised number")
    return "".join(sorted(set(chars)))
